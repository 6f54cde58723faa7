import { OwnTime } from '../../supervision/own-time.ts';
import type { Verdict } from '../failure.ts';

/** How long each of the two steps before the first prompt may take, in ms: big agents on a busy machine have taken 47 s. */
const STEP_MS = 60_000;

/** A turn that cannot be: what it failed of. */
export class SetupProblem extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super(verdict.message);
    this.verdict = verdict;
  }
}

/**
 * The time of one step, however many requests it has: all that is waited for in it has it together. Only time in which this program was
 * there to look counts.
 */
export class StepTime {
  readonly #program: string;
  readonly #ms: number;
  readonly #time = new OwnTime();

  /** Begins now. `program`: the agent as named in messages. */
  constructor(program: string, ms: number = STEP_MS) {
    this.#program = program;
    this.#ms = ms;
  }

  /** The answer to a request, by its method. Rejects as it does, or with a SetupProblem when the time of the step is over. */
  async wait<T>(method: string, answer: Promise<T>): Promise<T> {
    const { promise: over, reject } = Promise.withResolvers<never>();
    const forget = this.#time.when(this.#ms, () => reject(this.#late(method)));
    answer.catch(() => undefined); // When it is late, nobody hears of it any more.
    try {
      return await Promise.race([answer, over]);
    } finally {
      forget();
    }
  }

  #late(method: string): SetupProblem {
    const time = `${Math.round(this.#ms / 1000)} s`;
    return new SetupProblem({
      class: 'hang_idle',
      message: `${this.#program} had not answered ${method} after ${time} and was ended`,
      hint: 'Start it by hand to see what it waits for; `autoloop doctor` greets it, too.',
    });
  }
}
