import type { ParserName } from './check.ts';
import type { Ending, Tests } from './results.ts';

export interface Observed {
  readonly ending: Ending;
  readonly exitCode: number | null;
  readonly tests: Tests;
  /** Why the results could not be read; null: they could. */
  readonly unreadable: string | null;
}

/**
 * Why a run of a check cannot be believed, in words; null: it can. Exit code and results must tell the same story. Linters may end
 * with 0 although they name problems: those are compared one by one, so their exit code alone decides nothing.
 */
export function implausibility(observed: Observed, parser: ParserName): string | null {
  const { ending, exitCode, tests, unreadable } = observed;
  if (ending === 'timed_out') return 'it did not end in time';
  if (ending === 'not_started') return 'it could not be started';
  if (ending === 'setup_failed') return 'what prepares its folder failed';
  if (ending === 'stopped') return 'it was stopped';
  if (unreadable !== null) return unreadable;
  const failed = [...tests.values()].includes('failed');
  if (exitCode === 0 && failed && parser !== 'problems') return 'exit code 0, although tests failed';
  if (exitCode !== 0 && !failed)
    return `${exitCode === null ? 'ended by a signal' : `exit code ${exitCode}`}, although no test failed`;
  return null;
}

/** Whether a check could not do its work at all: its program or its folder is missing, or it never ends. */
export function cannotRun({ ending, exitCode }: { ending: Ending; exitCode: number | null }): boolean {
  return ending !== 'exited' || exitCode === 126 || exitCode === 127;
}

/** A suite that vanished is no pass. */
export function vanished(before: Tests, now: Tests): string | null {
  return before.size > 0 && now.size === 0 ? 'no test ran, and there were some before' : null;
}
