import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendWhole, replaceFile, replaceFiles, syncs } from '../../../src/files/replace.ts';
import { failing, temporaryFolder } from './rig.ts';
import type { Operation } from './rig.ts';

const fileIn = (folder: string) => path.join(folder, 'deep', 'state.json');

describe('replacing a file', () => {
  it('creates it with its folder, leaves nothing beside it and syncs file and folder', async () => {
    const file = fileIn(temporaryFolder());
    const before = syncs.count;
    await replaceFile(file, 'one');
    expect(syncs.count - before).toBe(2);
    await replaceFile(file, Buffer.from('two'));
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(readdirSync(path.dirname(file))).toEqual(['state.json']);
  });

  it('syncs the folder once for several files', async () => {
    const file = fileIn(temporaryFolder());
    const other = `${file}.other`;
    const before = syncs.count;
    await replaceFiles(new Map(Object.entries({ [file]: 'one', [other]: 'two' })));
    expect(syncs.count - before).toBe(3);
    expect([readFileSync(file, 'utf8'), readFileSync(other, 'utf8')]).toEqual(['one', 'two']);
  });

  it('keeps the mode that the file had', async () => {
    const file = fileIn(temporaryFolder());
    await replaceFile(file, 'one');
    chmodSync(file, 0o640);
    await replaceFile(file, 'two');
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('makes the folder again when somebody removes it meanwhile', async () => {
    const file = fileIn(temporaryFolder());
    let times = 2;
    const ops = failing('EIO', (at) => {
      if (at === 'rename' && times > 0) rmSync(path.dirname(file), { recursive: true });
      times -= at === 'rename' ? 1 : 0;
      return false;
    });
    await replaceFile(file, 'new', ops);
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(path.dirname(file))).toEqual(['state.json']);
  });

  it.each<[string, Operation, string]>([
    ['ENOSPC', 'write', 'disk full at '],
    ['ENOSPC', 'open', 'disk full at '],
    ['EDQUOT', 'sync', 'disk quota exceeded at '],
    ['EROFS', 'rename', 'the file system is read-only'],
    ['EACCES', 'open', 'permission denied'],
    ['EIO', 'sync', '(EIO)'],
  ])('leaves the old content and no temporary file when %s comes at its %s', async (code, operation, words) => {
    const file = fileIn(temporaryFolder());
    await replaceFile(file, 'old');
    const ops = failing(code, (at, name) => at === operation && name !== path.dirname(file));
    const replaced = replaceFile(file, 'new and longer', ops);
    await expect(replaced).rejects.toMatchObject({ name: 'Problem', kind: 'state', cause: { code } });
    await expect(replaced).rejects.toThrow(words);
    await expect(replaced).rejects.toThrow(file);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(path.dirname(file))).toEqual(['state.json']);
  });
});

describe('appending', () => {
  it('adds to the file in one piece, and says how long it was and is', async () => {
    const file = path.join(temporaryFolder(), 'log');
    expect(await appendWhole(file, 'é\n', { sync: true })).toEqual({ before: 0, after: 3 });
    expect(await appendWhole(file, 'b\n', { sync: false })).toEqual({ before: 3, after: 5 });
    expect(readFileSync(file, 'utf8')).toBe('é\nb\n');
  });

  it.each<[string, Operation]>([
    ['ENOSPC', 'write'],
    ['EIO', 'datasync'],
  ])('takes back what it wrote when %s comes at its %s', async (code, operation) => {
    const file = path.join(temporaryFolder(), 'log');
    await appendWhole(file, 'one\n', { sync: true });
    const ops = failing(code, (at) => at === operation);
    await expect(appendWhole(file, 'two and more\n', { sync: true, ops })).rejects.toMatchObject({ cause: { code } });
    expect(readFileSync(file, 'utf8')).toBe('one\n');
  });

  it('does not follow a link', async () => {
    const folder = temporaryFolder();
    symlinkSync(path.join(folder, 'elsewhere'), path.join(folder, 'log'));
    await expect(appendWhole(path.join(folder, 'log'), 'x', { sync: false })).rejects.toThrow('is a symbolic link');
    expect(existsSync(path.join(folder, 'elsewhere'))).toBe(false);
  });

  it('names the file when something else stands in its place', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'log'));
    writeFileSync(path.join(folder, 'file'), '');
    await expect(appendWhole(path.join(folder, 'log'), 'x', { sync: false })).rejects.toThrow(
      /log is a folder where a file belongs/,
    );
    await expect(replaceFile(path.join(folder, 'file', 'x'), 'x')).rejects.toThrow(
      /file cannot be written: a file stands where a folder above it belongs/,
    );
  });
});
