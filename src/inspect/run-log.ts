import path from 'node:path';
import type { EventOf, RunEvent } from '../core/events.ts';
import { redactTokens } from '../core/redact.ts';
import type { RunState } from '../core/state.ts';
import { activityReader } from '../providers/activity.ts';
import type { Deed } from '../providers/provider.ts';
import type { RunLayout } from '../store/layout.ts';
import { latestTurnLog } from '../supervision/turn-log.ts';
import { FileTail } from './file-lines.ts';
import { PhaseOutputs, type TurnName } from './phase-outputs.ts';
import { RunCursor } from './run-cursor.ts';

/** One thing that a run's log has to show: an event, what an agent did in its turn, or its final text. */
export type LogEntry =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'activity'; readonly turn: number; readonly activity: Deed }
  | ({ readonly kind: 'text'; readonly text: string } & TurnName);

/** A run's log as it grows, with what its agents did and said. Memory holds one turn's text at most, however long the run is. */
export class RunLog {
  readonly #layout: RunLayout;
  readonly #events: RunCursor;
  readonly #outputs: PhaseOutputs;
  #turn: OpenTurn | null = null;

  constructor(layout: RunLayout) {
    this.#layout = layout;
    this.#events = new RunCursor(layout.events);
    this.#outputs = new PhaseOutputs(layout.rawLog);
  }

  /** After the events that were read. */
  get state(): RunState {
    return this.#events.known.state;
  }

  /** See `KnownRun`. */
  get doubt(): string | null {
    return this.#events.known.doubt;
  }

  /** What is new, in the order in which it happened. Rejects as `RunCursor.read` throws. */
  async *read(): AsyncGenerator<LogEntry> {
    for (const event of this.#events.read()) yield* this.#take(event);
    if (this.#turn !== null) yield* this.#turn.deeds();
  }

  async *#take(event: RunEvent): AsyncGenerator<LogEntry> {
    if (event.event_type === 'phase_finished') yield* this.#endTurn(event);
    if (event.event_type === 'turn_interrupted' || event.event_type === 'run_resumed') yield* this.rest();
    yield { kind: 'event', event };
    if (event.event_type === 'turn_started') this.#turn = new OpenTurn(this.#layout, event);
  }

  /** What an open turn has still to show, when it has no final text. */
  async *rest(): AsyncGenerator<LogEntry> {
    if (this.#turn !== null) yield* this.#turn.rest();
    this.#turn = null;
  }

  /** The last message of a turn is its final text, which is shown whole. */
  async *#endTurn({ pair, phase, cycle, attempt }: EventOf<'phase_finished'>): AsyncGenerator<LogEntry> {
    if (this.#turn !== null) yield* this.#turn.deeds();
    this.#turn = null;
    const turn = { pair, phase, cycle, attempt };
    const text = await this.#outputs.take(turn);
    if (text !== null) yield { kind: 'text', ...turn, text };
  }
}

/** What an agent does in a turn, from the turn's log. A message is held back until something follows it: it may be the final text. */
class OpenTurn {
  readonly #number: number;
  readonly #tail: FileTail;
  readonly #decode: (line: string) => readonly Deed[];
  #held: LogEntry | null = null;

  constructor(layout: RunLayout, event: EventOf<'turn_started'>) {
    this.#number = event.turn;
    this.#tail = new FileTail(turnLogFile(layout, event));
    this.#decode = activityReader(event.provider);
  }

  async *deeds(): AsyncGenerator<LogEntry> {
    for await (const line of this.#tail.lines()) {
      for (const deed of this.#decode(line)) {
        const activity = { ...deed, text: redactTokens(deed.text) };
        const entry: LogEntry = { kind: 'activity', turn: this.#number, activity };
        if (this.#held !== null) yield this.#held;
        this.#held = deed.kind === 'message' ? entry : null;
        if (this.#held === null) yield entry;
      }
    }
  }

  /** The same to its end. */
  async *rest(): AsyncGenerator<LogEntry> {
    yield* this.deeds();
    if (this.#held !== null) yield this.#held;
    this.#held = null;
  }
}

/** Where a turn's raw output is kept. */
export function turnLogFile(layout: RunLayout, turn: { turn: number; pair: string; phase: string }): string {
  const first = path.join(layout.turns, `${String(turn.turn).padStart(4, '0')}-${turn.pair}-${turn.phase}.log`);
  return latestTurnLog(first);
}
