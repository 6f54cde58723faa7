import { describe, expect, it } from 'vitest';
import { screenLine, screenText } from '../../../src/core/screen.ts';

describe('the screen', () => {
  it.each([
    ['colours', '\x1b[31;1mred\x1b[0m', 'red'],
    ['cursor moves', 'a\x1b[2J\x1b[H\x1b[?25lb', 'ab'],
    ['window titles', '\x1b]0;title\x07a\x1b]2;title\x1b\\b', 'ab'],
    ['hyperlinks', '\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\', 'text'],
    ['device control strings', 'a\x1bPq#0\x1b\\b\x1b_x\x1b\\c', 'abc'],
    ['short escapes', 'a\x1bcb\x1b(Bc\x1b', 'abc'],
    ['8-bit controls', 'a\x9b31mb\x9d0;t\x9cc\x85', 'abc'],
    ['an escape that never ends', 'a\x1b]0;rest of the line\nb\x1b[', 'a\nb'],
    ['control characters', 'a\x00\x07\x08\x0b\x7fb', 'ab'],
    ['bidi overrides', 'a\u202eb\u2066c\u2069\u200f', 'abc'],
    ['half characters', 'a\ud800', 'a\ufffd'],
  ])('gets no %s', (_name, text, shown) => {
    expect(screenText(text)).toBe(shown);
  });

  it('keeps lines, tabs and all of Unicode', () => {
    expect(screenText('a\tb\nc\r\nd\re 日本語 👩‍👩‍👧 ↔')).toBe('a\tb\nc\nd\ne 日本語 👩‍👩‍👧 ↔');
  });

  it('cuts a line to its width between characters', () => {
    expect(screenLine('  a\n\tb \x1b[1mc ', 10)).toBe('a b c');
    expect(screenLine('abcdef', 6)).toBe('abcdef');
    expect(screenLine('abcdefg', 6)).toBe('abcde…');
    expect(screenLine('abcd efg', 6)).toBe('abcd…');
    expect(screenLine('😀😀😀', 3)).toBe('😀😀😀');
    expect(screenLine('😀😀😀', 2)).toBe('😀…');
  });
});
