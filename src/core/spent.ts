import type { RunEvent, Totals } from './events.ts';
import type { RunState } from './state.ts';
import { addTotals, totalsOf } from './totals.ts';
import type { Pair } from './vocabulary.ts';

/** Adds what a turn cost to the sums of the run and of its pair. */
export function spent(state: RunState, event: RunEvent): RunState {
  const type = event.event_type;
  if (type !== 'phase_finished' && type !== 'turn_interrupted' && type !== 'auto_answer_finished') return state;
  return withCost(state, event.pair, totalsOf(event));
}

/** The sums with this cost of a turn of `pair`. */
export function withCost(state: RunState, pair: Pair, cost: Totals): RunState {
  return {
    ...state,
    spent: addTotals(state.spent, cost),
    spentByPair: { ...state.spentByPair, [pair]: addTotals(state.spentByPair[pair], cost) },
  };
}
