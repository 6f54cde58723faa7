import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { obeys, staysDeaf } from '../../../src/supervision/owner.ts';
import { processTable } from '../../../src/supervision/platform.ts';

const OWNER = { pid: 1, start: '1' };
const never = new Promise<never>(() => undefined);

describe('the time that a program has after a signal', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('is fifteen seconds', async () => {
    const isStopped = vi.spyOn(processTable, 'isStopped').mockReturnValue(false);
    const answer = vi.fn();
    void obeys(OWNER, never).then(answer);
    await vi.advanceTimersByTimeAsync(14_000);
    expect(answer).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1500);
    expect(answer.mock.calls).toEqual([[false]]);
    expect(isStopped).toHaveBeenCalledWith(OWNER.pid);
  });

  it('is over as soon as it ends', async () => {
    vi.spyOn(processTable, 'isStopped').mockReturnValue(false);
    const answer = vi.fn();
    void obeys(OWNER, new Promise((resolve) => setTimeout(resolve, 9000))).then(answer);
    await vi.advanceTimersByTimeAsync(9000);
    expect(answer.mock.calls).toEqual([[true]]);
  });

  it('does not pass while it is stopped and hears nothing', async () => {
    const isStopped = vi.spyOn(processTable, 'isStopped').mockReturnValue(true);
    const answer = vi.fn();
    void obeys(OWNER, never).then(answer);
    await vi.advanceTimersByTimeAsync(60_000);
    isStopped.mockReturnValue(false);
    await vi.advanceTimersByTimeAsync(14_000);
    expect(answer).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1500);
    expect(answer.mock.calls).toEqual([[false]]);
  });
});

describe('a program that leaves a signal unheard', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  const watched = (unheard: boolean) => {
    const leavesUnheard = vi.spyOn(processTable, 'leavesUnheard').mockReturnValue(unheard);
    const isStopped = vi.spyOn(processTable, 'isStopped').mockReturnValue(false);
    const answer = vi.fn();
    void staysDeaf(OWNER, new AbortController().signal).then(answer);
    return { leavesUnheard, isStopped, answer };
  };

  it('is deaf after fifteen seconds', async () => {
    const { answer } = watched(true);
    await vi.advanceTimersByTimeAsync(14_000);
    expect(answer).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(4000);
    expect(answer).toHaveBeenCalledOnce();
  });

  it('is not when it hears the signal in between, or none has come', async () => {
    const { leavesUnheard, answer } = watched(true);
    await vi.advanceTimersByTimeAsync(14_000);
    leavesUnheard.mockReturnValue(false);
    await vi.advanceTimersByTimeAsync(60_000);
    leavesUnheard.mockReturnValue(true);
    await vi.advanceTimersByTimeAsync(14_000);
    expect(answer).not.toHaveBeenCalled();
  });

  it('is not while it is stopped', async () => {
    const { isStopped, answer } = watched(true);
    isStopped.mockReturnValue(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(answer).not.toHaveBeenCalled();
  });
});
