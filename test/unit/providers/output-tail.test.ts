import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseObject, valueAt } from '../../../src/providers/json.ts';
import { Tail, tailOf } from '../../../src/providers/tail.ts';

describe('the tail of a program’s output', () => {
  it('is its last 20 lines that are not blank, standard error last', () => {
    const stdout = new Tail();
    for (let n = 1; n <= 30; n += 1) stdout.push(`line ${n}`);
    stdout.push('  ');
    const lines = tailOf(stdout, 'first error\n\nlast error\n');
    expect(lines).toHaveLength(20);
    expect(lines[0]).toBe('line 13');
    expect(lines.slice(-2)).toEqual(['first error', 'last error']);
  });

  it('never holds more than 20 short lines, whatever is printed', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2000 }), { maxLength: 60 }), (lines) => {
        const tail = new Tail();
        for (const line of lines) tail.push(line);
        expect(tail.lines().length).toBeLessThanOrEqual(20);
        for (const line of tail.lines()) expect(line.length).toBeLessThanOrEqual(401);
      }),
    );
  });
});

describe('a dotted path', () => {
  const document = { answer: { parts: [{ text: 'first' }, { text: 'second' }] }, 'a b': 1, none: null };

  it.each([
    ['answer.parts.1.text', 'second'],
    ['a b', 1],
    ['none', null],
    ['none.text', undefined],
    ['answer.parts.7.text', undefined],
    ['answer.parts.length.x', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
    ['', undefined],
  ])('"%s" finds %s', (path, expected) => {
    expect(valueAt(document, path)).toBe(expected);
  });
});

it('a line is an object only when all of it is one', () => {
  expect(parseObject('  {"a":1}')).toEqual({ a: 1 });
  for (const line of ['', '{"a":1', '[{"a":1}]', '"{}"', 'null', '{"a":1} and more'])
    expect(parseObject(line)).toBeNull();
});
