/** SHA-1 of the UTF-8 bytes of a text as 40 lower-case hex digits. Passed in, because the core has no cryptography. */
export type Sha1Hex = (text: string) => string;

/** Lower case, everything outside `a-z0-9` one dash, no dash at the ends; nothing left: `task`. */
export function slugify(_text: string): string {
  throw new Error('not written yet');
}

/** The task id of an intent without `--task-id` (spec: cli.md, task id). The intent is hashed as given, untrimmed. */
export function taskIdFromIntent(_intent: string, _sha1: Sha1Hex): string {
  throw new Error('not written yet');
}

/** The task id of `--task-id TEXT`. `exists` tells whether the task has a folder. Throws a Problem (usage) over 200 characters. */
export function taskIdFromOption(_text: string, _sha1: Sha1Hex, _exists: (id: string) => boolean): string {
  throw new Error('not written yet');
}

/** Whether the text has the form of a run id: `run-YYYYMMDDTHHMMSSZ-<8 hex>`. */
export function isRunId(_text: string): boolean {
  throw new Error('not written yet');
}

/** The time in a run id in ms since 1970; null when it is not a run id or not a time. */
export function runIdTime(_runId: string): number | null {
  throw new Error('not written yet');
}

/** A run id of this moment; `hex` is eight lower-case hex digits. */
export function formatRunId(_date: Date, _hex: string): string {
  throw new Error('not written yet');
}

/** Folder name of a phase id (spec: loop.md, phase key). `exists` tells whether such a folder is already there: it is then kept. */
export function phaseKey(_phaseId: string, _exists: (key: string) => boolean = () => false): string {
  throw new Error('not written yet');
}

export interface DatedRun {
  readonly runId: string;
  /** `ts` of the run's first event; null without one. */
  readonly firstEventTs: string | null;
}

/** Orders runs from the oldest to the latest (spec: resume.md): by the time in the id, else the first event, ties by name. */
export function compareRuns(_a: DatedRun, _b: DatedRun): number {
  throw new Error('not written yet');
}
