import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from '../../src/core/apply.ts';
import type { RunEvent } from '../../src/core/events.ts';
import { briefOf } from '../../src/inspect/log-brief.ts';
import { cyclesToGoOn } from '../../src/inspect/resume-command.ts';
import { learn, NOTHING_KNOWN, RunCursor } from '../../src/inspect/run-cursor.ts';
import { waitingApproval, waitingQuestion } from '../../src/inspect/standing.ts';
import { tries } from '../support/tries.ts';

let folder: string;
let file: string;
let nth = 0;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'cursor-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** The logs that earlier releases left behind. */
const LOGS = fileURLToPath(new URL('../history/logs/', import.meta.url));
const log = fc.constantFrom(
  ...readdirSync(LOGS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => readLines(path.join(LOGS, name))),
);

function readLines(name: string): readonly RunEvent[] {
  const lines = readFileSync(name, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as RunEvent);
}

const textOf = (events: readonly RunEvent[]) =>
  Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
const newFile = () => (file = path.join(folder, `${String((nth += 1))}.jsonl`));
const readAll = (cursor: RunCursor) => [...cursor.read()];

describe('a log that is read piece by piece', () => {
  it('tells each event once, and the same as the whole, wherever the pieces end', () => {
    fc.assert(
      fc.property(log, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }), (events, cuts) => {
        const bytes = textOf(events);
        newFile();
        const cursor = new RunCursor(file);
        const read: RunEvent[] = [];
        for (const cut of [...cuts].sort((a, b) => a - b)) {
          writeFileSync(file, bytes.subarray(0, Math.floor(cut * bytes.length)));
          read.push(...readAll(cursor));
        }
        writeFileSync(file, bytes);
        read.push(...readAll(cursor));
        expect(read).toEqual(events);
        expect(cursor.known).toEqual(events.reduce(learn, NOTHING_KNOWN));
        expect(cursor.known.state).toEqual(replay(events));
      }),
      { numRuns: tries(60) },
    );
  });

  it('tells what came after a cut and a replacement, and nothing twice', () => {
    fc.assert(
      fc.property(log, fc.nat(), (events, at) => {
        const bytes = textOf(events);
        const seen = at % (events.length + 1);
        newFile();
        writeFileSync(file, textOf(events.slice(0, seen)));
        const cursor = new RunCursor(file);
        expect(readAll(cursor)).toEqual(events.slice(0, seen));
        truncateSync(file, 0);
        expect(readAll(cursor)).toEqual([]);
        writeFileSync(`${file}.tmp`, bytes);
        renameSync(`${file}.tmp`, file);
        expect(readAll(cursor)).toEqual(events.slice(seen));
      }),
      { numRuns: tries(40) },
    );
  });

  it('tells what stands before a bad line, refuses that, and goes on when it is mended', () => {
    fc.assert(
      fc.property(log, fc.nat(), (events, at) => {
        fc.pre(events.length > 1);
        const bad = at % (events.length - 1);
        const lines = events.map((event) => JSON.stringify(event));
        newFile();
        writeFileSync(file, `${lines.map((line, n) => (n === bad ? 'no event' : line)).join('\n')}\n`);
        const cursor = new RunCursor(file);
        const read: RunEvent[] = [];
        expect(() => {
          for (const event of cursor.read()) read.push(event);
        }).toThrow(`line ${bad + 1} is not a JSON object`);
        expect(read).toEqual(events.slice(0, bad));
        writeFileSync(file, `${lines.join('\n')}\n`);
        expect(readAll(cursor)).toEqual(events.slice(bad));
      }),
      { numRuns: tries(40) },
    );
  });
});

describe('what a list says of a run', () => {
  it('is what the whole of its log says, after every event', () => {
    fc.assert(
      fc.property(log, fc.nat({ max: 100 }), (whole, at) => {
        const events = whole.slice(0, at);
        writeFileSync(newFile(), textOf(events));
        const { at: stage, finished, ...state } = replay(events);
        const cycles = finished?.status === 'failed' ? cyclesToGoOn({ at: stage, finished, ...state }) : null;
        const lastEventAt = events.at(-1)?.ts ?? null;
        const { turns, usage } = state.spent;
        const folded = { at: stage, finished, ...state };
        const asks =
          waitingQuestion(folded) !== null ? 'question' : waitingApproval(folded) !== null ? 'approval' : null;
        const isComplete = finished?.status === 'success';
        const scope = isComplete ? undefined : folded.active?.scope;
        expect(briefOf(file)).toEqual({
          at: stage,
          finished,
          lastEventAt,
          cycles,
          turns,
          costUsd: usage.costUsd,
          pair: scope === undefined ? null : { ...scope, cycle: folded.active?.cycle },
          waitsFor: isComplete ? null : asks,
        });
      }),
      { numRuns: tries(60) },
    );
  });
});
