import type { EventOf, RunEvent } from '../core/events.ts';
import type { RunState } from '../core/state.ts';
import type { Deed } from '../providers/provider.ts';
import type { RunLayout } from '../store/layout.ts';
import { PhaseOutputs, type TurnName } from './phase-outputs.ts';
import { RunCursor } from './run-cursor.ts';
import { TurnDeeds } from './turn-deeds.ts';

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
    if (event.event_type === 'turn_started') this.#turn = new OpenTurn(new TurnDeeds(this.#layout, event));
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

/** An open turn. A message is held back until something follows it: it may be the final text. */
class OpenTurn {
  readonly #deeds: TurnDeeds;
  #held: LogEntry | null = null;

  constructor(deeds: TurnDeeds) {
    this.#deeds = deeds;
  }

  async *deeds(): AsyncGenerator<LogEntry> {
    for await (const activity of this.#deeds.read()) {
      const entry: LogEntry = { kind: 'activity', turn: this.#deeds.turn, activity };
      if (this.#held !== null) yield this.#held;
      this.#held = activity.kind === 'message' ? entry : null;
      if (this.#held === null) yield entry;
    }
  }

  /** The same to its end. */
  async *rest(): AsyncGenerator<LogEntry> {
    yield* this.deeds();
    if (this.#held !== null) yield this.#held;
    this.#held = null;
  }
}
