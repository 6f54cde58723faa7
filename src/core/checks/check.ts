/**
 * Words of this folder. A **check** is a command with a result per test. The **base** is the sources when the run began. A **state** is
 * the tree of the sources. A **side** says whose guards met whose code: the table in `crossing.ts` is read from four of them.
 */
export const PARSERS = ['auto', 'junit', 'tap', 'go', 'cargo', 'jest', 'problems', 'exit'] as const;
export type ParserName = (typeof PARSERS)[number];

export const WHENS = ['auto', 'cycle', 'pair', 'end'] as const;
export type When = (typeof WHENS)[number];

export const GATES = ['no_new_failures', 'pass', 'none'] as const;
export type Gate = (typeof GATES)[number];

/** A check as a run has it, with defaults filled in. `origin`: where it was found, for people. */
export interface Check {
  readonly name: string;
  /** Text for the shell, or a program with its arguments. */
  readonly run: string | readonly string[];
  readonly parser: ParserName;
  /** Glob of the files that the command writes its results to, relative to where it runs; null: its output. */
  readonly results: string | null;
  readonly when: When;
  readonly gate: Gate;
  readonly heldBack: boolean;
  readonly timeoutMinutes: number;
  readonly origin: string;
}

/** When checks are run and judged. */
export type Moment = 'base' | 'cycle' | 'pair' | 'end';

/** Which guards on which code: the base, today, the base's guards on today's code, today's guards on the base's code. */
export type Side = 'base' | 'now' | 'old_on_new' | 'new_on_old';

const CYCLE_MS = 60_000;
const PAIR_MS = 600_000;

/** When a check is due, `auto` decided by how long it took at the base. */
export function dueFrom(check: Check, baseMs: number): Exclude<When, 'auto'> {
  if (check.heldBack) return 'end';
  if (check.when !== 'auto') return check.when;
  if (baseMs <= CYCLE_MS) return 'cycle';
  return baseMs <= PAIR_MS ? 'pair' : 'end';
}

/** Whether a check is run at a moment: the later the moment, the more of them. */
export function isDue(check: Check, baseMs: number, at: Moment): boolean {
  if (at === 'base' || at === 'end') return true;
  const from = dueFrom(check, baseMs);
  return from === 'cycle' || (from === 'pair' && at === 'pair');
}

/** A check's command on one line, for people. */
export function commandText(run: Check['run']): string {
  return typeof run === 'string'
    ? run
    : run.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ');
}
