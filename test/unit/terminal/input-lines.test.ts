import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReadStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { InputLines } from '../../../src/terminal/input-lines.ts';

const LONG = 600_000;
const never = new AbortController().signal;
const input = () => {
  const stream = new PassThrough();
  return { stream, lines: new InputLines(stream as unknown as ReadStream) };
};

describe('lines of standard input', () => {
  it('come one by one, the last without its end of line, and then none', async () => {
    const { stream, lines } = input();
    stream.end('one\r\ntwo');
    const read = [await lines.line(LONG, never), await lines.line(LONG, never), await lines.line(LONG, never)];
    expect(read).toEqual(['one', 'two', null]);
  });

  it('are not waited for where somebody has read all of it before, a request for one', async () => {
    const { stream, lines } = input();
    stream.end('Build it\n');
    expect(await text(stream)).toBe('Build it\n');
    expect(await lines.line(LONG, never)).toBeNull();
  });
});
