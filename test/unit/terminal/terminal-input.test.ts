import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { TerminalInput } from '../../../src/terminal/terminal-input.ts';

describe('a question at a terminal', () => {
  it('is shown once keys are read one by one: a Ctrl-D before that would arrive as another character', async () => {
    const seen: string[] = [];
    const stream = Object.assign(new PassThrough(), {
      setRawMode: (isRaw: boolean) => seen.push(isRaw ? 'raw' : 'as it was'),
    }) as unknown as ReadStream;
    const input = new TerminalInput(
      stream,
      (text) => seen.push(text),
      () => 80,
    );
    const answer = input.text('Your answer: ', new AbortController().signal);
    (stream as unknown as PassThrough).write('\u0004');
    expect(await answer).toBeNull();
    expect(seen.indexOf('raw')).toBe(0);
    expect(seen.indexOf('Your answer: ')).toBeGreaterThan(0);
    expect(seen.at(-1)).toBe('as it was');
  });
});
