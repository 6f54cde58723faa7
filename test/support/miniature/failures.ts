import { Problem } from '../../../src/core/problem.ts';

/** How the n-th operation of a port fails: the process dies before or after its effect, or the operation refuses. */
export type FailureMode = 'kill-before' | 'kill-after' | 'EIO' | 'ENOSPC';
export const FAILURE_MODES: readonly FailureMode[] = ['kill-before', 'kill-after', 'EIO', 'ENOSPC'];

/** The process is dead: nothing that it still tries has any effect. */
export class Killed extends Error {}

/** Counts the operations of all ports, and makes one of them fail. */
export class Fate {
  operations = 0;
  #dead = false;
  readonly #at: number;
  readonly #mode: FailureMode;

  constructor(at: number = Infinity, mode: FailureMode = 'kill-before') {
    this.#at = at;
    this.#mode = mode;
  }

  /** Whether the failing operation has come. */
  get struck(): boolean {
    return this.operations >= this.#at;
  }

  /** One operation. `refusable`: it may fail by itself; others only die with the process. */
  async op<T>(effect: () => T, refusable = true): Promise<T> {
    await Promise.resolve();
    if (this.#dead) throw new Killed();
    this.operations += 1;
    const isDue = this.operations === this.#at;
    if (isDue && this.#mode === 'kill-before') this.#die();
    if (isDue && refusable && (this.#mode === 'EIO' || this.#mode === 'ENOSPC')) throw refusal(this.#mode);
    const result = effect();
    if (isDue && this.#mode === 'kill-after') this.#die();
    return result;
  }

  #die(): never {
    this.#dead = true;
    throw new Killed();
  }
}

function refusal(code: 'EIO' | 'ENOSPC'): Problem {
  const problem = new Problem('state', code === 'EIO' ? 'a file cannot be written (EIO)' : 'disk full at a file');
  problem.cause = Object.assign(new Error(code), { code });
  return problem;
}
