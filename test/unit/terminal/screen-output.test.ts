import { afterEach, describe, expect, it, vi } from 'vitest';
import { processScreen } from '../../../src/terminal/screen-output.ts';

afterEach(() => vi.restoreAllMocks());

/** What the screen of a process writes on its two streams, which are terminals or not. */
function written(isTerminal: boolean, write: (screen: ReturnType<typeof processScreen>) => void): string[] {
  const parts: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    const before = Object.getOwnPropertyDescriptor(stream, 'isTTY');
    Object.defineProperty(stream, 'isTTY', { value: isTerminal, configurable: true });
    vi.spyOn(stream, 'write').mockImplementation((text) => parts.push(String(text)) > 0);
    restore.push(() => {
      if (before === undefined) Reflect.deleteProperty(stream, 'isTTY');
      else Object.defineProperty(stream, 'isTTY', before);
    });
  }
  try {
    write(processScreen());
  } finally {
    for (const back of restore.splice(0)) back();
  }
  return parts;
}

const restore: (() => void)[] = [];

describe('what goes on in a run', () => {
  const tell = (screen: ReturnType<typeof processScreen>) => {
    screen.line('[*] a line');
    screen.warn('a warning');
    screen.note('[!] Stopping');
    screen.text('\none\n\ntwo\n');
  };

  it.each([false, true])('shows no secret, whoever reads (a terminal: %s)', (isTerminal) => {
    const secret = `ghp_${'a1'.repeat(18)}`;
    const parts = written(isTerminal, (screen) => {
      for (const way of ['line', 'warn', 'note', 'text', 'err'] as const) screen[way](`${way} ${secret}`);
    });
    for (const way of ['line', 'warn', 'note', 'text', 'err']) {
      expect(parts.join('')).toContain(`${way} [redacted GitHub token]`);
    }
    expect(parts.join('')).not.toContain(secret);
  });

  it('begins on every line with the time of the day where nobody watches, on both streams', () => {
    const lines = written(false, tell).join('').trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, 'at '))).toEqual([
      'at [*] a line',
      'at [!] WARNING: a warning',
      'at [!] Stopping',
      'at one',
      'at two',
    ]);
  });

  it('stands at a terminal as it is', () => {
    expect(written(true, tell).join('')).toBe('[*] a line\n[!] WARNING: a warning\n\n[!] Stopping\n\none\n\ntwo\n');
  });
});
