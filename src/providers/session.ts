import type { TurnCall } from '../run/agent-port.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(id: string): boolean {
  return UUID.test(id);
}

/** Follows the session's id through a turn: tells the loop of each new one, and keeps a warning when it is not the expected one. */
export class SessionWatch {
  readonly #turn: TurnCall;
  readonly #program: string;
  readonly #warnings: string[] = [];
  #current: string | null;
  #told: Promise<void> = Promise.resolve();

  constructor(turn: TurnCall, program: string) {
    this.#turn = turn;
    this.#program = program;
    this.#current = turn.resume;
  }

  get current(): string | null {
    return this.#current;
  }

  /** Whether this is still the session that the turn went on with, so that cumulative figures go on too. */
  get continued(): boolean {
    return this.#turn.resume !== null && this.#current === this.#turn.resume;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** The id that we gave to a new session. */
  choose(id: string): void {
    this.#become(id);
  }

  /** The id that the program names; adopted even when it is another than expected. */
  heard(id: string | null): void {
    if (id === null || id === '' || id === this.#current) return;
    if (this.#current !== null) {
      this.#warnings.push(
        `${this.#program} went on in session ${id} instead of ${this.#current}; that one is used from now on`,
      );
    }
    this.#become(id);
  }

  /** Resolves when the loop has stored every id that it was told; rejects with the reason if it could not. */
  async settled(): Promise<void> {
    await this.#told;
  }

  #become(id: string): void {
    this.#current = id;
    this.#told = this.#told.then(() => this.#turn.onSession(id));
    // Whoever waits for `settled` gets the rejection; until then it must not count as unhandled.
    this.#told.catch(() => undefined);
  }
}
