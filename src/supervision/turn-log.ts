import { closeSync, fstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';

/**
 * A file that takes an agent's raw output, appended to in the order in which it came, up to `maxBytes`. Writing waits for
 * the disk, so that a flood fills no memory. A log that cannot be written is no reason to lose a turn: it stops, and says so.
 */
export class TurnLog {
  readonly #file: string;
  readonly #maxBytes: number;
  #descriptor: number | null = null;
  #size = 0;
  /** Why something is missing from the log, in a sentence for the operator; null when nothing is. */
  notice: string | null = null;

  constructor(file: string, maxBytes: number) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#attempt(() => {
      mkdirSync(path.dirname(file), { recursive: true });
      this.#descriptor = openSync(file, 'a');
      this.#size = fstatSync(this.#descriptor).size;
    });
  }

  write(chunk: Buffer): void {
    const room = this.#maxBytes - this.#size;
    if (this.#descriptor === null) return;
    this.#attempt(() => this.#append(chunk.subarray(0, Math.max(0, room))));
    if (chunk.length <= room) return;
    const limit = `${Math.floor(this.#maxBytes / 1_000_000)} MB`;
    const lastLine = Buffer.from(`\n[autoloop: this log has reached its limit of ${limit}; the rest is left out]\n`);
    if (room >= 0) this.#attempt(() => this.#append(lastLine)); // Else an earlier turn has said so.
    this.notice ??= `the turn log ${this.#file} has reached its limit of ${limit}; the rest of the output is left out`;
    this.close();
  }

  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    if (descriptor !== null) this.#attempt(() => closeSync(descriptor));
  }

  #append(bytes: Buffer): void {
    for (let written = 0; written < bytes.length && this.#descriptor !== null;) {
      written += writeSync(this.#descriptor, bytes, written);
    }
    this.#size += bytes.length;
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.notice ??= `the turn log ${this.#file} is incomplete: ${reason}`;
      this.close();
    }
  }
}
