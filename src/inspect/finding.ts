import { Problem } from '../core/problem.ts';

/** One line of `autoloop doctor`. An `error` is a reason why a run would be refused. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'error';
  /** What was looked at, in a word or two. */
  readonly subject: string;
  readonly text: string;
  /** The command or the setting that mends it; null where there is nothing to mend, or nothing known. */
  readonly fix: string | null;
}

export function ok(subject: string, text: string): Finding {
  return { level: 'ok', subject, text, fix: null };
}

export function warning(subject: string, text: string, fix: string | null = null): Finding {
  return { level: 'warning', subject, text, fix };
}

export function error(subject: string, text: string, fix: string | null = null): Finding {
  return { level: 'error', subject, text, fix };
}

/** What `look` finds; a Problem that it rejects with is a finding too. */
export async function lookAt(subject: string, look: () => Finding[] | Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (failure) {
    if (!(failure instanceof Problem)) throw failure;
    return [error(subject, failure.message, failure.hint)];
  }
}
