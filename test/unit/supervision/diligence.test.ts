import { describe, expect, it } from 'vitest';
import { Diligence } from '../../../src/supervision/diligence.ts';

const AGENT = 100;
const row = (pid: number, cpuMs: number, start = '1', endedMs = 0) => ({
  ...{ pid, cpuMs, endedMs, start, parent: AGENT, session: AGENT },
});

describe('the work of what an agent started', () => {
  it('shows by processor time, of old programs and of new ones', () => {
    const diligence = new Diligence(AGENT, 0);
    expect(diligence.look([row(AGENT, 10), row(101, 300)], 1000)).toBe(true);
    expect(diligence.look([row(AGENT, 10), row(101, 300)], 2000)).toBe(false);
    expect(diligence.look([row(AGENT, 10), row(101, 800)], 3000)).toBe(true);
    expect(diligence.look([row(AGENT, 10), row(102, 40)], 4000)).toBe(true);
    expect(diligence.look([row(AGENT, 10), row(102, 40)], 5000)).toBe(false);
    expect(diligence.look([row(AGENT, 10), row(102, 90, '2')], 6000)).toBe(true);
  });

  it('shows where no program of it is there for long', () => {
    const diligence = new Diligence(AGENT, 0);
    expect(diligence.look([row(AGENT, 10, '1', 300)], 1000)).toBe(true);
    expect(diligence.look([row(AGENT, 10, '1', 300)], 2000)).toBe(false);
    expect(diligence.look([row(AGENT, 10, '1', 300), row(101, 0, '1', 400)], 3000)).toBe(true);
    expect(diligence.look([row(AGENT, 900, '1', 300), row(101, 0, '1', 410)], 4000)).toBe(false);
  });

  it('is not that of the agent itself', () => {
    const diligence = new Diligence(AGENT, 0);
    expect(diligence.look([row(AGENT, 900)], 1000)).toBe(false);
    expect(diligence.look([row(AGENT, 1900), row(101, 0)], 2000)).toBe(false);
  });

  it('is more than to look at a clock now and then', () => {
    const diligence = new Diligence(AGENT, 0);
    for (let second = 1; second < 100; second += 1) {
      expect(diligence.look([row(101, 10 * Math.floor(second / 5))], second * 1000)).toBe(false);
    }
  });
});
