import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../src/core/events.ts';
import { readEvents, readRuns, type RunFolder } from '../test/support/readers.ts';
import type { Sandbox } from '../test/support/sandbox.ts';
import { timed } from './execute.ts';
import type { Program } from './programs.ts';

/** The log of a killed run, in parts: what comes before its first cycle, and any of its cycles, each of two turns. */
export interface LongRun {
  readonly run: RunFolder;
  readonly head: readonly RunEvent[];
  /** From 1. Events are not numbered yet. */
  readonly cycle: (number: number) => readonly RunEvent[];
}

/**
 * Lets the program make a run of two cycles of the plan pair, and takes its log for that of one whose first cycle has come to nothing
 * again and again, `most` times at the most.
 */
export function longRun(program: Program, place: Sandbox, most: number): LongRun {
  const script = { rules: [{ nth: 2, promise: 'INCOMPLETE' }] };
  writeFileSync(path.join(place.agents, 'script.json'), JSON.stringify(script));
  timed(program, ['--intent', 'Build it', '--task-id', 'long', '--pairs', 'plan', '--no-git'], place);
  writeFileSync(path.join(place.agents, 'script.json'), '{}');
  const run = readRuns(place.workspace).at(-1);
  if (run === undefined) throw new Error('the program has made no run');
  const events = readEvents(run).map((event) => withManyIterations(event, most));
  const [first = 0, second = 0] = events.flatMap((event, at) => (event.event_type === 'cycle_started' ? [at] : []));
  const cycle = events.slice(first, second);
  return { run, head: events.slice(0, first), cycle: (number) => cycle.map((event) => inCycle(event, number)) };
}

/** Cycles `from` to `to`, both included. */
export function cyclesOf({ cycle }: LongRun, from: number, to: number): RunEvent[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => cycle(from + at)).flat();
}

/** The lines of a log, numbered from `first` on. */
export function textOf(events: readonly RunEvent[], first = 1): string {
  return events.map((event, at) => `${JSON.stringify({ ...event, seq: first + at })}\n`).join('');
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
