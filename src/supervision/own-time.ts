/**
 * The time, in ms, in which this program was at work. It looks at least once a second (`plan`); what a look comes late by more
 * than half a second, it was stopped, or the machine slept or was too busy for it, and that time does not count.
 */
export class OwnTime {
  #counted = 0;
  #lookedAt = performance.now();
  #planned = 0;

  /** Since the beginning. */
  now(): number {
    const at = performance.now();
    const most = this.#planned + LATE_MS;
    const gone = at - this.#lookedAt;
    if (gone > most) {
      this.#counted += most;
      this.#lookedAt = at;
      this.#planned = 0;
      return this.#counted;
    }
    return this.#counted + gone;
  }

  /** To be called before each wait: how long it may take, of the `ms` that are wanted. */
  plan(ms: number): number {
    this.#counted = this.now();
    this.#lookedAt = performance.now();
    this.#planned = Math.min(Math.max(0, Math.ceil(ms)), LOOK_MS);
    return this.#planned;
  }

  /** Calls `reached` once when it has come to `ms`, at once where it has already. What it returns ends the waiting. */
  when(ms: number, reached: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const look = () => {
      const left = ms - this.now();
      if (left <= 0) reached();
      else timer = setTimeout(look, this.plan(left));
    };
    look();
    return () => clearTimeout(timer);
  }
}

const LOOK_MS = 1000;
const LATE_MS = 500;
