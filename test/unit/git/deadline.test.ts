import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../../../src/core/problem.ts';
import { deadlineOf, LONG_MS, Times, USUAL_MS, withinDeadline } from '../../../src/git/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const begin = (times: Times, look: () => Problem | null = () => null) =>
  deadlineOf({ times, command: 'git add', mostMs: USUAL_MS, look });

describe('the time of a git call', () => {
  it('is six seconds from the stop on for all calls together', () => {
    const stop = new AbortController();
    const times = new Times({ stop: stop.signal });
    const first = begin(times);
    stop.abort();
    vi.advanceTimersByTime(4000);
    expect(first.problem()).toBeNull();
    first.settle();
    const second = begin(times);
    vi.advanceTimersByTime(1900);
    expect(second.problem()).toBeNull();
    vi.advanceTimersByTime(100);
    expect(second.problem()?.message).toBe('git add did not end after the stop');
    const third = begin(times);
    vi.advanceTimersByTime(0);
    expect(third.signal.aborted).toBe(true);
  });

  it('ends with what a long call waits for in vain, as soon as that is there', () => {
    let found: Problem | null = null;
    const looks = vi.fn(() => found);
    const deadline = begin(new Times({}), looks);
    vi.advanceTimersByTime(3000);
    expect([looks.mock.calls.length, deadline.problem()]).toEqual([1, null]);
    found = new Problem('unsettled', 'a pipe');
    vi.advanceTimersByTime(6000);
    expect(deadline.problem()).toBe(found);
    expect(deadline.signal.aborted).toBe(true);
  });

  it('is two minutes, or ten for content', () => {
    const times = new Times({});
    const usual = begin(times);
    const long = deadlineOf({ times, command: 'git add', mostMs: LONG_MS, look: () => null });
    vi.advanceTimersByTime(2 * 60_000);
    expect(usual.problem()?.message).toBe('git add did not end within 2 minutes');
    expect(long.problem()).toBeNull();
    vi.advanceTimersByTime(8 * 60_000);
    expect(long.problem()?.message).toBe('git add did not end within 10 minutes');
  });

  it('is shorter for somebody who waits, and over without a problem once what was wanted is there', async () => {
    const times = new Times({});
    const short = deadlineOf({ times, command: 'git diff-tree', mostMs: 10_000, look: () => null });
    vi.advanceTimersByTime(10_000);
    expect(short.problem()?.message).toBe('git diff-tree did not end within 10 s');
    const read = begin(times);
    read.enough();
    expect([read.signal.aborted, read.problem()]).toEqual([true, null]);
    await withinDeadline(Promise.reject(new Error('ended by a signal')), read, () => undefined);
  });
});
