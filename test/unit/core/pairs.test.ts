import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePairs } from '../../../src/core/pairs.ts';
import { PAIRS } from '../../../src/core/vocabulary.ts';

describe('a comma list of pairs', () => {
  it('gives any selection in working order, whatever its own order and blanks', () => {
    const selections = fc.shuffledSubarray([...PAIRS], { minLength: 1 });
    fc.assert(
      fc.property(selections, fc.constantFrom(',', ' , ', ',\t'), (chosen, comma) => {
        expect(parsePairs(chosen.join(comma))).toEqual({ pairs: PAIRS.filter((pair) => chosen.includes(pair)) });
      }),
    );
  });

  const accepted = 'accepted: a comma list of plan, implement, test, audit, each at most once';
  it.each([
    ['', 'no pair'],
    ['  ', 'no pair'],
    ['plan,', 'an empty entry'],
    ['plan,,audit', 'an empty entry'],
    ['plan,test,plan', 'the pair "plan" twice'],
    ['plan,tset', 'an unknown pair "tset"'],
    ['Plan', 'an unknown pair "Plan"'],
    ['plan implement', 'an unknown pair "plan implement"'],
    ['a\nb', String.raw`an unknown pair "a\nb"`],
  ])('is refused for %j', (text, found) => {
    expect(parsePairs(text)).toEqual({ error: `${found}; ${accepted}` });
  });
});
