import { describe, expect, it } from 'vitest';
import { formatTimestamp, parseTimestamp } from '../../../src/core/time.ts';

describe('timestamps', () => {
  const moment = Date.parse('2026-11-23T18:49:54.258Z');

  it.each([
    '2026-11-23T18:49:54.258825+00:00',
    '2026-11-23T18:49:54.258Z',
    '2026-11-23t18:49:54.258z',
    '2026-11-23T18:49:54.258825',
    '2026-11-23 18:49:54.258825+00:00',
    '2026-11-23T20:49:54.258+02:00',
    '2026-11-23T13:19:54.258-0530',
    '2026-11-24T00:49:54.258999999+06',
    ' 2026-11-23T18:49:54.258Z\n',
  ])('are read in the form %j', (text) => {
    expect(parseTimestamp(text)).toBe(moment);
  });

  it('are read with and without parts of a second, and without an offset as UTC', () => {
    expect(parseTimestamp('2026-11-23T18:49:54')).toBe(moment - 258);
    expect(parseTimestamp('2026-11-23T18:49:54.2Z')).toBe(moment - 58);
  });

  it.each(['', 'yesterday', '2026-11-23', '2026-02-30T00:00:00Z', '2026-11-23T25:00:00Z', '2026-11-23T00:00:00+99:00'])(
    'are not what %j is',
    (text) => {
      expect(parseTimestamp(text)).toBeNull();
    },
  );

  it('are written with microseconds and an offset', () => {
    expect(formatTimestamp(new Date(moment))).toBe('2026-11-23T18:49:54.258000+00:00');
  });
});
