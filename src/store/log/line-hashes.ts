import { hash } from 'node:crypto';
import { closeSync, constants, writeSync } from 'node:fs';
import path from 'node:path';
import { lookAt, openChecked, readText } from '../../files/door.ts';
import { withFolder } from '../../files/folders.ts';
import { put } from '../lock-file.ts';
import { piecesOf } from './log-reader.ts';

/** Where a log begins not to be the one that was written; lines are counted from 1. */
export interface Difference {
  readonly line: number;
  /** `changed`: it stood there with other words; `missing`: the log ends before it; `added`: it was never written. */
  readonly how: 'changed' | 'missing' | 'added';
}

/**
 * A short hash of each line of a log, so that the first one that differs can be named. Whether any does, the log's head decides: this
 * file may lack the last lines after a power cut, and nothing but words depends on it.
 */
export class LineHashes {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** The first line of the log, up to this many bytes of it, that is not the one that was written; null: none is known to differ. */
  differenceIn(log: string, size: number): Difference | null {
    const known = this.#read();
    const now = hashesOf(log, size);
    const at = now.findIndex((hash, index) => index >= known.length || hash !== known[index]);
    if (at >= 0) return known.length === 0 ? null : { line: at + 1, how: at < known.length ? 'changed' : 'added' };
    return now.length < known.length ? { line: now.length + 1, how: 'missing' } : null;
  }

  /** Whether it has as many lines as this. */
  counts(lines: number): boolean {
    try {
      return (lookAt(this.#file)?.size ?? 0) === lines * (SHORT + 1);
    } catch {
      return false;
    }
  }

  /** From now on the log's lines, up to this many bytes, are the ones that were written. */
  adopt(log: string, size: number): void {
    const lines = hashesOf(log, size);
    const known = this.#read();
    if (lines.length === known.length && lines.every((hash, index) => hash === known[index])) return;
    attempt(() => {
      withFolder(path.dirname(this.#file), () => put(this.#file, lines.map((hash) => `${hash}\n`).join('')));
    });
  }

  /** Before a line is written. */
  append(line: string): void {
    attempt(() => {
      const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
      const descriptor = withFolder(path.dirname(this.#file), () => openChecked(this.#file, flags));
      try {
        writeSync(descriptor, `${shortHash(Buffer.from(line.trimEnd()))}\n`);
      } finally {
        closeSync(descriptor);
      }
    });
  }

  #read(): readonly string[] {
    try {
      return (readText(this.#file) ?? '').split('\n').slice(0, -1);
    } catch {
      return []; // As good as none.
    }
  }
}

/** A full disk must not cost the run its log. */
function attempt(write: () => void): void {
  try {
    write();
  } catch {
    // The line that differs is then told by the head alone.
  }
}

function hashesOf(log: string, size: number): string[] {
  const hashes: string[] = [];
  let begun: readonly Buffer[] = []; // A line whose end is in a later piece.
  for (const piece of piecesOf(log, size)) {
    let rest = piece;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.subarray(0, end);
      hashes.push(shortHash(begun.length === 0 ? line : Buffer.concat([...begun, line])));
      begun = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) begun = [...begun, Buffer.from(rest)];
  }
  return hashes;
}

/** Characters of a hash that are kept. */
const SHORT = 8;

function shortHash(bytes: Buffer): string {
  return hash('sha256', bytes).slice(0, SHORT);
}
