import path from 'node:path';
import { apply } from '../core/apply.ts';
import type { EventOf, RunEvent } from '../core/events.ts';
import { Problem } from '../core/problem.ts';
import { redactTokens } from '../core/redact.ts';
import { type RunState, UNBORN } from '../core/state.ts';
import { activityReader } from '../providers/activity.ts';
import type { Deed } from '../providers/provider.ts';
import type { RunLayout } from '../store/layout.ts';
import { FileTail } from './file-lines.ts';
import { PhaseOutputs, type TurnName } from './phase-outputs.ts';

/** One thing that a run's log has to show: an event, what an agent did in its turn, or its final text. */
export type LogEntry =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'activity'; readonly turn: number; readonly activity: Deed }
  | ({ readonly kind: 'text'; readonly text: string } & TurnName);

/** A run's log as it grows. Memory holds one turn's text at most, however long the run is. */
export class RunLog {
  readonly #layout: RunLayout;
  readonly #events: FileTail;
  readonly #outputs: PhaseOutputs;
  #state = UNBORN;
  #turn: OpenTurn | null = null;

  constructor(layout: RunLayout) {
    this.#layout = layout;
    this.#events = new FileTail(layout.events);
    this.#outputs = new PhaseOutputs(layout.rawLog);
  }

  /** After the events that were read. */
  get state(): RunState {
    return this.#state;
  }

  /**
   * What is new, in the order in which it happened. Rejects with a Problem at a bad line that others follow; called again, it
   * looks whether the line has been mended.
   */
  async *read(): AsyncGenerator<LogEntry> {
    let isBad = false;
    for await (const line of this.#events.lines()) {
      const event: RunEvent | null = isBad ? null : eventIn(line);
      if (event === null) this.#events.rewind();
      if (isBad) this.#refuse('is followed by a line that is not an event');
      isBad = event === null;
      if (event !== null && event.seq > this.#state.seq) yield* this.#take(event);
    }
    if (this.#turn !== null) yield* this.#turn.deeds();
  }

  async *#take(event: RunEvent): AsyncGenerator<LogEntry> {
    if (event.seq !== this.#state.seq + 1) this.#refuse(`is followed by event ${event.seq}`);
    if (event.event_type === 'phase_finished') yield* this.#endTurn(event);
    if (event.event_type === 'turn_interrupted' || event.event_type === 'run_resumed') yield* this.rest();
    this.#state = apply(this.#state, event);
    yield { kind: 'event', event };
    if (event.event_type === 'turn_started') this.#turn = new OpenTurn(this.#layout, event);
  }

  /** What an open turn has still to show, when it has no final text. */
  async *rest(): AsyncGenerator<LogEntry> {
    if (this.#turn !== null) yield* this.#turn.rest();
    this.#turn = null;
  }

  #refuse(what: string): never {
    this.#events.rewind();
    throw new Problem(
      'state',
      `${this.#layout.events}: event ${this.#state.seq} ${what}`,
      'Restore the file from git or a backup, or mend that line.',
    );
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
  return path.join(layout.turns, `${String(turn.turn).padStart(4, '0')}-${turn.pair}-${turn.phase}.log`);
}

/** Null for what is not an event. */
function eventIn(line: string): RunEvent | null {
  try {
    const event = JSON.parse(line) as Partial<RunEvent> | null;
    return typeof event?.event_type === 'string' && typeof event.seq === 'number' ? (event as RunEvent) : null;
  } catch {
    return null; // Torn, or garbage: whether more follows tells which.
  }
}
