/** One line without its end. `cut`: it was longer than the limit, and the rest of it is lost. */
export type LineReceiver = (line: string, cut: boolean) => void;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SMALLEST_BUFFER = 64 * 1024;

/**
 * Cuts a stream of bytes into lines (ended by `\n` or `\r\n`), each decoded as UTF-8, with U+FFFD for what is not. How the
 * bytes are cut into chunks makes no difference. Holds at most `maxBytes` of a line.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #receive: LineReceiver;
  /** The line whose end has not come yet: the first `#held` bytes of this buffer, which grows by doubling. */
  #buffer = Buffer.alloc(0);
  #held = 0;
  #cut = false;

  constructor(maxBytes: number, receive: LineReceiver) {
    this.#maxBytes = maxBytes;
    this.#receive = receive;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      this.#hold(chunk.subarray(from, end));
      this.#emit();
      from = end + 1;
    }
    this.#hold(chunk.subarray(from));
  }

  /** The stream has ended: what came after its last line end is a line too. */
  end(): void {
    if (this.#held > 0) this.#emit();
  }

  #hold(bytes: Buffer): void {
    const taken = Math.min(bytes.length, this.#maxBytes - this.#held);
    if (taken < bytes.length) this.#cut = true;
    const needed = this.#held + taken;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(
        Math.min(this.#maxBytes, Math.max(needed, 2 * this.#buffer.length, SMALLEST_BUFFER)),
      );
      this.#buffer.copy(larger, 0, 0, this.#held);
      this.#buffer = larger;
    }
    bytes.copy(this.#buffer, this.#held, 0, taken);
    this.#held = needed;
  }

  #emit(): void {
    const length = this.#buffer[this.#held - 1] === RETURN && !this.#cut ? this.#held - 1 : this.#held;
    const line = this.#buffer.toString('utf8', 0, length);
    const cut = this.#cut;
    this.#held = 0;
    this.#cut = false;
    if (this.#buffer.length > SMALLEST_BUFFER) this.#buffer = Buffer.alloc(0);
    this.#receive(line, cut);
  }
}
