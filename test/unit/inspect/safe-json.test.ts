import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeJson } from '../../../src/inspect/safe-json.ts';

describe('JSON for a terminal', () => {
  const unsafe = fc.constantFrom(
    '\u001b',
    '\u009b',
    '\u007f',
    '\u202e',
    '\u2066',
    '\u061c',
    '\u200f',
    '\u2028',
    '\u2029',
  );

  it('parses to the same value and holds nothing that a terminal acts upon, nor what ends a line for any reader', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const text = fc.array(fc.oneof(unit, unsafe)).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 3 }), (value) => {
        const json = safeJson(value);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(json).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  it('is indented where it is asked to be', () => {
    expect(safeJson({ a: '\u202e' }, 2)).toBe('{\n  "a": "\\u202e"\n}');
  });
});
