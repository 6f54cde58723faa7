import { hash } from 'node:crypto';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { machineFolder } from '../src/files/places.ts';
import { LogHead, type LogMark } from '../src/store/log/head.ts';
import { readRuns } from '../test/support/readers.ts';
import { fillSandbox, type Sandbox } from '../test/support/sandbox.ts';
import { forgetCalls, turnStarts } from './agents.ts';
import { timed } from './execute.ts';
import { cyclesOf, longRun, textOf } from './long-run.ts';
import { watched } from './instruments.ts';
import type { Scenario, Setting } from './scenario.ts';

const RESUME = ['--resume', '--no-git'];

/** How long a person waits for the first turn of a resumed run, with next to nothing in its log and with very much. */
export function resume(setting: Setting): Scenario {
  const { events } = setting.sizes;
  return {
    name: 'resume',
    title: `Resume of a killed run (${events.toLocaleString('en')} events)`,
    rounds: 1,
    figures: [
      { key: 'empty', label: 'until the first turn, empty log', unit: 'ms' },
      { key: 'long', label: `until the first turn, ${events.toLocaleString('en')} events`, unit: 'ms' },
      { key: 'extra', label: 'the difference', unit: 'ms', atMost: 500 },
      { key: 'size', label: 'size of that log', unit: 'MB' },
      { key: 'emptyPeak', label: 'peak memory, empty log', unit: 'MB', atMost: 150 },
      { key: 'longPeak', label: `peak memory, ${events.toLocaleString('en')} events`, unit: 'MB', atMost: 150 },
    ],
    async prepare(program) {
      const place = fillSandbox(setting.folder(), { git: false });
      const logs = makeLogs(setting, place);
      const untilFirstTurn = (log: string) => {
        resetTo(place, log);
        const { startedAt } = timed(program, RESUME, place);
        return (turnStarts(place, 2)[0] ?? 0) - startedAt;
      };
      const peak = async (log: string) => {
        resetTo(place, log);
        return (await watched(program, RESUME, place)).peakMb;
      };
      return {
        round() {
          const [empty, long] = [untilFirstTurn(logs.empty), untilFirstTurn(logs.long)];
          return { empty, long, extra: long - empty };
        },
        async once() {
          const [emptyPeak, longPeak] = [await peak(logs.empty), await peak(logs.long)];
          return { emptyPeak, longPeak, size: Buffer.byteLength(logs.long) / 1e6 };
        },
      };
    },
  };
}

/** The logs of a run that had just begun when it was killed, and of one that had gone on for very long. */
function makeLogs({ program, sizes }: Setting, place: Sandbox): { empty: string; long: string } {
  const run = longRun(program, place, sizes.events);
  const cycles = Math.ceil((sizes.events - run.head.length) / run.cycle(1).length);
  cpSync(stateOf(place), keptState(place), { recursive: true });
  return { empty: textOf(run.head), long: textOf([...run.head, ...cyclesOf(run, 1, cycles)]) };
}

function resetTo(place: Sandbox, log: string): void {
  forgetCalls(place);
  rmSync(stateOf(place), { recursive: true });
  cpSync(keptState(place), stateOf(place), { recursive: true });
  writeFileSync(path.join(onlyRun(place).path, 'events.jsonl'), log);
  rememberAsWritten(place, log);
}

/** As if the program had written the log on this machine, its last line just now. */
function rememberAsWritten(place: Sandbox, log: string): void {
  const home = place.env.HOME ?? place.root;
  for (const folder of ['.local/state', '.cache'])
    rmSync(path.join(home, folder, 'autoloop'), { recursive: true, force: true });
  const { path: folder, runId } = onlyRun(place);
  const machine = machineFolder(place.workspace, { XDG_STATE_HOME: path.join(home, '.local/state') });
  const head = new LogHead({ inUse: path.join(machine, 'runs'), finished: path.join(place.root, 'finished') }, runId);
  const before = log.slice(0, log.lastIndexOf('\n', log.length - 2) + 1);
  const seq = log.split('\n').length - 1;
  const size = Buffer.byteLength(before);
  head.adopt(path.join(folder, 'events.jsonl'), { size, lines: seq - 1, as: 'unknown' });
  head.write(log.slice(before.length), markOf(before, seq - 1), markOf(log, seq), []);
}

function markOf(log: string, seq: number): LogMark {
  return { seq, bytes: Buffer.byteLength(log), sha256: hash('sha256', log) };
}

function onlyRun(place: Sandbox) {
  const [run] = readRuns(place.workspace);
  if (run === undefined) throw new Error('the program has made no run');
  return run;
}

function stateOf(place: Sandbox): string {
  return path.join(place.workspace, '.autoloop');
}

function keptState(place: Sandbox): string {
  return path.join(place.root, 'state');
}
