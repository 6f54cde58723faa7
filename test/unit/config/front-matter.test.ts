import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIntentText } from '../../../src/config/front-matter.ts';
import { Problem } from '../../../src/core/problem.ts';

const NOTHING = { base: null, pairs: null, provider: null, maxCostUsd: null, after: [] };

describe('the file of an intent', () => {
  it('is its request where it has no head, whatever it holds', () => {
    const body = fc.string({ unit: 'grapheme' }).filter((text) => text.split(/\r?\n/)[0]?.trimEnd() !== '---');
    fc.assert(
      fc.property(body, (text) => {
        expect(readIntentText(text, 'a.md')).toEqual({ head: NOTHING, body: text });
      }),
    );
  });

  it('has its head taken off, of which no value is needed', () => {
    const head =
      '---\nbase: main\npairs: [plan, implement]\nprovider: claude\nmax_cost_usd: 2.5\nafter: [a, b.md]\n---\n';
    expect(readIntentText(`${head}Do it\n---\nall`, 'a.md')).toEqual({
      head: { base: 'main', pairs: 'plan,implement', provider: 'claude', maxCostUsd: 2.5, after: ['a', 'b.md'] },
      body: 'Do it\n---\nall',
    });
    expect(readIntentText('\ufeff---\r\nafter: a\r\n---\r\nDo it', 'a.md')).toEqual({
      head: { ...NOTHING, after: ['a'] },
      body: 'Do it',
    });
    expect(readIntentText('---\n---\nDo it', 'a.md')).toEqual({ head: NOTHING, body: 'Do it' });
  });

  it('may name whoever may work', () => {
    const text = '---\nprovider: writer\n---\nDo it';
    expect(readIntentText(text, 'a.md', ['codex', 'writer']).head.provider).toBe('writer');
    expect(() => readIntentText(text, 'a.md', ['codex', 'reader'])).toThrow(
      'a.md:2: provider: found "writer" (string); accepted: codex, reader',
    );
  });

  it.each([
    ['---\nbase: main\nDo it', 'q.md:1: found --- without a second line of ---'],
    [
      '---\nbase: main\nmodel: x\n---\n',
      'q.md:3: found the key "model"; accepted: base, pairs, provider, max_cost_usd, after',
    ],
    ['---\nbase: --output=x\n---\n', 'q.md:2: base: found "--output=x" (string); accepted: a branch'],
    ['---\n\nmax_cost_usd: 0\n---\n', 'q.md:3: max_cost_usd: found 0 (number); accepted: number > 0'],
    ['---\nafter: [1]\n---\n', 'q.md:2: after: found a list of 1; accepted: the name of a task'],
    ['---\npairs: plan,plan\n---\n', 'q.md:2: pairs: found the pair "plan" twice'],
    ['---\nbase: "a\n---\n', 'q.md:'],
    ['---\njust words\n---\n', 'q.md:2: found "just words" (string); accepted: keys with values'],
  ])('is refused with its line: %j', (text, words) => {
    expect(() => readIntentText(text, 'q.md')).toThrow(words);
    expect(() => readIntentText(text, 'q.md')).toThrow(Problem);
  });
});
