import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineEditor } from '../../../src/terminal/line-editor.ts';

const PASTED = (text: string) => `\u001b[200~${text}\u001b[201~`;

/** Feeds the pieces one after the other; what the first complete text was, and all that was shown. */
function typed(...pieces: readonly string[]) {
  const editor = new LineEditor(() => 80);
  let shown = '';
  for (const piece of pieces) {
    const { echo, typed: done } = editor.feed(piece);
    shown += echo;
    if (done !== null) return { ...done, shown };
  }
  return { kind: 'open', shown };
}

describe('a text at a terminal', () => {
  it('is ended by Enter', () => {
    expect(typed('bl', 'ue', '\r')).toEqual({ kind: 'text', text: 'blue', shown: 'blue\r\n' });
    expect(typed('\n')).toMatchObject({ kind: 'text', text: '' });
  });

  it('keeps the lines of a paste together, however it is cut into pieces', () => {
    const sent = `${PASTED('one\r\ntwo\nthree\r')}\r`;
    for (let at = 1; at < sent.length; at += 1) {
      expect(typed(sent.slice(0, at), sent.slice(at))).toMatchObject({ kind: 'text', text: 'one\ntwo\nthree\n' });
    }
  });

  it('keeps lines together that come in one piece where the terminal does not mark a paste', () => {
    expect(typed('one\ntwo\n')).toMatchObject({ kind: 'text', text: 'one\ntwo' });
  });

  it('may be edited after the paste, and before', () => {
    expect(typed('a', PASTED('b\nc'), '\u007f', 'd', '\r')).toMatchObject({ kind: 'text', text: 'ab\nd' });
    expect(typed('x\u0015日本\u007f', 'ok', '\r')).toMatchObject({ kind: 'text', text: '日ok' });
    expect(typed('one two\u0017three', '\r')).toMatchObject({ kind: 'text', text: 'one three' });
    expect(typed('\u007f\u007fa', '\r')).toMatchObject({ kind: 'text', text: 'a' });
  });

  it('takes nothing that would drive a terminal', () => {
    const { shown } = typed(PASTED('a\u001b]0;title\u0007b\u001b[2J\u009bc'), '\u001b[A', '\u001bOP', '\r');
    expect(shown.replace('\r\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  it('tells Ctrl-C, Ctrl-Z and Ctrl-D from a text', () => {
    expect(typed('abc', '\u0003')).toMatchObject({ kind: 'interrupt' });
    expect(typed('\u001a')).toMatchObject({ kind: 'suspend' });
    expect(typed('\u0004')).toMatchObject({ kind: 'end' });
    expect(typed('abc', '\u0004')).toMatchObject({ kind: 'text', text: 'abc' });
  });
});

/** What a terminal of so many columns shows of what it is sent: the rows down to its cursor. */
function drawn(sent: string, columns: number): string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  for (const [key, up] of sent.matchAll(/\u001b\[(\d*)A|\u001b\[J|[\s\S]/g)) {
    if (key === '\r') column = 0;
    else if (key === '\n') rows.push(...(rows.length === ++row ? [[]] : []));
    else if (key === '\b') column = Math.max(0, Math.min(column, columns - 1) - 1);
    else if (key === '\t') column = Math.min(columns - 1, column + 8 - (column % 8));
    else if (key === '\u001b[J') rows.splice(row, rows.length, rows[row]?.slice(0, column) ?? []);
    else if (key.endsWith('A') && key.length > 1) row = Math.max(0, row - Number(up));
    else {
      if (column === columns) {
        rows.push(...(rows.length === ++row ? [[]] : []));
        column = 0;
      }
      const line = rows[row] ?? [];
      while (line.length < column) line.push(' ');
      line[column++] = key;
    }
  }
  return rows.slice(0, row + 1).map((line) => line.join('').trimEnd());
}

describe('what is shown of a text while it is typed', () => {
  it('is the text, however narrow the terminal is and whatever is taken back', () => {
    const keys = fc.constantFrom(
      'a',
      'word',
      ' ',
      '\t',
      'a longer piece',
      '\u007f',
      '\u007f\u007f\u007f',
      '\u0017',
      '\u0015',
    );
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 30 }), fc.integer({ min: 10, max: 60 }), (typing, columns) => {
        const editor = new LineEditor(() => columns);
        editor.begin('Answer: ');
        const shown = typing.map((key) => editor.feed(key).echo).join('');
        const { typed: done } = editor.feed('\r');
        expect(drawn(`Answer: ${shown}`, columns)).toEqual(
          drawn(`Answer: ${done?.kind === 'text' ? done.text : ''}`, columns),
        );
      }),
    );
  });
});
