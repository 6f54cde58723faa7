import { redactTokens } from './redact.ts';
import { cutAt } from './screen.ts';

export interface SquashFacts {
  /** What was asked for; null: nothing tells. */
  readonly request: string | null;
  readonly taskId: string;
  /** Null: the task has no run any more. */
  readonly runId: string | null;
  /** What the run's audit said of what was done; absent or null: there was none. */
  readonly summary?: string | null;
  /** Before the subject. */
  readonly prefix?: string;
}

const SUBJECT_MOST = 72;
const BODY_MOST = 4000;
const SUMMARY_MOST = 1000;

/**
 * The message of the one commit that brings a task's work in: the request's first line as its subject, the rest and what the audit
 * found as its body, and the run as a trailer. Nothing in it that looks like a secret.
 */
export function squashMessage({ request, taskId, runId, summary = null, prefix = '' }: SquashFacts): string {
  const lines = linesOf(request ?? '');
  const at = lines.findIndex((line) => wordsOf(line) !== '');
  const first = `${prefix}${wordsOf(lines[at] ?? '') || `Task ${taskId}`}`;
  const subject = cutAt(first, SUBJECT_MOST);
  const rest = lines
    .slice(at + 1)
    .join('\n')
    .trim();
  const body = [subject === first ? '' : first, at < 0 ? '' : rest].filter((part) => part !== '').join('\n\n');
  const trailers = [`Autoloop-Task: ${taskId}`, ...(runId === null ? [] : [`Autoloop-Run: ${runId}`])].join('\n');
  const found = cutAt(
    linesOf(summary ?? '')
      .join('\n')
      .trim(),
    SUMMARY_MOST,
  );
  const done = found === '' ? '' : `Audit: ${found}`;
  return `${[subject, cutAt(body, BODY_MOST), done, trailers].filter((part) => part !== '').join('\n\n')}\n`;
}

/** What a task is called in one line: the first line of its request. */
export function subjectOf(request: string | null, taskId: string): string {
  return squashMessage({ request, taskId, runId: null }).split('\n', 1).join('');
}

/** Without secrets and control characters. */
function linesOf(text: string): string[] {
  const clean = redactTokens(text).replaceAll(/[^\P{Cc}\n\t]/gu, '');
  return clean.split('\n').map((line) => line.trimEnd());
}

/** A heading without its marks. */
function wordsOf(line: string): string {
  return line.replace(/^[#\s]+/, '').trim();
}
