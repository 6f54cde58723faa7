import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchPlaces } from '../../../src/inspect/batches.ts';
import { BriefCache } from '../../../src/inspect/brief-cache.ts';
import { taskSummaries } from '../../../src/inspect/task-summary.ts';
import { appendToBatch, batchFile, type BatchLine } from '../../../src/store/batch-log.ts';
import { stateDisk } from '../../../src/store/disk/disk.ts';
import { stateFiles } from '../../../src/store/layout.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'batches-')));
  mkdirSync(path.join(folder, '.autoloop'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function write(id: string, day: number, lines: readonly Omit<BatchLine, 'ts'>[]): Promise<void> {
  const state = stateFiles(folder);
  for (const line of lines)
    await appendToBatch(stateDisk(state), batchFile(state, id), line, new Date(day * 86_400_000));
}

const queued = (...tasks: string[]) => [
  { step: 'begun' } as const,
  ...tasks.map((task) => ({ step: 'queued', task }) as const),
];

describe('the batches of a workspace', () => {
  it('tell of each task its place in the latest one, as that was begun last', async () => {
    await write('new', 2, [
      ...queued('gone', 'a'),
      ...queued('a', 'b', '../up'),
      { step: 'ended', task: 'a', code: 0 },
    ]);
    await write('old', 1, [...queued('a', 'c'), { step: 'ended', task: 'c', code: 1 }, { step: 'over', code: 1 }]);
    const place = { id: 'new', tasks: 2, done: 1, isOpen: true };
    expect(Object.fromEntries(batchPlaces(folder))).toEqual({
      a: place,
      b: place,
      c: { id: 'old', tasks: 2, done: 0, isOpen: false },
    });
    const tasks = await taskSummaries(folder, new BriefCache(folder, folder));
    expect(tasks.map(({ taskId, latest, batch }) => [taskId, latest, batch?.id])).toEqual([
      ['a', null, 'new'],
      ['b', null, 'new'],
    ]);
  });
});
