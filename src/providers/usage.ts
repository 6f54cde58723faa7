import type { Usage } from '../core/vocabulary.ts';
import { UNKNOWN_USAGE } from '../core/vocabulary.ts';

const FIELDS = ['inputTokens', 'cachedInputTokens', 'outputTokens', 'reasoningTokens', 'costUsd'] as const;

/**
 * One turn's share of figures that a provider counts over a whole session. What was unknown before stays unknown, and
 * so does everything when a count went down, which means that the provider began to count anew at some unknown moment.
 */
export function usageSince(totals: Usage, before: Usage | null): Usage {
  if (before === null) return UNKNOWN_USAGE;
  const share: Record<keyof Usage, number | null> = { ...UNKNOWN_USAGE };
  for (const field of FIELDS) {
    const now = totals[field];
    const then = before[field];
    if (now === null || then === null) continue;
    if (now < then) return UNKNOWN_USAGE;
    share[field] = withoutRoundingNoise(now - then);
  }
  return share;
}

/** The figures of `a`, with those of `b` where `a` has none. */
export function fillUsage(a: Usage, b: Usage): Usage {
  const filled: Record<keyof Usage, number | null> = { ...UNKNOWN_USAGE };
  for (const field of FIELDS) filled[field] = a[field] ?? b[field];
  return filled;
}

/** Dollars are fractions: 0.3 - 0.1 is not to become 0.19999999999999998. */
function withoutRoundingNoise(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}
