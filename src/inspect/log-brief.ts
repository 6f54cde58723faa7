import { apply } from '../core/apply.ts';
import type { RunEvent } from '../core/events.ts';
import { type RunState, UNBORN } from '../core/state.ts';
import type { Pair } from '../core/vocabulary.ts';
import { LogParser, piecesOf } from '../store/log/log-reader.ts';
import { cyclesToGoOn } from './resume-command.ts';
import { waitingApproval, waitingQuestion } from './standing.ts';

/** What a list says of a run: as much as its log alone can tell. */
export interface LogBrief {
  readonly at: RunState['at'];
  readonly finished: RunState['finished'];
  /** ISO 8601; null: there is no event. */
  readonly lastEventAt: string | null;
  /** See `cyclesToGoOn`. */
  readonly cycles: number | null;
  /** How many ended, by themselves or not, answers by agents and turns that were lost at a kill among them: `spent` of the whole. */
  readonly turns: number;
  /** What they cost, as far as agents say; null: none does. */
  readonly costUsd: number | null;
  /** The pair that is open; null: none is, or the run succeeded. */
  readonly pair: OpenPair | null;
  /** What it waits for a person for, if a process is at work on it; null: nothing. */
  readonly waitsFor: 'question' | 'approval' | null;
}

export interface OpenPair {
  readonly pair: Pair;
  readonly phaseId: string | null;
  readonly cycle: number;
}

const OPENS_OR_ENDS: ReadonlySet<string> = new Set(['run_started', 'run_resumed', 'run_finished', 'run_rewound']);

/**
 * Every line of the log is read, once, so that a bad one is found. Where it seems to end in success, only what opens and ends a run is
 * folded: that is half of the work for what a list shows. A run that failed may need more cycles to go on, and one without success may
 * wait for a person, which only the whole of it can tell.
 */
export function briefOf(file: string): LogBrief {
  const first = toldBy(file, endsInSuccess);
  // What seemed the end was none: the log grew, or is longer than its first piece.
  const isEnough = first.isWhole || first.state.finished?.status === 'success';
  const { state, lastEventAt, turns, costUsd } = isEnough ? first : toldBy(file, () => false);
  const { at, finished } = state;
  const isComplete = finished?.status === 'success';
  const cycles = finished?.status === 'failed' ? cyclesToGoOn(state) : null;
  const facts = { at, finished, lastEventAt, cycles, turns, costUsd };
  if (isComplete) return { ...facts, pair: null, waitsFor: null };
  return { ...facts, pair: openPair(state), waitsFor: waitsFor(state) };
}

interface Told extends Pick<LogBrief, 'lastEventAt' | 'turns' | 'costUsd'> {
  readonly state: RunState;
  /** Whether the state is that of all events; else of those that open and end the run. */
  readonly isWhole: boolean;
}

/** `isOver` is asked about the first piece of the log, which for most is all of it. */
function toldBy(file: string, isOver: (piece: Buffer) => boolean): Told {
  let isWhole: boolean | null = null;
  let state = UNBORN;
  let lastEventAt: string | null = null;
  let turns = 0;
  let isOpen = false;
  let costUsd: number | null = null;
  const take = (event: RunEvent) => {
    lastEventAt = event.ts;
    const { event_type: type } = event;
    const isLost = isOpen && type === 'run_resumed';
    if (type === 'turn_started') isOpen = true;
    if (isLost || endsTurn(event)) {
      turns += 1;
      isOpen = false;
    }
    if (endsTurn(event)) {
      const cost = event.usage?.costUsd ?? null;
      if (cost !== null) costUsd = (costUsd ?? 0) + cost;
    }
    if (isWhole === true || OPENS_OR_ENDS.has(type)) state = apply(state, event);
  };
  const parser = new LogParser(file);
  for (const piece of piecesOf(file)) {
    isWhole ??= !isOver(piece);
    parser.push(piece, take);
  }
  return { state, isWhole: isWhole ?? true, lastEventAt, turns, costUsd };
}

/** Whether the last line says that the run succeeded. */
function endsInSuccess(piece: Buffer): boolean {
  const line = piece.subarray(piece.lastIndexOf(NEWLINE, -2) + 1).toString('utf8');
  return line.includes('"run_finished"') && line.includes('"success"');
}

const NEWLINE = 0x0a;

function openPair({ active }: RunState): OpenPair | null {
  if (active === null) return null;
  const { scope, cycle } = active;
  return { pair: scope.pair, phaseId: scope.phaseId, cycle };
}

function waitsFor(state: RunState): LogBrief['waitsFor'] {
  if (waitingQuestion(state) !== null) return 'question';
  return waitingApproval(state) === null ? null : 'approval';
}

type EndOfTurn = Extract<RunEvent, { event_type: 'phase_finished' | 'turn_interrupted' | 'auto_answer_finished' }>;

function endsTurn(event: RunEvent): event is EndOfTurn {
  const { event_type: type } = event;
  return type === 'phase_finished' || type === 'turn_interrupted' || type === 'auto_answer_finished';
}
