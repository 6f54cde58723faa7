import type { Readable } from 'node:stream';
import { LineSplitter, type LineReceiver } from './lines.ts';
import type { TurnLog } from './turn-log.ts';

/** The longest line that arrives whole unless a caller wants longer ones, in bytes: agents put a whole answer into one, and answers of 12 MB have been seen. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
const TAIL_BYTES = 64 * 1024;

export interface OutputReceivers {
  readonly onLine: LineReceiver;
  /** Called for every piece of either stream. */
  readonly onOutput: () => void;
  readonly maxLineBytes?: number | undefined;
}

/** An agent's two output streams: both go to the log, where there is one, as they come, standard output also by lines. Memory stays bounded. */
export class Output {
  readonly #lines: LineSplitter;
  readonly #tail: Tail = new Tail(TAIL_BYTES);

  constructor(streams: { stdout: Readable; stderr: Readable }, log: TurnLog | null, receivers: OutputReceivers) {
    this.#lines = new LineSplitter(receivers.maxLineBytes ?? MAX_LINE_BYTES, receivers.onLine);
    streams.stdout.on('data', (chunk: Buffer) => {
      receivers.onOutput();
      log?.write(chunk);
      this.#lines.push(chunk);
    });
    streams.stderr.on('data', (chunk: Buffer) => {
      receivers.onOutput();
      log?.write(chunk);
      this.#tail.push(chunk);
    });
  }

  /** Nothing comes any more: hands over the last line if it had no end. */
  end(): void {
    this.#lines.end();
  }

  /** The last 64 KiB of standard error. */
  get stderrTail(): string {
    return this.#tail.text();
  }
}

class Tail {
  readonly #bytes: number;
  #kept = Buffer.alloc(0);

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  push(chunk: Buffer): void {
    const recent = chunk.subarray(-this.#bytes);
    const older = this.#kept.subarray(Math.max(0, this.#kept.length + recent.length - this.#bytes));
    this.#kept = Buffer.concat([older, recent]);
  }

  text(): string {
    return this.#kept.toString('utf8');
  }
}
