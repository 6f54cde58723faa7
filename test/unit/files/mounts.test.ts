import { describe, expect, it } from 'vitest';
import { placeOnDisk } from '../../../src/files/mounts.ts';

const MOUNTS = String.raw`22 1 253:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
30 22 0:25 / /proc rw - proc proc rw
31 22 253:2 / /home rw - ext4 /dev/vdb rw
40 31 253:2 /me/code/inner /mnt/in\040ner rw shared:3 - ext4 /dev/vdb rw
41 22 0:40 / /over rw - tmpfs tmpfs rw
42 41 253:2 /me /over rw - ext4 /dev/vdb rw
`;

describe('the place of a folder on its disk', () => {
  it.each([
    ['/srv/code', '253:1:/srv/code'],
    ['/', '253:1:/'],
    ['/home/me/code', '253:2:/me/code'],
    ['/homes/me', '253:1:/homes/me'],
    ['/mnt/in ner', '253:2:/me/code/inner'],
    ['/mnt/in ner/src', '253:2:/me/code/inner/src'],
    ['/over/code', '253:2:/me/code'],
  ])('%s is %s', (folder, place) => {
    expect(placeOnDisk(folder, MOUNTS)).toBe(place);
  });

  it('is its path where nothing tells', () => {
    expect(placeOnDisk('/srv/code', '')).toBe('/srv/code');
  });
});
