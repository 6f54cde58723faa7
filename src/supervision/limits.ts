import { OwnTime } from './own-time.ts';

export interface LimitTimes {
  /** Without output, in ms. */
  readonly idleTimeoutMs: number;
  /** In all, in ms. */
  readonly turnTimeoutMs: number;
  /** To end by itself after its final result, in ms. */
  readonly graceMs: number;
}

export type LimitReached = 'idle' | 'turn_limit' | 'grace';

/**
 * The limits of one turn. Only time in which this program was there to look counts: while it is stopped, or the machine sleeps,
 * the agent cannot be heard. Calls `onLimit` at most once.
 */
export class Limits {
  readonly #times: LimitTimes;
  readonly #onLimit: (limit: LimitReached) => void;
  readonly #time = new OwnTime();
  #aliveAt = 0;
  #graceEnds: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(times: LimitTimes, onLimit: (limit: LimitReached) => void) {
    this.#times = times;
    this.#onLimit = onLimit;
    this.#wait();
  }

  /** Output, or any other sign that the agent is at work. */
  sawLife(): void {
    this.#aliveAt = this.#time.now();
  }

  /** From now on only the grace counts, or what is given instead of it, in ms. */
  sawFinal(graceMs: number = this.#times.graceMs): void {
    // An agent may have its last word while it is being ended: a clock begun then would keep this program from exiting.
    if (this.#graceEnds !== null || this.#over) return;
    this.#graceEnds = this.#time.now() + graceMs;
    clearTimeout(this.#timer);
    this.#wait();
  }

  stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  /** What is reached next, and how long that takes, in ms. */
  #next(): { readonly limit: LimitReached; readonly left: number } {
    const now = this.#time.now();
    if (this.#graceEnds !== null) return { limit: 'grace', left: this.#graceEnds - now };
    const idle = this.#aliveAt + this.#times.idleTimeoutMs - now;
    const turn = this.#times.turnTimeoutMs - now;
    return idle < turn ? { limit: 'idle', left: idle } : { limit: 'turn_limit', left: turn };
  }

  #wait(): void {
    const { left } = this.#next();
    this.#timer = setTimeout(() => this.#look(), this.#time.plan(left));
  }

  #look(): void {
    const { limit, left } = this.#next();
    if (left > 0) this.#wait();
    // What is in the pipes is read before an agent is judged: after a stop there may be much of it, and timers come first.
    else this.#timer = setTimeout(() => this.#judge(limit), this.#time.plan(READ_MS));
  }

  #judge(limit: LimitReached): void {
    const next = this.#next();
    if (next.left > 0 || next.limit !== limit) {
      this.#wait();
      return;
    }
    this.stop();
    this.#onLimit(limit);
  }
}

/** How long reading what has come already may take, in ms. */
const READ_MS = 50;
