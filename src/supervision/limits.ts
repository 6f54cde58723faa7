export interface LimitTimes {
  /** Without output, in ms. */
  readonly idleTimeoutMs: number;
  /** In all, in ms. */
  readonly turnTimeoutMs: number;
  /** To end by itself after its final result, in ms. */
  readonly graceMs: number;
}

export type LimitReached = 'idle' | 'turn_limit' | 'grace';

/** The clocks of one turn. Time that the machine sleeps does not count. Calls `onLimit` at most once. */
export class Limits {
  readonly #times: LimitTimes;
  readonly #onLimit: (limit: LimitReached) => void;
  #lastOutputAt = performance.now();
  #timers: NodeJS.Timeout[] = [];
  #final = false;
  #over = false;

  constructor(times: LimitTimes, onLimit: (limit: LimitReached) => void) {
    this.#times = times;
    this.#onLimit = onLimit;
    this.#after(times.turnTimeoutMs, () => this.#reached('turn_limit'));
    this.#watchIdle();
  }

  sawOutput(): void {
    this.#lastOutputAt = performance.now();
  }

  /** From now on only the grace counts, or what is given instead of it, in ms. */
  sawFinal(graceMs: number = this.#times.graceMs): void {
    // An agent may have its last word while it is being ended: a clock begun then would keep this program from exiting.
    if (this.#final || this.#over) return;
    this.#final = true;
    this.#clear();
    this.#after(graceMs, () => this.#reached('grace'));
  }

  stop(): void {
    this.#over = true;
    this.#clear();
  }

  #clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  #watchIdle(): void {
    const left = this.#lastOutputAt + this.#times.idleTimeoutMs - performance.now();
    if (left <= 0) this.#reached('idle');
    else this.#after(left, () => this.#watchIdle());
  }

  #reached(limit: LimitReached): void {
    this.stop();
    this.#onLimit(limit);
  }

  #after(ms: number, action: () => void): void {
    this.#timers.push(setTimeout(action, Math.min(Math.ceil(ms), LONGEST_TIMEOUT_MS)));
  }
}

/** 24.8 days: what is longer would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
