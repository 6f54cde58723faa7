import { closeSync, constants, writeSync } from 'node:fs';
import path from 'node:path';
import { isErrno } from '../files/disk-problem.ts';
import { lookAt, openChecked } from '../files/door.ts';
import { makeFolder } from '../files/folders.ts';

/**
 * A new file that takes an agent's raw output in the order in which it came, up to `maxBytes`. Writing waits for the disk, so that
 * a flood fills no memory. A log that cannot be written is no reason to lose a turn: it stops, and says so. Where something has the
 * name already (an earlier call of the same turn, or what an agent put there), the log gets the next one: `…-2.log`, `…-3.log`.
 */
export class TurnLog {
  #file: string;
  readonly #maxBytes: number;
  #descriptor: number | null = null;
  #size = 0;
  /** Why something is missing from the log, in a sentence for the operator; null when nothing is. */
  notice: string | null = null;

  constructor(file: string, maxBytes: number) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#attempt(() => {
      makeFolder(path.dirname(file));
      for (let number = 1; this.#descriptor === null; number += 1) {
        this.#file = numbered(file, number);
        this.#descriptor = createOrNull(this.#file);
      }
    });
  }

  write(chunk: Buffer): void {
    const room = this.#maxBytes - this.#size;
    if (this.#descriptor === null) return;
    this.#attempt(() => this.#append(chunk.subarray(0, Math.max(0, room))));
    if (chunk.length <= room) return;
    const limit = `${Math.floor(this.#maxBytes / 1_000_000)} MB`;
    const lastLine = Buffer.from(`\n[autoloop: this log has reached its limit of ${limit}; the rest is left out]\n`);
    this.#attempt(() => this.#append(lastLine));
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

/** The file of the last call of a turn whose first log is `file`: the one that is written now, or was written last. */
export function latestTurnLog(file: string): string {
  let number = 1;
  while (lookAt(numbered(file, number + 1)) !== null) number += 1;
  return numbered(file, number);
}

function numbered(file: string, number: number): string {
  return number === 1 ? file : `${file.replace(/\.log$/, '')}-${number}.log`;
}

/** Null: something has the name. */
function createOrNull(file: string): number | null {
  try {
    if (lookAt(file) !== null) return null;
    return openChecked(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL);
  } catch (error) {
    if (isErrno(error) && error.code === 'EEXIST') return null;
    throw error;
  }
}
