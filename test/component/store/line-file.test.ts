import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLine, writeLine } from '../../../src/store/line-file.ts';
import { temporaryFolder } from './rig.ts';

describe('a file of one line', () => {
  it.each([
    ['a longer one', 'x'.repeat(300), 'short'],
    ['a shorter one', 'short', 'x'.repeat(300)],
    ['one of more than a page', 'y'.repeat(10_000), 'short'],
    ['one of less than a page', 'short', 'é'.repeat(10_000)],
  ])('holds the line that was written last, after %s', (_, before, after) => {
    const file = path.join(temporaryFolder(), 'head');
    expect(readLine(file)).toBeNull();
    writeLine(file, before);
    expect(readLine(file)).toBe(before);
    writeLine(file, after);
    expect(readLine(file)).toBe(after);
  });

  it('is not written through a link or a second name, nor in the place of a folder', () => {
    const folder = temporaryFolder();
    const [other, place] = [path.join(folder, 'other'), (name: string) => path.join(folder, name)];
    writeFileSync(other, 'theirs');
    symlinkSync(other, place('link'));
    linkSync(other, place('second'));
    mkdirSync(place('folder'));
    for (const name of ['link', 'second', 'folder']) expect(() => writeLine(place(name), 'ours')).toThrow();
    expect(readFileSync(other, 'utf8')).toBe('theirs');
  });
});
