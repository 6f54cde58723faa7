import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resetTime, retryAfter, saysLimit, statedWait } from '../../../src/providers/limits.ts';

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
    ["You've hit your limit · resets Nov 26 at 4pm", at(26, 16)],
    ["You've hit your limit · resets 1:30am (Nowhere/Land)", at(25, 1, 30)],
    ['Resets at 2026-11-25T06:30:00Z', new Date('2026-11-25T06:30:00Z')],
    ['try again at 2026-11-25 06:30:00', at(25, 6, 30)],
    ['You will regain access on 2026-12-01 at 00:00 UTC.', new Date('2026-12-01T00:00:00Z')],
    ['Claude AI usage limit reached|1795600000', new Date(1_795_600_000_000)],
    ['try again in 2 days 3 hours 5 minutes.', at(26, 15, 5)],
    ['resets in 45m', at(24, 12, 45)],
    ['Please try again. You can try again at 3 pm.', at(24, 15)],
    ['try again tomorrow at 7:51 PM', at(25, 19, 51)],
    ['try again at 7:51 PM. OR buy more.', at(24, 19, 51)],
    ['resets 3pm (local time)', at(24, 15)],
  ])('is read from "%s"', (text, expected) => {
    expect(resetTime(text, noon)).toEqual(expected);
  });

  const morning = new Date('2026-11-24T10:00:00Z');
  it.each([
    ['resets 3pm (Asia/Tokyo)', '2026-11-25T06:00:00Z'],
    ['resets 8pm (Asia/Tokyo)', '2026-11-24T11:00:00Z'],
    ['resets 1:30am (Asia/Dhaka)', '2026-11-24T19:30:00Z'],
    ['Your limit will reset at 9am (America/Chicago).', '2026-11-24T15:00:00Z'],
    ['resets 3am (America/Chicago)', '2026-11-25T09:00:00Z'],
    ["You've hit your limit · resets Nov 26 at 4pm (America/Recife)", '2026-11-26T19:00:00Z'],
    ['resets Nov 26, 6:51am (UTC)', '2026-11-26T06:51:00Z'],
    ['resets Feb 4, 9pm (UTC)', '2027-02-04T21:00:00Z'],
    ['resets Jun 30, 2027, 9pm (Europe/Berlin)', '2027-06-30T19:00:00Z'],
    ['resets 12:15pm UTC', '2026-11-24T12:15:00Z'],
    ['resets at 21:00 +09:00', '2026-11-24T12:00:00Z'],
    ['resets at 3:00 p.m. (Asia/Tokyo)', '2026-11-25T06:00:00Z'],
    ['resets 9pm GMT+9', '2026-11-24T12:00:00Z'],
    ['resets 9pm (UTC+5:45)', '2026-11-24T15:15:00Z'],
    ['resets 9pm JST', '2026-11-24T12:00:00Z'],
    ['try again at 3:30 PM PT.', '2026-11-24T23:30:00Z'],
    ['resets 9pm (PST)', '2026-11-25T05:00:00Z'],
    ['resets 9pm Asia/Kathmandu', '2026-11-24T15:15:00Z'],
    ['resets 9pm, Europe/Berlin time', '2026-11-24T20:00:00Z'],
    ['resets 9pm [America/Argentina/Salta]', '2026-11-25T00:00:00Z'],
    ['try again at 2026-11-26 06:30:20 (Asia/Kathmandu)', '2026-11-26T00:45:20Z'],
    ['resets tomorrow at 3pm (Asia/Tokyo)', '2026-11-25T06:00:00Z'],
    ['resets tomorrow at 1am (Pacific/Kiritimati)', '2026-11-25T11:00:00Z'],
    ['resets Friday 9am (Europe/Berlin)', '2026-11-27T08:00:00Z'],
    ['resets on Tuesday at 9am (UTC)', '2026-12-01T09:00:00Z'],
    ['resets Tue, 11am (UTC)', '2026-11-24T11:00:00Z'],
    ['resets Thursday, Nov 26 at 4pm (UTC)', '2026-11-26T16:00:00Z'],
    ['resets 26 Nov at 4pm (UTC)', '2026-11-26T16:00:00Z'],
    ['{"resets_at":"2026-11-25T06:30:00Z"}', '2026-11-25T06:30:00Z'],
    ['{"type":"usage_limit_reached","resets_in_seconds":5400}', '2026-11-24T11:30:00Z'],
    ['Your limit will reset at 1795600000.', new Date(1_795_600_000_000).toISOString()],
    ['{"message":"try again at 7:51 PM","resets_at":1795600000}', new Date(1_795_600_000_000).toISOString()],
  ])(
    'is read in the zone that stands beside it, and from a count of seconds before anything else: "%s"',
    (text, expected) => {
      expect(resetTime(text, morning)?.getTime()).toBe(Date.parse(expected));
    },
  );

  // Clocks of New York show 1:30 at 05:30Z and at 06:30Z that day, those of Berlin 2:30 at 00:30Z and at 01:30Z, those of Lord Howe 1:45 at
  // 14:45Z and at 15:15Z the day before.
  it.each([
    ['resets 1:30am (America/New_York)', '2026-11-01T05:00:00Z', '2026-11-01T05:30:00Z'],
    ['resets 1:30am (America/New_York)', '2026-11-01T05:45:00Z', '2026-11-01T06:30:00Z'],
    ['resets today at 1:30am (America/New_York)', '2026-11-01T05:45:00Z', '2026-11-01T06:30:00Z'],
    ['resets Nov 1 at 1:30am (America/New_York)', '2026-11-01T05:45:00Z', '2026-11-01T06:30:00Z'],
    ['resets 1:30am (America/New_York)', '2026-11-01T06:45:00Z', '2026-11-02T06:30:00Z'],
    ['resets 2:30am (Europe/Berlin)', '2026-10-25T00:10:00Z', '2026-10-25T00:30:00Z'],
    ['resets 2:30am (Europe/Berlin)', '2026-10-25T00:40:00Z', '2026-10-25T01:30:00Z'],
    ['resets 1:45am (Australia/Lord_Howe)', '2026-04-04T15:05:00Z', '2026-04-04T15:15:00Z'],
    ['resets 2:30am (Europe/Berlin)', '2026-03-29T00:10:00Z', '2026-03-29T01:30:00Z'],
  ])(
    'is the next such time where clocks show it twice, and near it where they skip it: "%s" at %s',
    (text, now, then) => {
      expect(resetTime(text, new Date(now))?.toISOString()).toBe(new Date(then).toISOString());
    },
  );

  it('is found again by clocks of that zone, on every day of the year', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Asia/Tokyo', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Europe/Dublin'),
        fc.integer({ min: 0, max: 364 }),
        fc.integer({ min: 4, max: 23 }), // Clocks are changed before that hour.
        (zone, day, hour) => {
          const now = new Date(Date.UTC(2026, 0, 1 + day, 12));
          const found = resetTime(`resets ${hour}:30 (${zone})`, now)!;
          const shown = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
          expect(shown.format(found)).toBe(`${String(hour).padStart(2, '0')}:30`);
          expect(Math.abs(found.getTime() - now.getTime())).toBeLessThan(26 * 3_600_000);
        },
      ),
    );
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

describe('words for a limit', () => {
  it.each([
    'You’ve hit your usage limit. Upgrade to Pro or try again at 7:51 PM.',
    "You've hit your session limit · resets 3pm (Asia/Tokyo)",
    "You've reached your Opus limit",
    "You're out of extra usage · resets 9pm (UTC)",
    'Session limit reached ∙ resets 3pm',
    'Weekly limit reached',
    'Opus weekly limit reached ∙ resets Oct 9, 5pm',
    '5-hour limit reached',
    'Claude AI usage limit reached|1795600000',
    'API Error: 400 You have reached your specified API usage limits.',
    'Credit balance is too low',
  ])('are known: "%s"', (words) => {
    expect(saysLimit(words)).toBe(true);
  });

  it.each([
    'exceeded retry limit, last status: 429 Too Many Requests',
    'rate limit reached, please try again in 11s',
    'You have exceeded your rate limit',
    'Request timed out',
    '',
  ])('are not seen in "%s"', (words) => {
    expect(saysLimit(words)).toBe(false);
  });
});
