import type { Totals, TurnCost } from './events.ts';
import { UNKNOWN_USAGE, type Usage } from './vocabulary.ts';

/** Sums of what is known: a figure is null only where neither side has it. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: addKnown(a.inputTokens, b.inputTokens),
    cachedInputTokens: addKnown(a.cachedInputTokens, b.cachedInputTokens),
    outputTokens: addKnown(a.outputTokens, b.outputTokens),
    reasoningTokens: addKnown(a.reasoningTokens, b.reasoningTokens),
    costUsd: addKnown(a.costUsd, b.costUsd),
  };
}

/** What a session has used that has just begun. */
export const NOTHING_USED: Usage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costUsd: 0,
};

/** The larger of each two figures: of two states of the same running totals, the later one. */
export function laterTotals(a: Usage | null, b: Usage | null): Usage | null {
  if (a === null || b === null) return a ?? b;
  return {
    inputTokens: larger(a.inputTokens, b.inputTokens),
    cachedInputTokens: larger(a.cachedInputTokens, b.cachedInputTokens),
    outputTokens: larger(a.outputTokens, b.outputTokens),
    reasoningTokens: larger(a.reasoningTokens, b.reasoningTokens),
    costUsd: larger(a.costUsd, b.costUsd),
  };
}

/** Adds two spans of work; undefined is none. */
export function addTotals(a: Totals | undefined, b: Totals): Totals {
  if (a === undefined) return b;
  return { turns: a.turns + b.turns, duration_ms: a.duration_ms + b.duration_ms, usage: addUsage(a.usage, b.usage) };
}

/** What one turn took, as far as its event says (logs of release 0.1.x do not). */
export function totalsOf(turn: Partial<TurnCost>): Totals {
  return { turns: 1, duration_ms: turn.duration_ms ?? 0, usage: turn.usage ?? UNKNOWN_USAGE };
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}

function addKnown(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}
