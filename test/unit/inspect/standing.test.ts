import { describe, expect, it } from 'vitest';
import { replay } from '../../../src/core/apply.ts';
import type { EventBody, RunEvent } from '../../../src/core/events.ts';
import { RUN_STATUSES } from '../../../src/core/vocabulary.ts';
import type { LockHolder } from '../../../src/inspect/lock-holder.ts';
import { learn, NOTHING_KNOWN } from '../../../src/inspect/run-cursor.ts';
import { positionOf, standingOf } from '../../../src/inspect/standing.ts';

const RUN = 'run-20261124T080000Z-0123abcd';
const OPENED = {
  workspace: '/w',
  pairs: ['plan'],
  max_iterations: 3,
  use_git: false,
  task_id: 't',
  task_root: '.autoloop/tasks/t',
  parent_run_id: null,
} as const;
const STARTED: EventBody = { event_type: 'run_started', ...OPENED };
const RESUMED: EventBody = { event_type: 'run_resumed', ...OPENED };
const IN_PAIR = { pair: 'plan', cycle: 1, attempt: 1 } as const;

const logOf = (...bodies: EventBody[]): RunEvent[] =>
  bodies.map((body, at) => ({ ts: `2026-11-24T08:00:0${at}.000Z`, run_id: RUN, seq: at + 1, ...body }));
const holder = (change: Partial<LockHolder> = {}): LockHolder => ({
  pid: 1,
  host: 'here',
  runId: RUN,
  since: '',
  alive: true,
  ...change,
});
const finished = (status: (typeof RUN_STATUSES)[number], exit_code = 1): EventBody => ({
  event_type: 'run_finished',
  status,
  exit_code,
  followup_run_id: null,
  parent_run_id: null,
  followup_depth: 0,
});
const knownOf = (...bodies: EventBody[]) => logOf(...bodies).reduce(learn, NOTHING_KNOWN);
const standing = (events: RunEvent[], lock: LockHolder | null) => standingOf(replay(events), lock, RUN);

describe('how a run stands', () => {
  it('is running while a living process holds the lock in its name, whatever its log says', () => {
    for (const events of [logOf(), logOf(STARTED), logOf(STARTED, finished('paused'))]) {
      expect(standing(events, holder())).toBe('running');
      expect(standing(events, holder({ runId: 'another' }))).not.toBe('running');
      expect(standing(events, holder({ alive: false }))).not.toBe('running');
    }
  });

  it('is as its log says where another machine holds the lock', () => {
    expect(standing(logOf(STARTED), holder({ alive: null }))).toBe('running');
    expect(standing(logOf(STARTED, finished('paused')), holder({ alive: null }))).toBe('paused');
  });

  it.each(RUN_STATUSES)('is how it ended: %s', (status) => {
    expect(standing(logOf(STARTED, finished(status)), null)).toBe(status);
  });

  it('is crashed without an end in the log, also after a resume, and not started without any event', () => {
    expect(standing(logOf(STARTED), null)).toBe('crashed');
    expect(standing(logOf(STARTED, finished('paused'), RESUMED), null)).toBe('crashed');
    expect(standing(logOf(), null)).toBe('not_started');
  });
});

describe('the exit code so far', () => {
  it('is that of the last end, and none once the run was resumed', () => {
    expect(knownOf(STARTED, finished('paused', 4)).exitCode).toBe(4);
    expect(knownOf(STARTED, finished('paused', 4), RESUMED).exitCode).toBeNull();
    expect(knownOf(STARTED).exitCode).toBeNull();
  });

  it('is that of an interrupted run once the run went back, however it had ended', () => {
    const back: EventBody = {
      ...{ event_type: 'run_rewound', to_seq: 1, number: 0, checkpoint: 'a', head: 'b', commit: 'c' },
      ...{ snapshot: null, kept: [], undoes: null },
    };
    expect(knownOf(STARTED, finished('success', 0), back).exitCode).toBe(130);
  });
});

describe('the end so far', () => {
  const merged: EventBody = { event_type: 'merged', into: 'main', strategy: 'squash', commit: 'c' };

  it('was when the run ended, not when its branch was merged, and is none once it was resumed', () => {
    expect(knownOf(STARTED, finished('success', 0), merged).endedAt).toBe('2026-11-24T08:00:01.000Z');
    expect(knownOf(STARTED, finished('paused', 4), RESUMED).endedAt).toBeNull();
  });
});

describe('the position of a run', () => {
  const turn: EventBody = {
    event_type: 'turn_started',
    ...IN_PAIR,
    phase: 'producer',
    turn: 1,
    provider: 'codex',
    model: null,
    session_id: null,
    baseline: null,
    head: null,
    artifacts: '',
  };
  const positionIn = (...bodies: EventBody[]) => positionOf(knownOf(STARTED, ...bodies));

  it('is none between pairs', () => {
    expect(positionIn()).toBeNull();
  });

  it('is the turn that has not ended, since it began', () => {
    const session: EventBody = {
      event_type: 'session_identified',
      pair: 'plan',
      session: 'plan',
      provider: 'codex',
      session_id: 'x',
    };
    const begun = [
      { event_type: 'pair_started', pair: 'plan' },
      { event_type: 'cycle_started', ...IN_PAIR },
    ] as const;
    expect(positionIn(...begun, turn, session)).toMatchObject({
      cycle: 1,
      role: 'producer',
      turn: 1,
      since: '2026-11-24T08:00:03.000Z',
    });
  });

  it('has no role where a log of release 0.1.x does not tell', () => {
    const begun = [
      { event_type: 'pair_started', pair: 'plan' },
      { event_type: 'cycle_started', ...IN_PAIR },
    ] as const;
    expect(positionIn(...begun)).toMatchObject({ role: null, turn: null, since: '2026-11-24T08:00:02.000Z' });
  });
});

describe('a log that no release could have written', () => {
  it('is shown with the first line that tells so, and why', () => {
    const forged = logOf(STARTED, finished('success', 0), RESUMED, finished('success', 0)).reduce(learn, NOTHING_KNOWN);
    expect(forged.doubt).toBe('line 2 ends the run as success, but its plan pair is not complete');
    expect(forged.state.finished?.status).toBe('success');
    expect(knownOf(STARTED, finished('failed')).doubt).toBeNull();
  });
});
