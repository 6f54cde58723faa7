import { createHash, type Hash } from 'node:crypto';
import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { lookAt, readText } from '../../files/door.ts';
import { makeFolder, remove, withFolder } from '../../files/folders.ts';
import { readLine, writeLine } from '../line-file.ts';
import { put } from '../lock-file.ts';
import { type Difference, LineHashes } from './line-hashes.ts';
import { piecesOf } from './log-reader.ts';

/** A log up to an event: how many lines and bytes it has, and the SHA-256 of these bytes as hex. */
export interface LogMark {
  readonly seq: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** What this machine knows of a log: how it was, and, while a line is written, how it will be. */
interface Head extends LogMark {
  readonly next: LogMark | null;
  /** How it was before each line that is not on the disk for certain: a power cut may leave the log there. */
  readonly unsynced?: readonly LogMark[];
}

/** What a log is held against when a run is opened. `unknown`: nothing is known of it here. */
export type Attestation = 'attested' | 'unknown' | Difference;

/** A log as it was found; `hash` is the SHA-256 of it, to be gone on with, where that was reckoned. */
export interface Looked {
  readonly as: Attestation;
  readonly hash: Hash | null;
}

/** Where heads are kept: beside what the machine needs while runs go on, and, once they succeeded, with what it can do without. */
export interface HeadFolders {
  readonly inUse: string;
  readonly finished: string;
}

/** One of these folders, as far as a run has files there. */
interface Shelf {
  readonly head: string;
  readonly hashes: string;
  readonly lines: LineHashes;
}

/** The head of a run's log, kept where no agent writes. */
export class LogHead {
  readonly #inUse: Shelf;
  readonly #finished: Shelf;
  /** Where it stands. */
  #now: Shelf;

  constructor({ inUse, finished }: HeadFolders, runId: string) {
    this.#inUse = shelf(inUse, runId);
    this.#finished = shelf(finished, runId);
    this.#now = !isThere(this.#inUse.head) && isThere(this.#finished.head) ? this.#finished : this.#inUse;
  }

  /** Holds a log of `size` bytes against what was written down. */
  check(log: string, size: number): Looked {
    const head = readHead(this.#now.head);
    if (head === null) return { as: 'unknown', hash: null };
    const marks: LogMark[] = [...(head.unsynced ?? []), head, ...(head.next === null ? [] : [head.next])];
    const found = marksOf(log, [...marks.map(({ bytes }) => bytes), size]);
    const fits = marks.filter(({ bytes, sha256 }) => found.get(bytes)?.copy().digest('hex') === sha256);
    const hash = found.get(size) ?? null;
    if (fits.some(({ bytes }) => bytes === size)) return { as: 'attested', hash };
    const line = (fits.at(-1)?.seq ?? 0) + 1;
    const difference = this.#now.lines.differenceIn(log, size);
    return { as: difference ?? { line, how: size < head.bytes ? 'missing' : 'changed' }, hash };
  }

  /** The log, `size` bytes of it in this many lines, is taken as it is and gone on with. */
  adopt(log: string, { size, lines, as }: { size: number; lines: number; as: Attestation }): void {
    if (as === 'attested' && this.#now.lines.counts(lines)) return; // They are the log's: a long one need not be read again.
    this.#now.lines.adopt(log, size);
  }

  /** Before `line` is written, which makes `next` of the log. Not synced: after a power cut the log is as good as its own last lines. */
  write(line: string, mark: LogMark, next: LogMark, unsynced: readonly LogMark[]): void {
    this.#moveTo(this.#inUse);
    this.#now.lines.append(line);
    const { head } = this.#now;
    try {
      withFolder(path.dirname(head), () => writeLine(head, JSON.stringify({ ...mark, next, unsynced })));
    } catch {
      // A full disk must not cost the run its log; without the head the next start says that it cannot vouch for it.
    }
  }

  /** The run has succeeded, so that hardly anything goes on from its log: what is lost of it now is doubted, and no more. */
  retire(): void {
    this.#moveTo(this.#finished);
  }

  /** Both folders may be on disks of their own. What cannot be moved stays where it is. */
  #moveTo(goal: Shelf): void {
    const from = this.#now;
    if (from === goal) return;
    try {
      makeFolder(path.dirname(goal.head));
      for (const kind of ['hashes', 'head'] as const) {
        const text = readText(from[kind]);
        if (text !== null) put(goal[kind], text);
      }
    } catch {
      return;
    }
    this.#now = goal;
    for (const file of [from.head, from.hashes]) drop(file);
  }
}

function shelf(folder: string, runId: string): Shelf {
  const hashes = path.join(folder, `${runId}.lines`);
  return { head: path.join(folder, `${runId}.head`), hashes, lines: new LineHashes(hashes) };
}

function readHead(file: string): Head | null {
  try {
    const head = JSON.parse(readLine(file) ?? 'null') as Partial<Head> | null;
    return typeof head?.bytes === 'number' && typeof head.sha256 === 'string' ? (head as Head) : null;
  } catch {
    return null; // Torn by a power cut: as good as none.
  }
}

function drop(file: string): void {
  try {
    remove(file);
  } catch {
    // The next start takes it for the one that counts: it holds the same.
  }
}

function isThere(file: string): boolean {
  try {
    return lookAt(file) !== null;
  } catch {
    return true; // Whoever reads it says why it cannot.
  }
}

/** Refuses a log that is not what this program wrote. Throws a Problem of kind `state`. */
export function refuseForeign(log: string, { line, how }: Difference): never {
  throw new Problem(
    'state',
    `${log} is not as this program left it: line ${line} is the first that ${DIFFERS[how]}`,
    'Restore it from git or a backup; or look at it, and resume with --trust-log to go on with it as it is.',
  );
}

const DIFFERS: Readonly<Record<Difference['how'], string>> = {
  changed: 'is another one',
  missing: 'is missing',
  added: 'it did not write',
};

/** The SHA-256 of the log up to each of these lengths that it has; they can be gone on with. */
function marksOf(log: string, lengths: readonly number[]): ReadonlyMap<number, Hash> {
  const wanted = [...new Set(lengths)].sort((a, b) => a - b);
  const found = new Map<number, Hash>();
  const hash = createHash('sha256');
  let at = 0;
  const note = () => {
    for (; wanted[0] === at; wanted.shift()) found.set(at, hash.copy());
  };
  note();
  for (const piece of piecesOf(log, wanted.at(-1))) {
    for (let rest = piece; rest.length > 0;) {
      const part = rest.subarray(0, Math.max(1, Math.min(rest.length, (wanted[0] ?? Infinity) - at)));
      hash.update(part);
      at += part.length;
      rest = rest.subarray(part.length);
      note();
    }
  }
  return found;
}
