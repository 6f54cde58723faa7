import { Problem } from './problem.ts';
import { redactTokens } from './redact.ts';
import { parseTimestamp } from './time.ts';

/** SHA-1 of the UTF-8 bytes of a text as 40 lower-case hex digits. Passed in, because the core has no cryptography. */
export type Sha1Hex = (text: string) => string;

/** Lower case, everything outside `a-z0-9` one dash, no dash at the ends; nothing left: `task`. */
export function slugify(text: string): string {
  return trimDashes(text.toLowerCase().replace(/[^a-z0-9]+/g, '-')) || 'task';
}

/**
 * The task id of an intent without `--task-id`. The intent is hashed as given, untrimmed. A task's id names folders, branches and commits:
 * no secret of the text comes into it.
 */
export function taskIdFromIntent(intent: string, sha1: Sha1Hex): string {
  return `${trimDashes(slugify(redactTokens(intent)).slice(0, 48))}-${sha1(intent).slice(0, 8)}`;
}

/**
 * The task id of `--task-id TEXT`. Where the slug loses letters, two ids could end in one task: a new one then carries a hash.
 * `exists` tells whether the task has a folder. Throws a Problem (usage) over 200 characters.
 */
export function taskIdFromOption(text: string, sha1: Sha1Hex, exists: (id: string) => boolean): string {
  const length = Array.from(text).length;
  if (length > LONGEST_TASK_ID) {
    throw new Problem('usage', `--task-id has ${length} characters; at most ${LONGEST_TASK_ID} are accepted`);
  }
  const slug = slugify(text);
  const harmless = redactTokens(text);
  if (exists(slug) || (harmless === text && !losesLetters(text))) return slug;
  return `${slugify(harmless)}-${sha1(text).slice(0, 8)}`;
}

/** Whether the text has the form of a run id: `run-YYYYMMDDTHHMMSSZ-<8 hex>`. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** The time in a run id in ms since 1970; null when it is not a run id or not a time. */
export function runIdTime(runId: string): number | null {
  const parts = RUN_ID.exec(runId);
  if (parts === null) return null;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = parts;
  return parseTimestamp(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** A run id of this moment; `hex` is eight lower-case hex digits. */
export function formatRunId(date: Date, hex: string): string {
  return `run-${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z-${hex}`;
}

/**
 * Folder name of a phase id (docs/loop.md). Names that Windows reserves or shortens are written in hex too, unless
 * an older release made the folder: `exists` tells whether it is there. Different ids have names that differ in more than case.
 */
export function phaseKey(phaseId: string, exists: (key: string) => boolean = () => false): string {
  if (!PLAIN_KEY.test(phaseId)) return inHex(phaseId);
  return UNSAFE_KEY.test(phaseId) && !exists(phaseId) ? inHex(phaseId) : phaseId;
}

export interface DatedRun {
  readonly runId: string;
  /** `ts` of the run's first event; null without one, or where the id's time settles the order. */
  readonly firstEventTs: string | null;
}

/** When a run began, in ms since 1970: by its id, else by its first event. Null: neither tells. */
export function runTime(run: DatedRun): number | null {
  return runIdTime(run.runId) ?? eventTime(run);
}

/**
 * Orders runs from the oldest to the latest (docs/loop.md, resuming): by the time in the id, else the first event, ties by name. An id tells
 * seconds, and a follow-up may begin in that of its parent: then the first event decides as well.
 */
export function compareRuns(a: DatedRun, b: DatedRun): number {
  const byTime = orFirst(runTime(a)) - orFirst(runTime(b)) || orFirst(eventTime(a)) - orFirst(eventTime(b));
  if (byTime !== 0) return byTime;
  return a.runId === b.runId ? 0 : a.runId < b.runId ? -1 : 1;
}

const LONGEST_TASK_ID = 200;
const RUN_ID = /^run-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{8}$/;
const PLAIN_KEY = /^[a-z0-9][a-z0-9._-]*$/;
const UNSAFE_KEY = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|\.$/;

function trimDashes(slug: string): string {
  return slug.replace(/^-|-$/g, '');
}

function losesLetters(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text.toLowerCase().replace(/[a-z0-9]/g, ''));
}

function inHex(phaseId: string): string {
  const bytes = new TextEncoder().encode(phaseId);
  return `_pid-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function eventTime({ firstEventTs }: DatedRun): number | null {
  return firstEventTs === null ? null : parseTimestamp(firstEventTs);
}

/** What tells no time comes before all others; not minus infinity, whose difference to itself is not a number. */
function orFirst(time: number | null): number {
  return time ?? -Number.MAX_VALUE;
}
