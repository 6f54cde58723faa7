import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Limits } from '../../../src/supervision/limits.ts';

const TIMES = { idleTimeoutMs: 100, turnTimeoutMs: 1000, graceMs: 10_000 };

describe('the clocks of a turn', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('do not start again when an agent that was ended for its silence prints a last result', () => {
    const reached = vi.fn();
    const limits = new Limits(TIMES, reached);
    vi.advanceTimersByTime(151);
    limits.sawFinal();
    expect(vi.getTimerCount()).toBe(0);
    expect(reached.mock.calls).toEqual([['idle']]);
  });

  it('do not start again when the result comes after the turn is over', () => {
    const limits = new Limits(TIMES, vi.fn());
    limits.stop();
    limits.sawFinal();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leave an agent its grace after the final result, and only that', () => {
    const reached = vi.fn();
    const limits = new Limits(TIMES, reached);
    limits.sawFinal();
    vi.advanceTimersByTime(9_999);
    expect(reached).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(reached.mock.calls).toEqual([['grace']]);
  });

  it('read what has come before they judge an agent silent', () => {
    const reached = vi.fn();
    const limits = new Limits(TIMES, reached);
    setTimeout(() => limits.sawLife(), 101); // The pipe is read right after the limit's own timer.
    vi.advanceTimersByTime(200);
    expect(reached).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60);
    expect(reached.mock.calls).toEqual([['idle']]);
    limits.stop();
  });

  it('count only the time in which this program was at work', () => {
    const stopped = (ms: number) => {
      const now = performance.now() + ms;
      vi.setSystemTime(Date.now() + ms);
      vi.spyOn(performance, 'now').mockImplementation(() => now + (Date.now() - begun));
      const begun = Date.now();
    };
    const reached = vi.fn();
    const limits = new Limits({ ...TIMES, idleTimeoutMs: 5_000, turnTimeoutMs: 20_000 }, reached);
    for (let times = 0; times < 3; times += 1) {
      vi.advanceTimersByTime(500);
      stopped(60_000);
      vi.advanceTimersByTime(500);
    }
    expect(reached).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5_000);
    expect(reached.mock.calls).toEqual([['idle']]);
    limits.stop();
  });
});
