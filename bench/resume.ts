import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../src/core/events.ts';
import { readEvents, readRuns } from '../test/support/readers.ts';
import { fillSandbox, type Sandbox } from '../test/support/sandbox.ts';
import { forgetCalls, turnStarts } from './agents.ts';
import { timed } from './execute.ts';
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

/**
 * Lets the program make a run of two cycles of the plan pair, and turns its log into two of a killed run: one that had just
 * begun, and one whose first cycle has come to nothing thousands of times.
 */
function makeLogs({ program, sizes }: Setting, place: Sandbox): { empty: string; long: string } {
  const script = { rules: [{ nth: 2, promise: 'INCOMPLETE' }] };
  writeFileSync(path.join(place.agents, 'script.json'), JSON.stringify(script));
  timed(program, ['--intent', 'Build it', '--pairs', 'plan', '--no-git'], place);
  writeFileSync(path.join(place.agents, 'script.json'), '{}');
  const events = readEvents(onlyRun(place)).map((event) => withManyIterations(event, sizes.events));
  const [first = 0, second = 0] = events.flatMap((event, at) => (event.event_type === 'cycle_started' ? [at] : []));
  const head = events.slice(0, first);
  const cycle = events.slice(first, second);
  const cycles = Math.ceil((sizes.events - head.length) / cycle.length);
  const repeated = Array.from({ length: cycles }, (_, n) => cycle.map((event) => inCycle(event, n + 1))).flat();
  cpSync(stateOf(place), keptState(place), { recursive: true });
  return { empty: textOf(head), long: textOf([...head, ...repeated]) };
}

function withManyIterations(event: RunEvent, maxIterations: number): RunEvent {
  if (event.event_type !== 'run_started' || event.settings === undefined) return event;
  const runtime = { ...event.settings.runtime, maxIterations };
  return { ...event, max_iterations: maxIterations, settings: { ...event.settings, runtime } };
}

function inCycle(event: RunEvent, cycle: number): RunEvent {
  if (event.event_type === 'turn_started')
    return { ...event, cycle, turn: 2 * cycle - (event.phase === 'producer' ? 1 : 0) };
  return 'cycle' in event ? { ...event, cycle } : event;
}

/** Numbered anew. */
function textOf(events: readonly RunEvent[]): string {
  return events.map((event, at) => `${JSON.stringify({ ...event, seq: at + 1 })}\n`).join('');
}

function resetTo(place: Sandbox, log: string): void {
  forgetCalls(place);
  rmSync(stateOf(place), { recursive: true });
  cpSync(keptState(place), stateOf(place), { recursive: true });
  writeFileSync(path.join(onlyRun(place).path, 'events.jsonl'), log);
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
