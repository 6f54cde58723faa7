import { constants, openSync, writeSync } from 'node:fs';

/** How long a terminal that takes nothing is left alone, in ms. */
const AGAIN_MS = 200;

/**
 * A terminal that takes nothing, for Ctrl-S or behind a connection that hangs, holds whoever writes to it, and no signal is heard. So a standard
 * stream that is a terminal is written by a handle of its own, which holds nobody: what is not taken waits here.
 */
export function writeUnhindered(): void {
  for (const [descriptor, stream] of [process.stdout, process.stderr].entries()) {
    if (stream.isTTY) divert(stream, `/proc/self/fd/${descriptor + 1}`);
  }
}

function divert(stream: NodeJS.WriteStream, terminal: string): void {
  let own: number;
  try {
    own = openSync(terminal, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return; // No such files on this system, or another user's terminal: it may hold us.
  }
  const waiting = new Waiting(own, stream);
  stream.write = (chunk: Uint8Array | string, ...more: unknown[]): boolean => {
    const [encoding] = more.filter((one) => typeof one === 'string');
    const [done] = more.filter((one) => typeof one === 'function');
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding | undefined) : chunk;
    return waiting.take(bytes, () => (done as (() => void) | undefined)?.());
  };
}

/** What a terminal has not taken yet, in order. */
class Waiting {
  readonly #handle: number;
  readonly #stream: NodeJS.WriteStream;
  #parts: { readonly bytes: Uint8Array; readonly done: () => void }[] = [];
  #isAsking = false;

  constructor(handle: number, stream: NodeJS.WriteStream) {
    this.#handle = handle;
    this.#stream = stream;
  }

  /** Whether nothing waits any more; else the stream says `drain` when that is so. */
  take(bytes: Uint8Array, done: () => void): boolean {
    this.#parts.push({ bytes, done });
    if (!this.#isAsking) this.#hand();
    return this.#parts.length === 0;
  }

  #hand(): void {
    try {
      for (let [first] = this.#parts; first !== undefined; [first] = this.#parts) {
        const taken = writeSync(this.#handle, first.bytes);
        if (taken < first.bytes.length) this.#parts[0] = { ...first, bytes: first.bytes.subarray(taken) };
        else this.#parts.shift();
        if (taken >= first.bytes.length) queueMicrotask(first.done);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') this.#askAgain();
      else this.#fail(error);
    }
  }

  #askAgain(): void {
    this.#isAsking = true;
    setTimeout(() => {
      this.#isAsking = false;
      this.#hand();
      if (this.#parts.length === 0) this.#stream.emit('drain');
    }, AGAIN_MS);
  }

  /** The terminal has gone: what is written from now on is lost. */
  #fail(error: unknown): void {
    this.#parts = [];
    this.#stream.emit('error', error);
  }
}
