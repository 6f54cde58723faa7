import { createHash } from 'node:crypto';

/** Answers to what was asked before, as many as `most`: beyond that all are forgotten, so that memory has a bound. */
export class Remembered<T> {
  readonly #most: number;
  readonly #known = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The answer known by this key, else the one that `ask` gives, whose failure is not remembered. */
  async of(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const answer = await ask();
    if (this.#known.size >= this.#most) this.#known.clear();
    this.#known.set(key, answer);
    return answer;
  }
}

/** A short key for a text of any length. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
