import { describe, expect, it } from 'vitest';
import { inTurn } from '../../../src/core/in-turn.ts';
import { listed } from '../../../src/core/listed.ts';

describe('a queue', () => {
  it('begins what is given once all before has ended, also where that failed, which its own giver hears of alone', async () => {
    const queued = inTurn();
    const first = Promise.withResolvers<string>();
    const seen: string[] = [];
    const given = [
      queued(() => first.promise),
      queued(() => Promise.resolve(seen.push('second'))),
      queued(() => Promise.resolve(seen.push('third'))),
    ];
    const failure = expect(given[0]).rejects.toThrow('no');
    await Promise.resolve();
    expect(seen).toEqual([]);
    first.reject(new Error('no'));
    await failure;
    expect(await Promise.all(given.slice(1))).toEqual([1, 2]);
    expect(seen).toEqual(['second', 'third']);
  });
});

describe('names in a sentence', () => {
  it('are all there up to the bound, and counted beyond it', () => {
    expect(listed(['a', 'b'], 2)).toBe('a, b');
    expect(listed(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
    expect(listed([])).toBe('');
  });
});
