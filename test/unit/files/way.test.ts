import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readText } from '../../../src/files/door.ts';
import { makeFolder, remove } from '../../../src/files/folders.ts';
import { within } from '../../../src/files/way.ts';

let root: string;
beforeEach(() => (root = realpathSync(mkdtempSync(path.join(tmpdir(), 'way-')))));
afterEach(() => rmSync(root, { recursive: true }));

/** A folder that was just used, so that it may still be open. */
function used(name: string): string {
  const folder = path.join(root, name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'file'), name);
  expect(readText(path.join(folder, 'file'))).toBe(name);
  return folder;
}

describe('a folder that is used again in the same moment', () => {
  it('is the one that stands there by then', () => {
    const [one, two] = [used('one'), used('two')];
    renameSync(one, path.join(root, 'away'));
    renameSync(two, one);
    expect(readText(path.join(one, 'file'))).toBe('two');
    expect(readText(path.join(two, 'file'))).toBeNull();
  });

  it('is refused where a link has taken its place, or the place of one above it', () => {
    const inner = path.join(used('outer'), 'inner');
    makeFolder(inner);
    writeFileSync(path.join(inner, 'file'), 'inner');
    expect(readText(path.join(inner, 'file'))).toBe('inner');
    const elsewhere = used('elsewhere');
    renameSync(path.join(root, 'outer'), path.join(root, 'away'));
    symlinkSync(path.join(root, 'away'), path.join(root, 'outer'));
    expect(() => readText(path.join(inner, 'file'))).toThrow(/link/);
    rmSync(elsewhere, { recursive: true });
    symlinkSync(root, elsewhere);
    expect(() => readText(path.join(elsewhere, 'file'))).toThrow(/link/);
  });

  it('is made anew where it was removed', () => {
    const folder = used('folder');
    remove(folder);
    expect(readText(path.join(folder, 'file'))).toBeNull();
    makeFolder(folder);
    within(folder, (way) => writeFileSync(path.join(way, 'new'), 'new'));
    expect(readText(path.join(folder, 'new'))).toBe('new');
  });
});

describe.runIf(existsSync('/proc/self/fd'))('the descriptors of folders', () => {
  const open = () => readdirSync('/proc/self/fd').length;
  /** A timer that is begun later is over later. */
  const atRest = () => later(1);

  it('are few however many folders are used in one moment, and closed after it', async () => {
    await atRest();
    const before = open();
    for (let n = 0; n < 500; n += 1) used(`folder-${n}`);
    expect(open() - before).toBeLessThan(50);
    await atRest();
    expect(open()).toBeLessThanOrEqual(before);
  });

  it('stand for the folder that was opened while another takes its place', () => {
    const folder = used('folder');
    within(folder, (way) => {
      renameSync(folder, path.join(root, 'away'));
      mkdirSync(folder);
      within(folder, (inner) => writeFileSync(path.join(inner, 'new'), 'new'));
      writeFileSync(path.join(way, 'old'), 'old');
    });
    expect(existsSync(path.join(root, 'away/old'))).toBe(true);
    expect(readdirSync(folder)).toEqual(['new']);
  });
});
