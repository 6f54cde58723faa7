import { describe, expect, it } from 'vitest';
import { aligned, columnsOf, fitted, wrapped } from '../../../src/inspect/columns.ts';

describe('columns', () => {
  it('line up whatever the script', () => {
    const lines = aligned(
      [
        ['日本', '1', 'x'],
        ['e\u0301', '20', 'y'],
        ['👩‍💻', '300', 'z'],
      ],
      new Set([1]),
    );
    expect(new Set(lines.map((line) => columnsOf(line)))).toEqual(new Set([columnsOf('日本  300  x')]));
    expect(lines[0]).toBe('日本    1  x');
  });

  it.each(['日本語の長い行', 'plain text that is long', '👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻', `e${'\u0301'.repeat(500)}abc`])(
    'cut %s to what fits, without taking a character apart',
    (text) => {
      const cut = fitted(text, 6);
      expect(columnsOf(cut)).toBeLessThanOrEqual(6);
      expect(cut.endsWith('…') || cut === text).toBe(true);
      expect(fitted(text, 2_000)).toBe(text);
    },
  );
});

describe('a line that is wrapped', () => {
  it('is cut between words, in columns, with what follows indented', () => {
    expect(wrapped('ok       git: version 2.39.5 of git', 20, '    ')).toEqual([
      'ok       git:',
      '    version 2.39.5',
      '    of git',
    ]);
    expect(wrapped('日本 日本語 a', 8, ' ')).toEqual(['日本', ' 日本語', ' a']);
    expect(wrapped('ok  /a/very/long/path here', 10, '  ')).toEqual(['ok ', '  /a/very/long/path', '  here']);
    expect(wrapped('as it is', Infinity, '  ')).toEqual(['as it is']);
  });
});
