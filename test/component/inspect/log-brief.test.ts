import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunState } from '../../../src/core/state.ts';
import { briefOf } from '../../../src/inspect/log-brief.ts';
import { cyclesToGoOn } from '../../../src/inspect/resume-command.ts';
import { RunCursor } from '../../../src/inspect/run-cursor.ts';
import { waitingApproval, waitingQuestion } from '../../../src/inspect/standing.ts';

/** How many bytes `work` reads of files. Modules share what node gives them of itself, so that it does not matter who loaded them before. */
function bytesRead(work: () => unknown): number {
  const { readSync } = fs;
  let bytes = 0;
  fs.readSync = ((...args: Parameters<typeof readSync>) => {
    const size = readSync(...args);
    bytes += size;
    return size;
  }) as typeof readSync;
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    fs.readSync = readSync;
    syncBuiltinESMExports();
  }
  return bytes;
}

/** What is read of a log at a time. */
const PIECE_BYTES = 1024 * 1024;
const HISTORY = path.resolve(import.meta.dirname, '../../history/logs');
const logs = readdirSync(HISTORY, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));

const folder = mkdtempSync(path.join(tmpdir(), 'log-brief-'));
const log = path.join(folder, 'events.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

/** What a list may say, as the fold of the whole log knows it. */
function wholeBrief() {
  const { state, last } = new RunCursor(log).catchUp();
  const { at, finished, spent } = state;
  const isComplete = finished?.status === 'success';
  const waits = waitingQuestion(state) ? 'question' : waitingApproval(state) === null ? null : 'approval';
  return {
    at,
    finished,
    lastEventAt: last?.ts ?? null,
    cycles: finished?.status === 'failed' ? cyclesToGoOn(state) : null,
    turns: spent.turns,
    costUsd: spent.usage.costUsd,
    pair: isComplete ? null : openPairOf(state),
    waitsFor: isComplete ? null : waits,
  };
}

function openPairOf({ active }: RunState) {
  return active && { pair: active.scope.pair, phaseId: active.scope.phaseId, cycle: active.cycle };
}

describe('what a list says of a log', () => {
  it.each(logs)('%s tells the same as all of it does, wherever it was cut', (name) => {
    const lines = readFileSync(path.join(HISTORY, name), 'utf8').split('\n').slice(0, -1);
    for (const count of [...lines.keys()].filter((at) => at % 7 === 0).concat(lines.length)) {
      writeFileSync(
        log,
        lines
          .slice(0, count)
          .map((line) => `${line}\n`)
          .join(''),
      );
      expect(briefOf(log), `after ${count} lines`).toEqual(wholeBrief());
    }
  });

  it.each(logs)('%s is read once', (name) => {
    const text = readFileSync(path.join(HISTORY, name));
    writeFileSync(log, text);
    expect(bytesRead(() => briefOf(log))).toBe(text.length);
  });

  it('a piece that ends in a success is not taken for the end of a log that goes on', () => {
    const complete = logs.find((name) => readFileSync(path.join(HISTORY, name), 'utf8').includes('"status":"success"'));
    const events = readFileSync(path.join(HISTORY, complete ?? ''), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const end = events.findIndex(({ event_type: type }) => type === 'run_finished');
    const opening = events[0] ?? {};
    const textOf = (padding: string) =>
      [...events.slice(0, end), { ...opening, event_type: 'unheard_of', padding }, events[end]]
        .map((event, at) => `${JSON.stringify({ ...event, seq: at + 1 })}\n`)
        .join('');
    const room = PIECE_BYTES - Buffer.byteLength(textOf(''));
    const resumed = { ...opening, event_type: 'run_resumed', seq: end + 3 };
    writeFileSync(log, textOf('x'.repeat(room)) + `${JSON.stringify(resumed)}\n`);
    expect(briefOf(log)).toEqual({ ...wholeBrief(), at: 'working', finished: null });
  });
});
