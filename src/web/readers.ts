/** Those who are told what changes, and the watching for it, which goes on while there are any. */
export class Readers<Tell> implements Iterable<Tell> {
  readonly #all = new Set<Tell>();
  readonly #watch: (stop: AbortSignal) => Promise<void>;
  #watching: AbortController | null = null;

  /** `watch` goes on until it is told to stop. */
  constructor(watch: (stop: AbortSignal) => Promise<void>) {
    this.#watch = watch;
  }

  get isAny(): boolean {
    return this.#all.size > 0;
  }

  [Symbol.iterator](): Iterator<Tell> {
    return this.#all.values();
  }

  /** One more is told, until the returned function is called. */
  add(tell: Tell): () => void {
    this.#all.add(tell);
    if (this.#watching === null) {
      this.#watching = new AbortController();
      void this.#watch(this.#watching.signal);
    }
    return () => {
      this.#all.delete(tell);
      if (!this.isAny) this.close();
    };
  }

  /** Ends the watching: whoever reads hears nothing more. */
  close(): void {
    this.#watching?.abort();
    this.#watching = null;
  }
}
