import { afterEach, describe, expect, it, vi } from 'vitest';
import { clockTime, timeText } from '../../../src/core/time-text.ts';
import { withClock } from '../../../src/terminal/screen-output.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a time for people', () => {
  it.each([
    ['Europe/Berlin', '2026-07-01T00:30:00+02:00'],
    ['America/St_Johns', '2026-06-30T20:00:00-02:30'],
    ['UTC', '2026-06-30T22:30:00Z'],
  ])('is that of the machine in %s, with its zone', (zone, shown) => {
    vi.stubEnv('TZ', zone);
    expect(timeText('2026-06-30T22:30:00.123Z')).toBe(shown);
    expect(clockTime(new Date('2026-06-30T22:30:00Z'))).toBe(shown.slice(11, 19));
  });

  it('is shown as it stands where it is none', () => {
    expect(timeText('soon\n')).toBe('soon');
  });
});

describe('a line that is not on a terminal', () => {
  it('begins with the time of the day, and is not empty', () => {
    expect(withClock('\none\n\n  two\n', new Date(2026, 0, 2, 3, 4, 5))).toBe('03:04:05 one\n03:04:05   two\n');
  });
});
