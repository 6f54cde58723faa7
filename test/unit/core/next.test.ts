import { describe, expect, it } from 'vitest';
import { next } from '../../../src/core/next.ts';
import type { PhaseFacts, RunState } from '../../../src/core/state.ts';
import { UNBORN } from '../../../src/core/state.ts';
import type { Step } from '../../../src/core/steps.ts';
import type { RunStatus } from '../../../src/core/vocabulary.ts';
import { type Choices, fold, started } from './story.ts';

const ALL = ['plan', 'implement', 'test', 'audit'] as const;
const FRESH: PhaseFacts = { status: 'in_progress', started: true, deferred: false };
const DEFERRED: PhaseFacts = { ...FRESH, status: 'deferred', deferred: true };
const SELECTED = { mode: 'single', phaseIds: ['one', 'two'] } as unknown as RunState['selection'];
const FOLLOWUP = { followup_run_id: 'next', followup_depth: 1, auto_followup_max_depth: 3 };

/** A step in a few words. */
function short(step: Step): string {
  switch (step.do) {
    case 'record':
      return 'phase_id' in step.event
        ? `${step.event.event_type} ${String(step.event.phase_id)}`
        : step.event.event_type;
    case 'open_pair':
      return step.scope.phaseId === null
        ? `open ${step.scope.pair}`
        : `open ${step.scope.pair} of ${step.scope.phaseId}`;
    case 'check':
      return `check at ${step.at}`;
    case 'checkpoint':
      return `commit ${step.checkpoint.kind}`;
    case 'finish':
      return `end ${step.status}`;
    default:
      return step.do;
  }
}

const finished = (status: RunStatus) => ({ at: 'finished', finished: { status, reason: null } }) as const;
const implemented = ['plan', 'implement:one'];
const through = (pairs: readonly string[]) => ['plan', ...pairs.flatMap((pair) => [`${pair}:one`, `${pair}:two`])];
const done = { one: { ...FRESH, status: 'completed' }, two: { ...FRESH, status: 'completed' } } as const;
const allDone = { selection: SELECTED, phases: done, completed: [...through(['implement', 'test']), 'audit'] };
const gaps = { ...allDone, audit: { result: 'gaps' } } as const;

/** What the run was started with, what the log says beside that, and the step that is next. */
const TABLE: readonly (readonly [string, Choices, Partial<RunState>, string])[] = [
  ['nothing is done', { pairs: ALL }, {}, 'open plan'],
  ['the plan is complete', { pairs: ALL }, { completed: ['plan'] }, 'select_phases'],
  ['it waits for approval', { pairs: ALL, approvePlan: true }, { completed: ['plan'] }, 'await_approval'],
  [
    'the plan is approved',
    { pairs: ALL, approvePlan: true },
    { completed: ['plan'], approval: { asked: 'h', approved: 'h' } },
    'select_phases',
  ],
  ['only a plan was wanted, with approval', { approvePlan: true }, { completed: ['plan'] }, 'await_approval'],
  ['only the audit is wanted, with approval', { pairs: ['audit'], approvePlan: true }, {}, 'open audit'],
  ['phases are selected', { pairs: ALL }, { completed: ['plan'], selection: SELECTED }, 'phase_started one'],
  [
    'a phase was announced',
    { pairs: ALL },
    { completed: ['plan'], selection: SELECTED, phases: { one: FRESH } },
    'open implement of one',
  ],
  [
    'a phase is implemented and its test is due',
    { pairs: ALL },
    { completed: implemented, selection: SELECTED, phases: { one: FRESH } },
    'phase_deferred one',
  ],
  [
    'a phase waits for its test',
    { pairs: ALL },
    { completed: implemented, selection: SELECTED, phases: { one: DEFERRED } },
    'open test of one',
  ],
  [
    'a phase is implemented where only tests were added',
    { pairs: ['plan', 'test'] },
    { completed: implemented, selection: SELECTED, phases: { one: FRESH } },
    'open test of one',
  ],
  [
    'tests are wanted of what was never implemented',
    { pairs: ['plan', 'test'] },
    { completed: ['plan'], selection: SELECTED, phases: { one: FRESH } },
    'end fatal_error',
  ],
  [
    'both pairs of a phase are complete',
    { pairs: ALL },
    { completed: [...implemented, 'test:one'], selection: SELECTED, phases: { one: DEFERRED } },
    'phase_completed one',
  ],
  [
    'a phase is completed',
    { pairs: ALL },
    { completed: [...implemented, 'test:one'], selection: SELECTED, phases: { one: done.one } },
    'phase_started two',
  ],
  ['all phases are completed', { pairs: ALL }, { ...allDone, completed: through(['implement', 'test']) }, 'open audit'],
  ['the audit is complete', { pairs: ALL }, allDone, 'read_audit_result'],
  ['the audit cannot be read', { pairs: ALL }, { ...allDone, audit: { result: 'invalid', error: 'x' } }, 'end failed'],
  ['the audit is clean', { pairs: ALL }, { ...allDone, audit: { result: 'clean' } }, 'end success'],
  [
    'the audit is clean, with git',
    { pairs: ALL, useGit: true },
    { ...allDone, audit: { result: 'clean' } },
    'commit completion',
  ],
  [
    'the end is committed',
    { pairs: ALL, useGit: true },
    { ...allDone, audit: { result: 'clean' }, completionCommitted: true },
    'end success',
  ],
  ['nothing is done and checks are wanted', { pairs: ALL, evidence: 'auto' }, {}, 'check at base'],
  [
    'the audit is clean and checks are wanted',
    { pairs: ALL, evidence: 'auto' },
    { ...allDone, audit: { result: 'clean' } },
    'check at end',
  ],
  ['the audit found gaps', { pairs: ALL, autoFollowup: false }, gaps, 'auto_followup_skipped'],
  ['the audit found gaps, follow-ups wanted', { pairs: ALL, autoFollowup: true }, gaps, 'schedule_followup'],
  ['a follow-up was ruled out', { pairs: ALL }, { ...gaps, followupSkipped: 'x' }, 'end needs_followup'],
  [
    'a follow-up is scheduled',
    { pairs: ALL, autoFollowup: true },
    { ...gaps, followup: { ...FOLLOWUP, launched: false } },
    'end needs_followup',
  ],
  [
    'the run has ended with a follow-up',
    { pairs: ALL },
    { ...finished('needs_followup'), followup: { ...FOLLOWUP, launched: false } },
    'launch_followup',
  ],
  [
    'the follow-up is launched',
    { pairs: ALL },
    { ...finished('needs_followup'), followup: { ...FOLLOWUP, launched: true } },
    'stop',
  ],
  ['the run has ended', { pairs: ALL }, finished('success'), 'stop'],
];

describe('the next step', () => {
  it.each(TABLE)('when %s', (_, choices, differs, step) => {
    expect(short(next({ ...fold(started(choices)), ...differs }))).toBe(step);
  });

  it('of a run that was never started is none', () => {
    expect(next(UNBORN)).toEqual({ do: 'stop' });
  });

  it('in a pair is the first one that is left there', () => {
    const state = fold(started(), { event_type: 'pair_started', pair: 'plan', boxes: ['A'] });
    expect(next(state)).toEqual(state.active?.todo[0]);
    expect(next({ ...state, active: { ...state.active!, todo: [] } })).toEqual({ do: 'stop' });
  });
});
