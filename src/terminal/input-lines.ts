import type { ReadStream } from 'node:tty';
import { Waker } from '../inspect/waker.ts';

/** Standard input as lines that wait until somebody asks for them; reading begins with the first question. */
export class InputLines {
  readonly #stream: ReadStream;
  readonly #lines: string[] = [];
  #rest = '';
  #open = false;
  #ended = false;
  readonly #waker = new Waker();

  constructor(stream: ReadStream) {
    this.#stream = stream;
  }

  /** The next line; null at the end of input, after `silenceMs` without one, or when `stop` aborts. */
  async line(silenceMs: number, stop: AbortSignal): Promise<string | null> {
    this.#listen();
    try {
      await this.#waker.until(() => this.#lines.length > 0 || this.#ended, { ms: silenceMs, stop });
      return this.#lines.shift() ?? null;
    } finally {
      this.#stream.pause();
    }
  }

  #listen(): void {
    try {
      this.#stream.resume();
      if (this.#open) return;
      this.#open = true;
      // What the request was read from has told of its end already, to whoever read that.
      if (this.#stream.readableEnded || this.#stream.destroyed) this.#finish();
      this.#stream.setEncoding('utf8');
      this.#stream.on('data', (text: string) => this.#take(text));
      for (const event of ['end', 'error', 'close']) this.#stream.on(event, () => this.#finish());
    } catch {
      this.#finish(); // What cannot be read at all, a folder for one, has no lines.
    }
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split(/\r?\n/);
    this.#rest = parts.pop() ?? '';
    this.#lines.push(...parts);
    this.#waker.wake();
  }

  #finish(): void {
    if (this.#rest !== '') this.#lines.push(this.#rest);
    this.#rest = '';
    this.#ended = true;
    this.#waker.wake();
  }
}
