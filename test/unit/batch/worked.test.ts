import { describe, expect, it } from 'vitest';
import { workedMs } from '../../../src/batch/worked.ts';
import type { BatchStep } from '../../../src/store/batch-log.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const lines = (...steps: readonly (readonly [string, BatchStep])[]) =>
  steps.map(([time, step]) => ({ ts: time.includes('T') ? time : `2026-11-29T${time}:00Z`, step }));
const minutes = (ms: number) => ms / 60_000;

describe('the time that earlier starts of a batch worked', () => {
  it('is that of each start, and not of the time between them', () => {
    const earlier = lines(['01:00', 'begun'], ['01:00', 'started'], ['01:30', 'over']);
    const killed = lines(['05:00', 'begun'], ['05:10', 'ended']);
    expect(minutes(workedMs([], NOW))).toBe(0);
    expect(minutes(workedMs(earlier, NOW))).toBe(30);
    expect(minutes(workedMs([...earlier, ...killed], NOW))).toBe(40);
  });

  it('counts nothing for times that cannot be, and is never less than none', () => {
    const odd = lines(['01:00', 'begun'], ['00:10', 'ended'], ['never T', 'ended'], ['2027-01-01T00:00:00Z', 'over']);
    expect(workedMs(odd, NOW)).toBe(0);
    expect(workedMs(lines(['01:00', 'ended']), NOW)).toBe(0);
  });
});
