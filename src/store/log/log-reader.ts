import type { JsonObject } from '../disk/json-files.ts';
import { closeSync, readSync } from 'node:fs';
import { misshapen } from '../../core/event-shapes.ts';
import type { RunEvent } from '../../core/events.ts';
import { FORMAT } from '../../core/format.ts';
import { Problem } from '../../core/problem.ts';
import { diskProblem } from '../../files/disk-problem.ts';
import { LINE_BYTES, openToRead, piecesOf as piecesOfOpen } from '../../files/door.ts';
import { ownValue } from '../../core/own-value.ts';

const NEWLINE = 0x0a;

/**
 * The bytes of a log, `size` of them at most, piece by piece: a piece is good until the next one is asked for. None where there is no log.
 */
export function* piecesOf(file: string, size = Infinity): Generator<Buffer> {
  const descriptor = openLog(file);
  if (descriptor === null) return;
  try {
    let left = size;
    for (const piece of piecesFrom(descriptor, 0, file)) {
      yield piece.subarray(0, left);
      left -= piece.length;
      if (left <= 0) return;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The same of a log that is open, from a byte on. */
export function* piecesFrom(descriptor: number, from: number, file: string): Generator<Buffer> {
  try {
    yield* piecesOfOpen(descriptor, from);
  } catch (error) {
    throw diskProblem(error, file, 'read');
  }
}

/** A descriptor for reading; null where there is no log. */
export function openLog(file: string): number | null {
  return openToRead(file);
}

/**
 * Hands the events of a log over, one after the other, and returns the length in bytes of the part that holds them: what
 * follows is a torn last line (no newline, not JSON, zeros after a power cut). Throws a Problem for a bad line before it.
 * Nothing is kept: a log may be larger than what memory there is for it.
 */
export function readLog(pieces: Iterable<Buffer>, file: string, take: (event: RunEvent) => void): number {
  const parser = new LogParser(file);
  for (const piece of pieces) parser.push(piece, take);
  return parser.size;
}

/** Takes a log apart as its bytes come, however they are cut. Keeps nothing but a line that is not whole yet. */
export class LogParser {
  readonly #file: string;
  /** The begin of a line that is not whole yet. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  #number = 0;
  #size = 0;
  /** Where the last line begins if it is not JSON. */
  #torn: number | null = null;
  readonly #check: (value: unknown, line: number) => RunEvent;

  constructor(file: string) {
    this.#file = file;
    this.#check = eventCheck(file);
  }

  /** Of the part that holds events, in bytes: what follows is torn, or not whole yet. */
  get size(): number {
    return this.#torn ?? this.#size;
  }

  /** Hands over the events of the lines that `piece` makes whole. Throws a Problem for a bad line that another one follows. */
  push(piece: Buffer, take: (event: RunEvent) => void): void {
    const end = piece.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      this.#keep(piece);
      if (this.#restBytes > LINE_BYTES)
        badLine(this.#file, this.#number + 1, `is longer than ${LINE_BYTES / 1024 / 1024} MiB`);
      return;
    }
    const whole = piece.subarray(0, end);
    const lines = this.#rest.length === 0 ? whole : Buffer.concat([...this.#rest, whole]);
    this.#rest = [];
    this.#restBytes = 0;
    if (end < piece.length) this.#keep(piece.subarray(end));
    for (const line of lines.toString('utf8', 0, lines.length - 1).split('\n')) {
      if (this.#torn !== null) badLine(this.#file, this.#number, 'is not a JSON object');
      const value = parseLine(line);
      this.#number += 1;
      if (value === undefined) this.#torn = this.#size + lastLineStart(lines);
      else take(this.#check(value, this.#number));
    }
    this.#size += lines.length;
  }

  #keep(part: Buffer): void {
    this.#rest.push(Buffer.from(part));
    this.#restBytes += part.length;
  }
}

/** `lines` ends in a newline, that of its last line. */
function lastLineStart(lines: Buffer): number {
  return lines.length >= 2 ? lines.lastIndexOf(NEWLINE, lines.length - 2) + 1 : 0;
}

/** Undefined, which JSON cannot say, for a line that is not JSON. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    // The caller knows whether this line may be torn.
    return undefined;
  }
}

/** Checks what every reader relies on: numbers without gaps, and fields of their types, as far as this release knows the format. */
function eventCheck(file: string): (value: unknown, line: number) => RunEvent {
  let isNewer = false;
  return (value, line) => {
    if (typeof value !== 'object' || value === null) badLine(file, line, 'is not a JSON object');
    const event = value as Readonly<Record<string, unknown>>;
    const { seq, event_type: type, format } = event;
    if (typeof type !== 'string') badLine(file, line, 'has no event_type');
    if (seq !== line) {
      badLine(file, line, `has seq ${seq === undefined ? 'missing' : JSON.stringify(seq)}, expected ${line}`);
    }
    isNewer ||= typeof format === 'number' && format > FORMAT;
    const field = isNewer ? null : misshapen(value as RunEvent);
    if (field !== null)
      badLine(file, line, `(${type}) has a ${field} that no release writes: ${wordsOf(ownValue(event, field))}`);
    return value as RunEvent;
  };
}

function wordsOf(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
}

/** Throws the Problem of a line that cannot stand in this log; `what` follows the line's number. */
export function badLine(file: string, line: number, what: string): never {
  throw new Problem(
    'state',
    `${file} line ${line} ${what}; nothing was guessed or skipped`,
    'Restore the file from git or a backup, or mend that line, then resume.',
  );
}

/** Enough for the first event of a log, settings included. */
const FIRST_BYTES = 65_536;

/** The first event of the log in `file`; null when there is none to be read, which must not keep its run or task from being found. */
export function firstEvent(file: string): JsonObject | null {
  try {
    const descriptor = openToRead(file);
    if (descriptor === null) return null;
    try {
      const first = Buffer.alloc(FIRST_BYTES);
      const text = first.toString('utf8', 0, readSync(descriptor, first, 0, FIRST_BYTES, 0));
      const value: unknown = JSON.parse(text.split('\n', 1)[0] ?? '');
      return typeof value === 'object' && value !== null ? (value as JsonObject) : null;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null; // No log, an empty or a broken one.
  }
}
