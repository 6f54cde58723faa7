import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/core/problem.ts';
import { ofDisk } from '../../../src/work/way-on.ts';

const raised = (code: string, path?: string) => Object.assign(new Error(`${code}: x`), { code, path });

describe('what the system says of a disk', () => {
  it.each([
    ['ENOSPC', '/repo/.git/index', 'disk full at /repo/.git/index'],
    ['EIO', '/repo/.git/index', '/repo/.git/index cannot be written (EIO)'],
    ['EFAULT', '/repo/.git/index', '/repo/.git/index cannot be written: the disk fails or is full'],
    ['ENOSPC', '/proc/self/fd/7/lock', 'disk full at /repo'],
    ['EROFS', undefined, '/repo cannot be written: the file system is read-only'],
  ])('is a Problem with the file that a person knows: %s at %s', (code, place, message) => {
    expect(ofDisk(raised(code, place), '/repo')).toMatchObject({ kind: 'state', message });
  });

  it('is nothing else: an error of another kind and a Problem stay what they are', () => {
    for (const other of [raised('ENOENT', '/repo/x'), new TypeError('bug'), new Problem('git', 'said already')])
      expect(ofDisk(other, '/repo')).toBe(other);
  });
});
