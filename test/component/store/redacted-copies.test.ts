import { appendFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { redactedCopies } from '../../../src/store/run/redacted-copies.ts';
import { temporaryFolder } from './rig.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const TOKEN = ['gh', 'p_', 'Ab9'.repeat(12)].join('');

describe('what is committed of files that hold a secret', () => {
  it('is a copy without it, byte for byte the same otherwise', () => {
    const folder = temporaryFolder();
    const bytes = Buffer.concat([Buffer.from([0xff, 0x00, 0xc3]), Buffer.from(` ${TOKEN}\r\n`), Buffer.from([0x80])]);
    writeFileSync(path.join(folder, 'a.bin'), bytes);
    writeFileSync(path.join(folder, 'b.md'), 'nothing\n');
    const { copies, withheld } = redactedCopies(folder)(['a.bin', 'b.md', 'gone.md']);
    expect([...copies.keys()]).toEqual(['a.bin']);
    expect(copies.get('a.bin')).toEqual(
      Buffer.concat([
        Buffer.from([0xff, 0x00, 0xc3]),
        Buffer.from(' [redacted GitHub token]\r\n'),
        Buffer.from([0x80]),
      ]),
    );
    expect(withheld.size).toBe(0);
  });

  it.each(['utf16le', 'utf16be'])('is one in the same encoding where that is %s', (encoding) => {
    const folder = temporaryFolder();
    const bytesOf = (text: string) => {
      const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
      return Buffer.concat([encoding === 'utf16le' ? bytes : bytes.swap16(), Buffer.from('x')]);
    };
    writeFileSync(path.join(folder, 'out.txt'), bytesOf(`ü ${TOKEN}\r\n`));
    const { copies } = redactedCopies(folder)(['out.txt']);
    expect(copies.get('out.txt')).toEqual(bytesOf('ü [redacted GitHub token]\r\n'));
  });

  it('is looked at again as soon as the file is another one', () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'a.md');
    writeFileSync(file, 'nothing\n');
    const redacted = redactedCopies(folder);
    expect(redacted(['a.md']).copies.size).toBe(0);
    appendFileSync(file, TOKEN);
    expect(redacted(['a.md']).copies.size).toBe(1);
  });

  it('is nothing for what is too large for a copy, and for what is no file', () => {
    const folder = temporaryFolder();
    const large = path.join(folder, 'large');
    writeFileSync(large, '');
    truncateSync(large, 1024 * 1024 - 10);
    appendFileSync(large, TOKEN); // Where two pieces meet.
    truncateSync(large, 12_000_000);
    writeFileSync(path.join(folder, 'clean'), '');
    truncateSync(path.join(folder, 'clean'), 12_000_000);
    mkdirSync(path.join(folder, 'folder'));
    symlinkSync(large, path.join(folder, 'link'));
    const { copies, withheld } = redactedCopies(folder)(['large', 'clean', 'folder', 'link']);
    expect([[...copies.keys()], [...withheld.keys()]]).toEqual([[], ['large']]);
  });

  it('is nothing where the name or the goal of a link is the secret, and says so', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, TOKEN));
    for (const name of [`${TOKEN}.md`, `${TOKEN}/a.md`]) writeFileSync(path.join(folder, name), 'nothing\n');
    symlinkSync(TOKEN, path.join(folder, 'link'));
    const { copies, withheld } = redactedCopies(folder)([`${TOKEN}.md`, `${TOKEN}/a.md`, 'link']);
    expect(copies.size).toBe(0);
    expect([...withheld]).toEqual([
      [`${TOKEN}.md`, expect.stringContaining('its name')],
      [`${TOKEN}/a.md`, expect.stringContaining('its name')],
      ['link', expect.stringContaining('a link to')],
    ]);
  });
});
