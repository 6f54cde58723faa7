import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { EventBody, RunEvent } from '../core/events.ts';
import { Problem } from '../core/problem.ts';
import { formatTimestamp } from '../core/time.ts';
import { asideName } from './aside.ts';
import { appendWhole, replaceFile } from './atomic.ts';
import type { FileOperations } from './file-operations.ts';
import { promised } from './promised.ts';
import { diskProblem, isMissing } from './disk-problem.ts';

/** The log of one run, open for appending (spec: state.md, events.jsonl; resume.md, crash safety). */
export interface EventLog {
  /** As read when the log was opened. */
  readonly events: readonly RunEvent[];
  /**
   * Writes one event with the next `seq`; it is on the disk when this resolves, unless it merely leads up to the next one,
   * which then takes it along. After a rejection the log is as before.
   */
  append(body: EventBody): Promise<RunEvent>;
  /** Writes the log anew from memory if something else changed or removed the file; whether it had to. */
  heal(): Promise<boolean>;
}

export interface EventLogOptions {
  readonly file: string;
  readonly runId: string;
  readonly now: () => Date;
  /** For what happens after the log was opened. */
  readonly warn: (text: string) => void;
  readonly ops?: FileOperations | undefined;
}

/**
 * Opens a log; one that is not there is empty. A torn last line is moved aside to `events.jsonl.torn-<time>`, which the
 * warning says. Rejects with a Problem that names file and line when a line before the last is bad or a `seq` is missing.
 */
export async function openEventLog(options: EventLogOptions): Promise<{ log: EventLog; warning: string | null }> {
  const { file, now, ops } = options;
  const bytes = readLog(file);
  const { events, size } = parseLog(bytes, file);
  const log = appender(options, events, size);
  if (size === bytes.length) return { log, warning: null };
  const aside = asideName(file, 'torn', now());
  await replaceFile(aside, bytes.subarray(size), ops);
  await replaceFile(file, bytes.subarray(0, size), ops);
  const warning = `the last line of ${file} was torn; its ${bytes.length - size} bytes were moved to ${path.basename(aside)}`;
  return { log, warning };
}

/** The events of a log, for inspection: writes nothing, ignores a torn last line, and has none where there is no log. */
export function readEventsOnly(file: string): Promise<readonly RunEvent[]> {
  return promised(() => parseLog(readLog(file), file).events);
}

/**
 * The events in the bytes of a log, and the length in bytes of the part that holds them: what follows is a torn last line
 * (no newline, not JSON, zeros after a power cut). Throws a Problem for a bad line before it.
 */
export function parseLog(bytes: Buffer, file: string): { events: RunEvent[]; size: number } {
  const size = bytes.lastIndexOf(NEWLINE) + 1;
  const events: RunEvent[] = [];
  if (size === 0) return { events, size };
  const lines = bytes.toString('utf8', 0, size - 1).split('\n');
  for (const [index, line] of lines.entries()) {
    const value = parseLine(line);
    if (value === undefined && index === lines.length - 1) {
      // `size` ends in the newline of the torn line itself: its start is after the newline before that.
      return { events, size: size >= 2 ? bytes.lastIndexOf(NEWLINE, size - 2) + 1 : 0 };
    }
    events.push(eventOf(value, index + 1, file));
  }
  return { events, size };
}

/** What follows from the events before it and comes before a turn's start: a power cut that takes it takes nothing. */
const LEADS_UP: ReadonlySet<RunEvent['event_type']> = new Set(['phase_started', 'pair_started', 'cycle_started']);

const NEWLINE = 0x0a;

function readLog(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw diskProblem(error, file, 'read');
  }
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

/** Checks what every reader relies on; the fields of each event are the fold's business. */
function eventOf(value: unknown, line: number, file: string): RunEvent {
  if (typeof value !== 'object' || value === null) bad(file, line, 'is not a JSON object');
  const { seq, event_type: type } = value as { seq?: unknown; event_type?: unknown };
  if (typeof type !== 'string') bad(file, line, 'has no event_type');
  if (seq !== line) bad(file, line, `has seq ${seq === undefined ? 'missing' : JSON.stringify(seq)}, expected ${line}`);
  return value as RunEvent;
}

function bad(file: string, line: number, what: string): never {
  throw new Problem(
    'state',
    `${file} line ${line} ${what}; nothing was guessed or skipped`,
    'Restore the file from git or a backup, or mend that line, then resume.',
  );
}

function appender(options: EventLogOptions, opened: readonly RunEvent[], size: number): EventLog {
  const { file, runId, now, warn, ops } = options;
  const all = [...opened];
  let expected = size;
  let last: Promise<unknown> = Promise.resolve();

  const rewrite = async (events: readonly RunEvent[]): Promise<void> => {
    const text = events.map(lineOf).join('');
    await replaceFile(file, text, ops);
    expected = Buffer.byteLength(text);
  };

  /** An agent's `git reset`, `clean` or editor: what this process knows is the log. */
  const heal = async (): Promise<boolean> => {
    if (sizeOf(file) === expected) return false;
    await rewrite(all);
    return true;
  };

  /** False when the file was not what it should be: something changed it or took it away at this very moment. */
  const grow = async (line: string, sync: boolean): Promise<boolean> => {
    try {
      const { before, after } = await appendWhole(file, line, { sync, ...(ops !== undefined && { ops }) });
      if (before !== expected) return false;
      expected = after;
      return true;
    } catch (error) {
      if (error instanceof Problem && isMissing(error.cause)) return false;
      throw error;
    }
  };

  const write = async (body: EventBody): Promise<RunEvent> => {
    if (await heal()) warn(`${file} was changed by something else; it was written anew from memory`);
    const event: RunEvent = { ts: formatTimestamp(now()), run_id: runId, seq: all.length + 1, ...body };
    if (!(await grow(lineOf(event), !LEADS_UP.has(event.event_type)))) await rewrite([...all, event]);
    all.push(event);
    return event;
  };

  /** One at a time, whether the one before succeeded or not: its own caller hears of a failure. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  return { events: opened, append: (body) => inTurn(() => write(body)), heal: () => inTurn(heal) };
}

function lineOf(event: RunEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** Null: the file is gone, or something else than a file stands there. */
function sizeOf(file: string): number | null {
  try {
    const found = lstatSync(file);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw diskProblem(error, file, 'read');
  }
}
