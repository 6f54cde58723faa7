import { openReader, type Reader } from '../files/door.ts';

/** A line without its end, and where in the file it begins and the next one begins, in bytes. */
export interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Of one line; what is longer is left out, so that no file, however it was written, fills the memory. */
const MOST_BYTES = 16 << 20;
const CHUNK = 1 << 16;

/** The complete lines of a file from a byte on. A last line without its newline is not there yet. */
export function* linesFrom(handle: Reader, from: number): Generator<Line> {
  const chunk = Buffer.alloc(CHUNK);
  let parts: Buffer[] = [];
  let kept = 0;
  let start = from;
  for (let at = from; ;) {
    const bytesRead = handle.read(chunk, at);
    if (bytesRead === 0) return;
    for (let done = 0; done < bytesRead;) {
      const newline = chunk.subarray(0, bytesRead).indexOf(0x0a, done);
      const stop = newline < 0 ? bytesRead : newline;
      const piece = chunk.subarray(done, Math.min(stop, done + MOST_BYTES - kept));
      kept += piece.length;
      parts.push(Buffer.from(piece));
      done = stop + 1;
      if (newline < 0) continue;
      const end = at + newline + 1;
      yield { text: Buffer.concat(parts).toString('utf8'), start, end };
      parts = [];
      kept = 0;
      start = end;
    }
    at += bytesRead;
  }
}

/** Reads on in a file that grows, and that may be replaced by another one of its name at any time. */
export class FileTail {
  readonly #file: string;
  #identity = '';
  #at = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * The complete lines since the last call. A file that was replaced or cut is read from its start. A line counts as read once
   * the next one is asked for.
   */
  async *lines(): AsyncGenerator<string> {
    const handle = await openReader(this.#file);
    if (handle === null) return;
    try {
      const { identity, size } = handle;
      if (identity !== this.#identity || size < this.#at) this.#at = 0;
      this.#identity = identity;
      for (const { text, end } of linesFrom(handle, this.#at)) {
        yield text;
        this.#at = end;
      }
    } finally {
      handle.close();
    }
  }
}
