import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Limits } from '../../../src/supervision/limits.ts';

const TIMES = { idleTimeoutMs: 100, turnTimeoutMs: 1000, graceMs: 10_000 };

describe('the clocks of a turn', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('do not start again when an agent that was ended for its silence prints a last result', () => {
    const reached = vi.fn();
    const limits = new Limits(TIMES, reached);
    vi.advanceTimersByTime(150);
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
    vi.advanceTimersByTime(1);
    expect(reached.mock.calls).toEqual([['grace']]);
  });
});
