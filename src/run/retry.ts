import type { InterruptionReason } from '../core/events.ts';
import type { RunStatus } from '../core/vocabulary.ts';
import type { Failure } from './agent-port.ts';

/** How often each kind of second chance was used up in this turn. */
export interface Tries {
  transient: number;
  interrupted: number;
  idle: number;
  freshSession: number;
  limitOver: number;
}

export type AfterFailure =
  | { readonly do: 'again'; readonly waitMs: number }
  | { readonly do: 'again_in_new_session' }
  | { readonly do: 'wait_for_limit'; readonly until: string }
  /** `until`: the end of a usage limit, ISO 8601, where the provider names it. */
  | { readonly do: 'stop'; readonly status: RunStatus; readonly reason: InterruptionReason; readonly until?: string };

/** Waits before each further try of a transient failure, unless the provider states one. */
const BACK_OFF_MS: readonly number[] = [1_000, 5_000, 25_000];

/** Providers state the minute in which a limit ends, and refuse on to its last second: tries that cover it. */
const AFTER_LIMIT_MS = 30_000;
const MOST_TRIES_AFTER_LIMIT = 3;

/** What a failed try of a turn leads to (docs/providers.md). Counts the try. */
export function afterFailure(
  failure: Failure,
  tries: Tries,
  limits: { now: Date; maxWaitMinutes: number },
): AfterFailure {
  switch (failure.class) {
    case 'transient': {
      const waitMs = BACK_OFF_MS[tries.transient++];
      if (waitMs === undefined) return stop('paused', 'unreachable');
      return { do: 'again', waitMs: failure.retryAfterMs ?? waitMs };
    }
    case 'interrupted':
      return tries.interrupted++ === 0 ? { do: 'again', waitMs: 0 } : stop('paused', 'unreachable');
    case 'hang_idle':
      return tries.idle++ === 0 ? { do: 'again', waitMs: 0 } : stop('paused', 'hang');
    case 'hang_turn':
      return stop('paused', 'hang');
    case 'unknown_session':
    case 'context_full':
      return tries.freshSession++ === 0 ? { do: 'again_in_new_session' } : stop('fatal_error', 'provider_error');
    case 'limit':
      return afterLimit(failure, tries, limits);
    case 'stopped':
      return stop('interrupted', 'signal');
    case 'configuration':
    case 'auth':
    case 'bad_model':
    case 'other':
      return stop('fatal_error', 'provider_error');
  }
}

function afterLimit(
  failure: Failure,
  tries: Tries,
  { now, maxWaitMinutes }: { now: Date; maxWaitMinutes: number },
): AfterFailure {
  const until = failure.resetsAt ?? inFuture(now, failure.retryAfterMs);
  if (until === null) return stop('paused', 'limit');
  const waitMs = Date.parse(until) - now.getTime();
  if (waitMs > 0) return waitMs <= maxWaitMinutes * 60_000 ? { do: 'wait_for_limit', until } : pausedUntil(until);
  return tries.limitOver++ < MOST_TRIES_AFTER_LIMIT ? { do: 'again', waitMs: AFTER_LIMIT_MS } : stop('paused', 'limit');
}

function pausedUntil(until: string): AfterFailure {
  return { do: 'stop', status: 'paused', reason: 'limit', until };
}

function inFuture(now: Date, ms: number | null): string | null {
  return ms === null ? null : new Date(now.getTime() + ms).toISOString();
}

function stop(status: RunStatus, reason: InterruptionReason): AfterFailure {
  return { do: 'stop', status, reason };
}
