import type { Totals } from './events.ts';
import type { Usage } from './vocabulary.ts';

/** Sums of what is known: a figure is null only where neither side has it. */
export function addUsage(_a: Usage, _b: Usage): Usage {
  throw new Error('not written yet');
}

/** Adds two spans of work. */
export function addTotals(_a: Totals, _b: Totals): Totals {
  throw new Error('not written yet');
}
