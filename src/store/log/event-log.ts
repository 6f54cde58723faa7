import type { Hash } from 'node:crypto';
import { readSync } from 'node:fs';
import { apply } from '../../core/apply.ts';
import path from 'node:path';
import type { EventBody, RunEvent } from '../../core/events.ts';
import { newerFormat } from '../../core/format.ts';
import { impossibility } from '../../core/history-check.ts';
import { inTurn } from '../../core/in-turn.ts';
import { Problem } from '../../core/problem.ts';
import { type RunState, UNBORN } from '../../core/state.ts';
import { redactIn } from '../../core/redact.ts';
import { formatTimestamp } from '../../core/time.ts';
import { lookAt, openToRead, readBytes, versionOf } from '../../files/door.ts';
import { asideName } from '../../files/folders.ts';
import { appendWhole, replaceFile } from '../../files/replace.ts';
import { FileFault } from '../../files/fault.ts';
import type { FileOperations } from '../../files/operations.ts';
import { type Attestation, type LogHead, type LogMark, refuseForeign } from './head.ts';
import { type HeldPart, OwnContent } from './own-content.ts';
import { badLine, piecesOf, readLog } from './log-reader.ts';
import { promised } from '../../files/operations.ts';
import { meansMissing } from '../../files/disk-problem.ts';

/** The log of one run, open for appending (docs/state.md). */
export interface EventLog {
  /** The state after the events that it held when it was opened. */
  readonly opened: RunState;
  /** When the first of them was; null when there was none. */
  readonly firstAt: string | null;
  /**
   * Writes one event with the next `seq`; it is on the disk when this resolves, unless it merely follows from those before it:
   * then the next one takes it along. After a rejection the log is as before.
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
  /** Absent: nothing on this machine vouches for the log. */
  readonly head?: LogHead | undefined;
  /** The operator takes the log as it is. */
  readonly trust?: boolean | undefined;
}

export interface OpenedLog {
  readonly log: EventLog;
  readonly warning: string | null;
  /** How the log stands to what this machine knew of it. */
  readonly attestation: Attestation;
}

/**
 * Opens a log; one that is not there is empty. A torn last line is moved aside to `events.jsonl.torn-<time>`, which the
 * warning says. Rejects with a Problem that names file and line when a line before the last is bad, a `seq` is missing, or the log is
 * not the one that this machine wrote.
 */
export async function openEventLog(options: EventLogOptions): Promise<OpenedLog> {
  const { file, now, ops, head, trust = false } = options;
  const { state, firstAt, size } = folded(file);
  refuseNewer(state);
  const { as: attestation, hash } = head?.check(file, size) ?? { as: 'unknown', hash: null };
  if (typeof attestation === 'object' && !trust) refuseForeign(file, attestation);
  head?.adopt(file, { size, lines: state.seq, as: attestation });
  const torn = (sizeOf(file) ?? 0) - size;
  let warning: string | null = null;
  if (torn > 0) {
    const aside = asideName(file, 'torn', now());
    const bytes = readBytes(file, Infinity) ?? Buffer.alloc(0);
    await replaceFile(aside, bytes.subarray(size), ops);
    await replaceFile(file, bytes.subarray(0, size), ops);
    warning = `the last line of ${file} was torn; its ${torn} bytes were moved to ${path.basename(aside)}`;
  }
  return { log: { firstAt, ...appender(options, state, keptPart(file, size, hash)) }, warning, attestation };
}

/** The state after all events of a log, for inspection; see `readEventsOnly`. */
export function readState(file: string): Promise<RunState> {
  return promised(() => folded(file).state);
}

/** The events of a log, for inspection: writes nothing, ignores a torn last line, and has none where there is no log. */
export function readEventsOnly(file: string): Promise<readonly RunEvent[]> {
  return promised(() => {
    const events: RunEvent[] = [];
    readLog(piecesOf(file), file, (event) => events.push(event));
    return events;
  });
}

/** A log in a pass over it. */
interface Folded {
  readonly state: RunState;
  readonly firstAt: string | null;
  /** Of the part before a torn last line, in bytes. */
  readonly size: number;
}

/** The last one: who resumes a run looks at its log before opening it, and a long one takes its time. */
let latest: { readonly version: string; readonly folded: Folded } | null = null;

function folded(file: string): Folded {
  const version = versionOf(file);
  if (version !== null && latest?.version === version) return latest.folded;
  let state = UNBORN;
  let firstAt: string | null = null;
  const size = readLog(piecesOf(file), file, (event) => {
    const flaw = newerFormat(state) === null ? impossibility(state, event) : null;
    if (flaw !== null) badLine(file, event.seq, flaw);
    state = apply(state, event);
    firstAt ??= event.ts;
  });
  const result = { state, firstAt, size };
  latest = version === null ? null : { version, folded: result };
  return result;
}

