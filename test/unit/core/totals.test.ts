import { expect, it } from 'vitest';
import { addTotals, addUsage, laterTotals, totalsOf } from '../../../src/core/totals.ts';
import { UNKNOWN_USAGE } from '../../../src/core/vocabulary.ts';

it('sums what is known and keeps unknown what neither side knows', () => {
  const sum = addUsage(
    { ...UNKNOWN_USAGE, inputTokens: 3, costUsd: 0.5 },
    { ...UNKNOWN_USAGE, inputTokens: 4, outputTokens: 0 },
  );
  expect(sum).toEqual({ ...UNKNOWN_USAGE, inputTokens: 7, outputTokens: 0, costUsd: 0.5 });
});

it('counts a turn without figures as a turn that took no known time', () => {
  expect(totalsOf({})).toEqual({ turns: 1, duration_ms: 0, usage: UNKNOWN_USAGE });
});

it('adds spans of work, the first to nothing', () => {
  const turn = totalsOf({ duration_ms: 20, usage: { ...UNKNOWN_USAGE, outputTokens: 5 } });
  const one = addTotals(undefined, turn);
  expect(addTotals(one, turn)).toEqual({ turns: 2, duration_ms: 40, usage: { ...UNKNOWN_USAGE, outputTokens: 10 } });
});

it('takes the larger figures of two states of the same totals, since they only grow', () => {
  const known = { ...UNKNOWN_USAGE, inputTokens: 7, costUsd: 2 };
  const later = laterTotals(known, { ...UNKNOWN_USAGE, inputTokens: 9, costUsd: 1 });
  expect(later).toEqual({ ...UNKNOWN_USAGE, inputTokens: 9, costUsd: 2 });
  expect(laterTotals(null, known)).toEqual(known);
  expect(laterTotals(known, null)).toEqual(known);
});
