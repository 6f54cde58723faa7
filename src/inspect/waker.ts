/** Waits for something that others tell of by `wake`; one waits at a time. */
export class Waker {
  #wake: () => void = () => undefined;

  /** Whoever waits looks whether it has come. */
  wake(): void {
    this.#wake();
  }

  /** Resolves when `ready`, after `ms`, or when `stop` aborts. */
  until(ready: () => boolean, { ms, stop }: { readonly ms: number; readonly stop: AbortSignal }): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stop.removeEventListener('abort', done);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      this.#wake = () => {
        if (ready()) done();
      };
      stop.addEventListener('abort', done);
      if (ready() || stop.aborted) done();
    });
  }
}
