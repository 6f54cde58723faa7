import { Problem } from '../../../src/core/problem.ts';

/** What goes wrong at one operation. `after`: its effect has taken place. A signal does not fail the operation. */
export interface Fault {
  /** The operation's number, from 1. */
  readonly at: number;
  readonly how: 'kill' | 'EIO' | 'ENOSPC' | 'signal';
  readonly after?: boolean;
}

/** The process is dead: whatever it tries next fails in the same way. */
export class Kill extends Error {
  override readonly name = 'Kill';
}

/** Counts what one process asks of its world, and makes one of these operations fail. */
export class Operations {
  count = 0;
  /** The process was killed. */
  dead = false;
  /** The name of the operation that failed. */
  struck: string | null = null;
  readonly #fault: Fault | null;
  readonly #stop: AbortController;
  readonly #wrote: (operation: string) => void;

  constructor(fault: Fault | null, stop: AbortController, wrote: (operation: string) => void) {
    this.#fault = fault;
    this.#stop = stop;
    this.#wrote = wrote;
  }

  /** An operation that only looks. */
  async look<T>(name: string, effect: () => T): Promise<T> {
    this.#before(name);
    const seen = effect();
    this.#after(name);
    return Promise.resolve(seen);
  }

  /** An operation that changes what outlives the process. A failing append leaves the log as it was, as the port promises. */
  async write<T>(name: string, effect: () => T): Promise<T> {
    this.#before(name);
    const result = effect();
    this.#wrote(name);
    this.#after(name);
    return Promise.resolve(result);
  }

  #before(name: string): void {
    if (this.dead) throw new Kill(name);
    this.count += 1;
    const fault = this.#due();
    if (fault !== null && (fault.after !== true || (name === 'append' && fault.how !== 'kill')))
      this.#strike(name, fault);
  }

  #after(name: string): void {
    const fault = this.#due();
    if (fault?.after === true) this.#strike(name, fault);
  }

  #due(): Fault | null {
    return this.#fault?.at === this.count ? this.#fault : null;
  }

  #strike(name: string, { how }: Fault): void {
    this.struck = name;
    if (how === 'signal') {
      this.#stop.abort({ signal: 'SIGINT' });
      return;
    }
    if (how === 'kill') {
      this.dead = true;
      throw new Kill(name);
    }
    const words = how === 'ENOSPC' ? `disk full at ${name}` : `${name} cannot be written (${how})`;
    throw Object.assign(new Problem(name.startsWith('git') ? 'git' : 'state', words), { cause: { code: how } });
  }
}
