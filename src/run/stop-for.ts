import { Problem } from '../core/problem.ts';
import { STOPPED, type Stop } from './loop.ts';

/**
 * What an error means for the run. What the operator's stop cut short was stopped, not broken; a full disk passes; what is unsettled is
 * for a person to settle; what is not a Problem is a bug, and says so.
 */
export function stopFor(error: unknown, stop: AbortSignal): Stop {
  if (!(error instanceof Problem)) return { status: 'fatal_error', reason: `internal error: ${wordsOf(error)}` };
  if (stop.aborted && error.kind === 'git') {
    return { status: 'interrupted', reason: `${STOPPED.reason}; ${error.message}` };
  }
  const code = (error.cause as { code?: string } | undefined)?.code;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || /No space left on device/.test(error.message);
  const hint = error.hint === null ? '' : `\n${error.hint}`;
  return { status: isFull || error.kind === 'unsettled' ? 'paused' : 'fatal_error', reason: `${error.message}${hint}` };
}

/** What an error says, of whatever kind it is. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
