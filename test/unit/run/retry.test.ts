import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/run/agent-port.ts';
import { afterFailure, type Tries } from '../../../src/run/retry.ts';

const NOW = new Date('2026-11-24T10:19:40Z');
const limit = (resetsAt: string): Failure => ({
  class: 'limit',
  message: 'You’ve hit your usage limit … try again at 10:19 AM.',
  hint: null,
  retryAfterMs: null,
  resetsAt,
  exitCode: 1,
  tail: [],
});

describe('a usage limit whose stated end has come', () => {
  const tries: Tries = { transient: 0, interrupted: 0, idle: 0, freshSession: 0, limitOver: 0 };
  const next = () => afterFailure(limit('2026-11-24T10:19:00Z'), tries, { now: NOW, maxWaitMinutes: 0 });

  it('is tried again at intervals to the end of the stated minute and beyond, and then pauses the run', () => {
    const waits = [next(), next(), next()];
    expect(waits).toEqual(Array(3).fill({ do: 'again', waitMs: 30_000 }));
    expect(next()).toEqual({ do: 'stop', status: 'paused', reason: 'limit' });
  });
});

describe('a usage limit that ends later', () => {
  const tries: Tries = { transient: 0, interrupted: 0, idle: 0, freshSession: 0, limitOver: 0 };
  const until = '2026-11-24T10:24:00Z';

  it('pauses the run unless it may wait that long', () => {
    const after = (maxWaitMinutes: number) => afterFailure(limit(until), tries, { now: NOW, maxWaitMinutes });
    expect(after(0)).toEqual({ do: 'stop', status: 'paused', reason: 'limit', until });
    expect(after(4)).toEqual({ do: 'stop', status: 'paused', reason: 'limit', until });
    expect(after(5)).toEqual({ do: 'wait_for_limit', until });
  });
});
