import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromText, nulTerminated, pathDisplay, toText } from '../../../src/git/paths.ts';

const bytes = fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((byte) => String.fromCharCode(byte)) });

test.each([
  ['plain/path.txt', 'plain/path.txt'],
  ['with space', 'with space'],
  ['日本語 ü 👍', '日本語 ü 👍'],
  ['tab\there', '"tab\\there"'],
  ['line\nbreak\r', '"line\\nbreak\\r"'],
  ['quote"', '"quote\\""'],
  ['back\\slash', '"back\\\\slash"'],
  ['\x1b]0;title\x07', '"\\033]0;title\\007"'],
  ['\u202egnp.exe', '"\\342\\200\\256gnp.exe"'],
  ['no\u00a0break', '"no\\302\\240break"'],
  ['\u009bC1', '"\\302\\233C1"'],
])('%j is shown as %s', (text, shown) => {
  expect(pathDisplay(fromText(text))).toBe(shown);
});

test('bytes that are not UTF-8 are shown as octal, one by one', () => {
  expect(pathDisplay('\xe6\x97\xa5\xe6\x97')).toBe('"日\\346\\227"');
  expect(pathDisplay('\xff\xc3a\x80')).toBe('"\\377\\303a\\200"');
});

test('no name is shown with a character that a terminal obeys, and different names are shown differently', () => {
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      expect(pathDisplay(one)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      if (one !== other) expect(pathDisplay(one)).not.toBe(pathDisplay(other));
    }),
  );
});

test('text survives as a path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(toText(fromText(text))).toBe(text);
    }),
  );
  expect(nulTerminated(['a\xff', '\n'])).toEqual(Buffer.from([0x61, 0xff, 0, 10, 0]));
});
