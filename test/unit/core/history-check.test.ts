import { describe, expect, it } from 'vitest';
import { misshapen } from '../../../src/core/event-shapes.ts';
import type { EventBody } from '../../../src/core/events.ts';
import { newerFormat } from '../../../src/core/format.ts';
import { impossibility } from '../../../src/core/history-check.ts';
import { cycle, ended, fold, logged, PRODUCED, started, turn, verdict } from './story.ts';

const OPEN: EventBody = { event_type: 'pair_started', pair: 'plan' };
const DONE: EventBody = { event_type: 'pair_completed', pair: 'plan', cycle: 1, attempt: 1 };
const PRODUCER = [...cycle(1), ...turn('producer', PRODUCED)];
const VERDICT = turn('verifier', verdict('complete'));

const SAVED: EventBody = { event_type: 'checkpoint', subject: '', commit: null, kind: 'pair_complete' };
const ANSWER: EventBody = {
  event_type: 'clarified',
  clarification: {
    ...{ question: 'q', answer: 'a', source: 'human', pair: 'plan', phase_id: null, phase: 'producer' },
    ...{ cycle: 1, attempt: 1, turn_seq: 1, qa_seq: 1 },
  },
};
const APPROVED: EventBody = {
  ...{ event_type: 'approval_given', what: 'plan', verdict: 'approved', sha256: '0', text: null },
  ...{ by: 'cli', command_id: null },
};
const PROVEN: EventBody = { event_type: 'evidence_reported', verified: true, criteria: [], report_sha256: '0' };
const judged = (at: 'base' | 'end'): EventBody => ({
  ...{ event_type: 'checks_judged', at, verdict: 'passed', new_failures: [], findings: [], more: 0, flaky: [] },
  ...{ note: null, tree: '0', phase_id: null },
});
const AUDITED: readonly EventBody[] = [
  { event_type: 'pair_started', pair: 'audit' },
  ...cycle(1, 1, 'audit'),
  ...turn('producer', PRODUCED, { cycle: 1, attempt: 1, pair: 'audit' }),
  ...turn('verifier', verdict('complete'), { cycle: 1, attempt: 1, pair: 'audit' }),
  { ...DONE, pair: 'audit' },
];

function flawOf(before: readonly EventBody[], event: EventBody): string | null {
  return impossibility(fold(...before), logged([...before, event]).at(-1)!);
}