/** A log that only a newer release understands is shown, and not gone on with. Throws a Problem of kind `state`. */
export function refuseNewer(state: RunState): void {
  const newer = newerFormat(state);
  if (newer !== null)
    throw new Problem('state', newer, 'Resume it with that release; --list-tasks, status and logs still show it.');
}

/**
 * What follows from the events before it: a power cut that takes it takes nothing, because the fold plans it again, a checkpoint is found
 * by its trailer, and what is noticed in a turn goes with the turn. The next event that says something new is synced and takes them along.
 */
const FOLLOWS: ReadonlySet<RunEvent['event_type']> = new Set([
  'phase_started',
  'phase_deferred',
  'phase_completed',
  'phase_blocked',
  'pair_started',
  'pair_completed',
  'pair_failed',
  'blocked',
  'cycle_started',
  'session_identified',
  'verifier_edited',
  'phase_output_empty',
  'missing_promise_default',
  'question',
  'checkpoint',
  'edits_recovered',
]);

/** What a log held when it was opened, for the case that something else destroys it. */
interface KeptPart extends HeldPart {
  /** Throws a Problem when it was destroyed as well. */
  readonly bytes: () => Buffer;
}

/** Up to here a log is kept in memory, in bytes: some 40,000 events, hundreds of times what a long run needs. */
const KEPT_BYTES = 16_000_000;

/** A larger one is kept open: it can still be read when it was removed or replaced, but not when it was cut. */
function keptPart(file: string, size: number, hash: Hash | null): KeptPart {
  if (size <= KEPT_BYTES) {
    const kept = (readBytes(file, Infinity) ?? Buffer.alloc(0)).subarray(0, size);
    return { size, hash, bytes: () => kept, pieces: () => [kept] };
  }
  const descriptor = openToRead(file);
  const bytes = (): Buffer => {
    const kept = Buffer.alloc(size);
    for (let at = 0; at < size;) {
      const read = descriptor === null ? 0 : readSync(descriptor, kept, at, size - at, at);
      if (read === 0) throw new Problem('state', `${file} was cut by something else`, 'Restore it, then resume.');
      at += read;
    }
    return kept;
  };
  return { size, hash, bytes, pieces: () => piecesOf(file, size) };
}

function appender(options: EventLogOptions, opened: RunState, kept: KeptPart): Omit<EventLog, 'firstAt'> {
  const { file, runId, now, warn, ops, head } = options;
  const added: string[] = [];
  const content = new OwnContent(file, kept);
  /** Where the log ended before each of the lines that a power cut may still take. */
  let unsynced: readonly LogMark[] = [];
  const queued = inTurn();

  const rewrite = async (lines: readonly string[]): Promise<void> => {
    const whole = Buffer.concat([kept.bytes(), Buffer.from(lines.join(''))]);
    await replaceFile(file, whole, ops);
    content.wrote(whole.length);
  };

  /** An agent's `git reset`, `clean` or editor: what this process knows is the log. */
  const heal = async (): Promise<boolean> => {
    if (content.isThere()) return false;
    await rewrite(added);
    return true;
  };

  const write = async (body: EventBody): Promise<RunEvent> => {
    if (await heal()) warn(`${file} was changed by something else; it was written anew from memory`);
    const seq = opened.seq + added.length + 1;
    const event: RunEvent = { ts: formatTimestamp(now()), run_id: runId, seq, ...redactIn(body) };
    const line = `${JSON.stringify(event)}\n`;
    const mark = content.mark(seq - 1);
    head?.write(line, mark, content.markAfter(seq, line), unsynced);
    const sync = !FOLLOWS.has(event.event_type);
    if (!(await grow(options, { content, line, sync }))) await rewrite([...added, line]);
    unsynced = sync ? [] : [...unsynced, mark];
    added.push(line);
    content.take(line);
    if (event.event_type === 'run_finished' && event.status === 'success') head?.retire();
    return event;
  };

  return { opened, append: (body) => queued(() => write(body)), heal: () => queued(heal) };
}

/** False when the file was not what it should be: something changed it or took it away at this very moment. */
async function grow(
  { file, ops }: EventLogOptions,
  { content, line, sync }: { readonly content: OwnContent; readonly line: string; readonly sync: boolean },
): Promise<boolean> {
  try {
    const { before, after } = await appendWhole(file, line, { sync, ...(ops !== undefined && { ops }) });
    if (before !== content.bytes) return false;
    content.wrote(after);
    return true;
  } catch (error) {
    if (error instanceof FileFault || meansMissing(error)) return false;
    throw error;
  }
}

/** Null: the file is gone, or something else than a file stands there. */
function sizeOf(file: string): number | null {
  const found = lookAt(file);
  return found?.kind === 'file' ? found.size : null;
}
