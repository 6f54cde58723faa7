import type { Totals, TurnCost } from './events.ts';
import { UNKNOWN_USAGE } from './vocabulary.ts';

export const NO_TOTALS: Totals = { turns: 0, duration_ms: 0, usage: UNKNOWN_USAGE };

/** What one turn adds to the sums. */
export function totalsOf(turn: Partial<TurnCost>): Totals {
  return { turns: 1, duration_ms: turn.duration_ms ?? 0, usage: turn.usage ?? UNKNOWN_USAGE };
}
