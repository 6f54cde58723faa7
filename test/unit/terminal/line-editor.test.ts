import { describe, expect, it } from 'vitest';
import { LineEditor } from '../../../src/terminal/line-editor.ts';

const PASTED = (text: string) => `\u001b[200~${text}\u001b[201~`;

/** Feeds the pieces one after the other; what the first complete text was, and all that was shown. */
function typed(...pieces: readonly string[]) {
  const editor = new LineEditor();
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
