import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendToBatch, batchFile, batchIds, readBatch } from '../../../src/store/batch-log.ts';
import { stateDisk } from '../../../src/store/disk/disk.ts';
import { stateFiles } from '../../../src/store/layout.ts';

let folder = '';
const state = () => stateFiles(folder);
const file = () => batchFile(state(), 'queue-1');
const append = (task: string) => appendToBatch(stateDisk(state()), file(), { step: 'queued', task }, new Date(0));

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'batch-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the file of a batch', () => {
  it('is read back line by line, and goes on after a line that was torn', async () => {
    expect(readBatch(state(), 'queue-1')).toEqual({ id: 'queue-1', lines: [], unreadable: 0 });
    await append('a');
    writeFileSync(file(), `${readFileSync(file(), 'utf8')}{"ts":"20`);
    await append('b');
    const { lines, unreadable } = readBatch(state(), 'queue-1');
    expect([lines.map(({ task }) => task), unreadable, batchIds(state())]).toEqual([['a', 'b'], 1, ['queue-1']]);
  });

  it('is data that somebody may have bent: what is no line is passed over, and no link is followed', async () => {
    await append('a');
    const bent = [
      'null',
      '[]',
      '{"ts":1,"step":"ended"}',
      '{"ts":"x","step":"run"}',
      '{"ts":"x","step":"ended","code":"0"}',
    ];
    writeFileSync(file(), `${bent.join('\n')}\n{"ts":"x","step":"ended","task":{}}\n${readFileSync(file(), 'utf8')}`);
    expect(readBatch(state(), 'queue-1')).toMatchObject({ lines: [{ task: 'a' }], unreadable: 6 });

    const elsewhere = path.join(folder, 'mine.txt');
    writeFileSync(elsewhere, 'mine\n');
    rmSync(file());
    symlinkSync(elsewhere, file());
    expect([readBatch(state(), 'queue-1').lines, batchIds(state())]).toEqual([[], []]);
    await expect(append('b')).rejects.toThrow('link');
    rmSync(file());
    mkdirSync(file());
    await append('c');
    expect(readBatch(state(), 'queue-1').lines).toMatchObject([{ task: 'c' }]);
    expect(readFileSync(elsewhere, 'utf8')).toBe('mine\n');
  });
});
