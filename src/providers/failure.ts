import type { Failure, FailureClass } from '../run/agent-port.ts';
import type { ProcessResult } from '../supervision/open-process.ts';

/** What a classifier found: the class, the words for the operator, and waits where the provider stated any. */
export interface Verdict {
  readonly class: FailureClass;
  readonly message: string;
  readonly hint: string | null;
  readonly retryAfterMs?: number | null;
  readonly resetsAt?: Date | null;
}

/** How a program ended, with the last of what it printed. */
export interface Ended extends ProcessResult {
  readonly tail: readonly string[];
}

export function failureOf(verdict: Verdict, ended: { exitCode: number | null; tail: readonly string[] }): Failure {
  return {
    class: verdict.class,
    message: verdict.message,
    hint: verdict.hint,
    retryAfterMs: verdict.retryAfterMs ?? null,
    resetsAt: verdict.resetsAt?.toISOString() ?? null,
    exitCode: ended.exitCode,
    tail: ended.tail,
  };
}

/** The failures that are our own doing, whatever the program said; null when it exited by itself. */
export function ownDoing(program: string, ended: Ended): Verdict | null {
  switch (ended.ending) {
    case 'exited':
    case 'grace':
      return null;
    case 'not_started':
      return {
        class: 'configuration',
        message: `${program} could not be started: ${ended.startError ?? 'no reason was given'}`,
        hint: '`autoloop doctor` shows which program is used and whether it runs.',
      };
    case 'stopped':
      return { class: 'stopped', message: `${program} was stopped with the run`, hint: null };
    case 'idle':
      return {
        class: 'hang_idle',
        message: `${program} printed nothing for the whole of provider.idle_timeout_minutes and was ended`,
        hint: 'If a command of the agent is silent for that long, raise provider.idle_timeout_minutes.',
      };
    case 'turn_limit':
      return {
        class: 'hang_turn',
        message: `${program} was still at work after provider.turn_timeout_minutes and was ended`,
        hint: 'If turns may take that long, raise provider.turn_timeout_minutes.',
      };
  }
}

/** Ended by a signal that nobody here sent: killed directly, or by way of the exit code that shells give for it. */
export function wasSignalled(ended: { exitCode: number | null; signal: string | null }): boolean {
  return ended.signal !== null || ended.exitCode === null || [129, 130, 137, 143].includes(ended.exitCode);
}

/** `exited with code 3`, `was ended by SIGTERM`. */
export function howItEnded(ended: { exitCode: number | null; signal: string | null }): string {
  if (ended.exitCode !== null) return `exited with code ${ended.exitCode}`;
  return ended.signal === null ? 'ended without an exit code' : `was ended by ${ended.signal}`;
}

/** What a program said last on standard error, short enough for a message; empty: nothing. */
export function lastWords({ stderrTail }: { readonly stderrTail: string }): string {
  return shorten(stderrTail.trimEnd().split('\n').slice(-2).join('\n'));
}

/** The first two lines that say something, at most 300 characters: a provider's words for one line of the screen. */
export function shorten(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const short = lines.slice(0, 2).join(' ');
  return short.length > 300 ? `${short.slice(0, 299)}…` : short;
}
