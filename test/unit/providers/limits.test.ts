import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resetTime, retryAfter, statedWait } from '../../../src/providers/limits.ts';

const noon = new Date(2026, 10, 24, 12, 0, 0);
const at = (day: number, hour: number, minute = 0): Date => new Date(2026, 10, day, hour, minute);

describe('the end of a limit', () => {
  it.each([
    ['You’ve hit your usage limit. Upgrade to Pro or try again at 7:51 PM.', at(24, 19, 51)],
    ['Try again at 12:05 am.', at(25, 0, 5)],
    ['try again at 12:30 PM', at(24, 12, 30)],
    ['try again at 19:51', at(24, 19, 51)],
    ['You’ve hit your usage limit. … try again at Nov 24th, 2026 7:51 PM.', at(24, 19, 51)],
    ['try again at November 26, 2026, 07:00', at(26, 7)],
    ["You've hit your limit · resets Nov 26 at 4pm (America/Recife)", at(26, 16)],
    ["You've hit your limit · resets 1:30am (Asia/Dhaka)", at(25, 1, 30)],
    ["You've hit your limit · resets Nov 26, 6:51am (UTC)", at(26, 6, 51)],
    ['Claude usage limit reached. Your limit will reset at 9am (America/Chicago).', at(25, 9)],
    ['Resets at 2026-11-25T06:30:00Z', new Date('2026-11-25T06:30:00Z')],
    ['try again at 2026-11-25 06:30:00', at(25, 6, 30)],
    ['You will regain access on 2026-12-01 at 00:00 UTC.', new Date('2026-12-01T00:00:00Z')],
    ['Claude AI usage limit reached|1795600000', new Date(1_795_600_000_000)],
    ['try again in 2 days 3 hours 5 minutes.', at(26, 15, 5)],
    ['resets in 45m', at(24, 12, 45)],
    ['Please try again. You can try again at 3 pm.', at(24, 15)],
  ])('is read from "%s"', (text, expected) => {
    expect(resetTime(text, noon)).toEqual(expected);
  });

  it.each([
    'Quota exceeded. Check your plan and billing details.',
    'try again at 25:00',
    'try again at 13 pm',
    'try again at 7:99 PM',
    'try again at Feb 31, 2027 1 PM',
    'try again at 7',
    'try again later, or at 7:51 PM somewhere else',
    'try again in 3 months',
    '',
  ])('is unknown in "%s"', (text) => {
    expect(resetTime(text, noon)).toBeNull();
  });

  it('is today while the stated minute has only just gone by, and tomorrow once it is long over', () => {
    const text = 'try again at 11:58 AM';
    expect(resetTime(text, noon)).toEqual(at(24, 11, 58));
    expect(resetTime(text, at(24, 12, 30))).toEqual(at(25, 11, 58));
  });

  it('is next year when its date without a year is long over', () => {
    expect(resetTime('resets Jan 2 at 4pm', noon)).toEqual(new Date(2027, 0, 2, 16, 0));
  });

  it('is never more than a day away when only a time of day is stated', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 1439 }),
        (h, m, n) => {
          const now = at(24, 0, n);
          const text = `try again at ${h}:${String(m).padStart(2, '0')}`;
          const wait = resetTime(text, now)!.getTime() - now.getTime();
          expect(wait).toBeGreaterThanOrEqual(-5 * 60_000);
          expect(wait).toBeLessThan(86_400_000);
        },
      ),
    );
  });

  it('is a valid time or unknown, whatever the text', () => {
    const words = fc.constantFrom(
      'try again',
      'resets',
      'at',
      'in',
      '7:51',
      'PM',
      'Nov',
      '24th,',
      '2026',
      '99',
      'days',
      '|',
      '2026-13-45T99:99',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 10 }), (parts) => {
        const found = resetTime(parts.join(' '), noon);
        expect(found === null || !Number.isNaN(found.getTime())).toBe(true);
      }),
    );
  });
});

describe('a stated wait', () => {
  it.each([
    ['rate limit reached, please try again in 11.054s.', 11_054],
    ['try again in 500ms', 500],
    ['429 Too Many Requests, retry-after: 2', 2000],
    ['{"retry_after": 30}', 30_000],
    ['Retry-After: Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
  ])('is read from "%s"', (text, expected) => {
    expect(statedWait(text, new Date('2026-11-24T12:00:00Z'))).toBe(expected);
  });

  it.each(['exceeded retry limit, last status: 429', 'try again at 7:51 PM', 'please retry'])(
    'is unknown in "%s"',
    (text) => {
      expect(statedWait(text, noon)).toBeNull();
    },
  );

  it('is not negative when its date has gone by', () => {
    expect(retryAfter('Tue, 24 Nov 2026 11:00:00 GMT', new Date('2026-11-24T12:00:00Z'))).toBe(0);
  });

  it('is unknown when the header is neither seconds nor a date', () => {
    expect(retryAfter('soon', noon)).toBeNull();
    expect(retryAfter('Foo, 99 Bar 2026 11:00:00 GMT', noon)).toBeNull();
  });
});
