import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addUsage } from '../../../src/core/totals.ts';
import { UNKNOWN_USAGE } from '../../../src/core/vocabulary.ts';
import { fillUsage, usageSince } from '../../../src/providers/usage.ts';
import { usage } from './fakes.ts';

describe('one turn of cumulative figures', () => {
  it('is the difference to what was reported before', () => {
    const before = usage({ inputTokens: 1000, outputTokens: 1, costUsd: 0.1 });
    const after = usage({ inputTokens: 1050, outputTokens: 3, costUsd: 0.3 });
    expect(usageSince(after, before)).toEqual(usage({ inputTokens: 50, outputTokens: 2, costUsd: 0.2 }));
  });

  it('is unknown, not zero, where either figure is unknown', () => {
    const share = usageSince(usage({ inputTokens: 5 }), usage({ outputTokens: 5 }));
    expect(share).toEqual(UNKNOWN_USAGE);
  });

  it('is unknown when nothing is known of the turns before', () => {
    expect(usageSince(usage({ inputTokens: 5 }), null)).toEqual(UNKNOWN_USAGE);
  });

  it('is unknown in every figure when one of them went down', () => {
    const before = usage({ inputTokens: 1000, outputTokens: 10 });
    expect(usageSince(usage({ inputTokens: 2000, outputTokens: 5 }), before)).toEqual(UNKNOWN_USAGE);
  });

  it('adds up to the total again, turn by turn', () => {
    const turn = fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1 }), (turns) => {
        let total = usage({ inputTokens: 0, outputTokens: 0 });
        for (const each of turns) {
          const next = addUsage(total, usage(each));
          expect(usageSince(next, total)).toEqual(usage(each));
          total = next;
        }
      }),
    );
  });
});

it('a figure that is missing is taken from elsewhere, and one that is there stays', () => {
  const filled = fillUsage(usage({ inputTokens: 0 }), usage({ inputTokens: 9, outputTokens: 4 }));
  expect(filled).toEqual(usage({ inputTokens: 0, outputTokens: 4 }));
});
