import { createHash, type Hash } from 'node:crypto';
import { lookAt } from '../../files/door.ts';
import type { LogMark } from './head.ts';
import { piecesOf } from './log-reader.ts';

/** The log as it was opened: its length in bytes, and its hash where that is known, its bytes where it is not. */
export interface HeldPart {
  readonly size: number;
  readonly hash: Hash | null;
  /** Each is good until the next one is asked for. */
  readonly pieces: () => Iterable<Buffer>;
}

/** What this process knows a log to hold: its length and hash, and which version of the file that was. */
export class OwnContent {
  readonly #file: string;
  readonly #hash: Hash;
  #bytes: number;
  #version: string | null;

  constructor(file: string, { size, hash, pieces }: HeldPart) {
    this.#file = file;
    this.#hash = hash ?? hashOf(pieces());
    this.#bytes = size;
    this.#version = lookAt(file)?.version ?? null;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The log as it is, its last line being the one of this number. */
  mark(seq: number): LogMark {
    return { seq, bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') };
  }

  /** The log as it will be with one more line. */
  markAfter(seq: number, line: string): LogMark {
    const sha256 = this.#hash.copy().update(line).digest('hex');
    return { seq, bytes: this.#bytes + Buffer.byteLength(line), sha256 };
  }

  /** Whether the file holds it. Another file or another time is looked into: a touch alone changes nothing. */
  isThere(): boolean {
    const found = lookAt(this.#file);
    if (found !== null && found.version === this.#version) return true;
    if (found?.kind !== 'file' || found.size !== this.#bytes) return false;
    if (hashOf(piecesOf(this.#file)).digest('hex') !== this.mark(0).sha256) return false;
    this.#version = found.version;
    return true;
  }

  /** The file was written just now, and is this long. */
  wrote(bytes: number): void {
    this.#bytes = bytes;
    this.#version = lookAt(this.#file)?.version ?? null;
  }

  /** The line has become part of it. */
  take(line: string): void {
    this.#hash.update(line);
  }
}

function hashOf(pieces: Iterable<Buffer>): Hash {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash;
}