describe('a history that no release could have written', () => {
  it.each([
    ['an end as success with a pair due', [started(), OPEN], ended('success'), /its plan pair is not complete/],
    ['a pair completed that never began', [started()], DONE, /never began/],
    ['a pair completed by nobody', [started(), OPEN, ...PRODUCER], DONE, /no verifier said so/],
    ['a pair completed without any turn', [started(), OPEN, ...cycle(1)], DONE, /no verifier said so/],
    [
      'a pair completed in another cycle than the one that was judged',
      [started(), OPEN, ...PRODUCER, ...VERDICT],
      { ...DONE, cycle: 2 },
      /no verifier said so/,
    ],
    [
      'a verdict of a producer',
      [started(), OPEN, ...cycle(1), turn('producer', PRODUCED)[0]!],
      turn('producer', verdict('complete'))[1]!,
      /no producer comes to/,
    ],
    [
      'a turn of a pair that is not open',
      [started({ pairs: ['plan', 'audit'] }), OPEN],
      turn('producer', PRODUCED, { cycle: 1, attempt: 1, pair: 'audit' })[0]!,
      /not open/,
    ],
    ['a cycle of a pair that is not open', [started()], cycle(1)[0]!, /not open/],
    ['work behind the end', [started(), ended('failed')], OPEN, /behind the end/],
    ['a second end', [started(), ended('failed')], ended('success'), /behind the end/],
    ['a second start', [started()], started(), /had started/],
    [
      'phases of a plan that is not complete',
      [started()],
      {
        event_type: 'phase_scope_resolved',
        phase_mode: 'single',
        phase_ids: ['x'],
        explicit: true,
        current_phase_index: 0,
      },
      /not complete/,
    ],
    ['a verdict without its turn', [started(), OPEN, ...PRODUCER], VERDICT[1]!, /had not begun/],
    [
      'a phase before any was selected',
      [started()],
      { event_type: 'phase_started', phase_id: 'x', phase_mode: 'single' },
      /before phases/,
    ],
    [
      'a result of an audit that is not over',
      [started()],
      { event_type: 'audit_result_invalid', pair: 'audit', error: 'e' },
      /not over/,
    ],
    ['a checkpoint without a turn', [started({ useGit: true }), OPEN], SAVED, /nothing that was due/],
    ['a turn that nobody was to take', [started(), OPEN], PRODUCER[1]!, /nothing that was due/],
    ['a turn that is taken twice at once', [started(), OPEN, ...PRODUCER.slice(0, 2)], PRODUCER[1]!, /due/],
    ['a cycle that is left out', [started(), OPEN, ...cycle(1)], cycle(2)[0]!, /nothing that was due/],
    ['an answer to what nobody asked', [started(), OPEN, ...cycle(1)], ANSWER, /nothing that was due/],
    ['a judgement without checks', [started({ evidence: 'auto' })], judged('base'), /nothing that was due/],
    ['a judgement of the end in the middle', [started(), OPEN], judged('end'), /nothing that was due/],
    ['an approval that nobody was asked for', [started({ approvePlan: true }), OPEN], APPROVED, /nothing that was due/],
    ['a proof of nothing', [started({ evidence: 'auto' }), OPEN], PROVEN, /nothing that was due/],
    [
      'an audit whose result is told twice',
      [started({ pairs: ['audit'] }), ...AUDITED, { event_type: 'audit_result_invalid', pair: 'audit', error: 'e' }],
      { event_type: 'audit_result_invalid', pair: 'audit', error: 'e' },
      /not over/,
    ],
  ] as const)('is %s', (_, before, event, words) => {
    expect(flawOf(before, event)).toMatch(words);
  });

  it('is not one that leaves out what release 0.1.x did not log', () => {
    const { settings: _, ...older } = started() as EventBody & { settings?: unknown };
    expect(flawOf([older, OPEN, ...cycle(1)], DONE)).toBeNull();
    expect(flawOf([older, OPEN, ...cycle(1), DONE], ended('success'))).toBeNull();
    expect(flawOf([started(), OPEN, ...PRODUCER, ...VERDICT], DONE)).toBeNull();
  });
});

describe('a field', () => {
  it.each([
    ['pair', { event_type: 'pair_started', pair: 'plam' }],
    ['cycle', { event_type: 'cycle_started', pair: 'plan', cycle: '1', attempt: 1 }],
    ['outcome', { ...VERDICT[1]!, outcome: { kind: 'verdict', verdict: 'maybe' } }],
    ['cycle', { event_type: 'cycle_started', pair: 'plan', cycle: 1.5, attempt: 1 }],
    ['attempt', { event_type: 'cycle_started', pair: 'plan', cycle: 1, attempt: 1e300 }],
    ['ts', { ...OPEN, ts: 5 }],
    ['until', { event_type: 'limit_wait', until: 'soon', message: '' }],
    ['pairs', { ...started(), pairs: [] }],
    ['pairs', { ...started(), pairs: ['plan', 'plan'] }],
    ['settings', { ...started(), settings: {} }],
    ['phase_ids', { event_type: 'phase_scope_resolved', phase_mode: 'single', phase_ids: 'one' }],
  ])('%s of another type is named', (name, event) => {
    expect(misshapen({ ...logged([started()])[0], ...event })).toBe(name);
  });

  it('of an event that only a newer release knows is not asked for', () => {
    expect(misshapen({ event_type: 'from_the_future' })).toBeNull();
  });
});

it('a log of a newer format is named with the release that wrote it', () => {
  expect(newerFormat(fold(started()))).toBeNull();
  expect(newerFormat(fold({ ...started({ format: 9 }), version: '3.1.0' } as EventBody))).toContain('autoloop 3.1.0');
});
