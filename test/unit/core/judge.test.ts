import { describe, expect, it } from 'vitest';
import type { Control } from '../../../src/core/vocabulary.ts';
import { implicitPhase } from '../../../src/core/phase-plan.ts';
import { judge, planFaults, type TurnFacts } from '../../../src/core/judge.ts';

const says = (control: Control): TurnFacts['control'] => ({ kind: 'control', control });
const promises = (promise: 'COMPLETE' | 'INCOMPLETE' | 'BLOCKED') => says({ kind: 'promise', promise });
const TICKED = { complete: true, missing: [], open: [] };

const FACTS: TurnFacts = {
  pair: 'plan',
  role: 'verifier',
  isBlank: false,
  control: promises('COMPLETE'),
  changed: false,
  strays: [],
  isStrict: false,
  criteria: TICKED,
  planFaults: [],
};

/** What differs from a verifier of the plan whose COMPLETE holds, the outcome in short, and whether anybody is warned. */
const TABLE: readonly (readonly [string, Partial<TurnFacts>, string, boolean])[] = [
  ['a promise that holds', {}, 'complete promised', false],
  ['an open box', { criteria: { complete: false, missing: [], open: ['A'] } }, 'incomplete open_criteria', true],
  ['a lost box', { criteria: { complete: false, missing: ['A'], open: [] } }, 'incomplete open_criteria', true],
  ['criteria that nobody looked at', { criteria: null }, 'incomplete open_criteria', true],
  ['a plan with faults', { planFaults: ['no phases'] }, 'incomplete invalid_phase_plan', true],
  ['no control', { control: says({ kind: 'none' }) }, 'incomplete missing_promise', true],
  ['INCOMPLETE', { control: promises('INCOMPLETE') }, 'incomplete promised', false],
  ['BLOCKED', { control: promises('BLOCKED') }, 'blocked promised', false],
  ['strays where they are warned about', { strays: ['a.ts'] }, 'complete promised', false],
  ['strays in strict scope', { strays: ['a.ts'], isStrict: true }, 'incomplete edits_outside_scope', true],
  [
    'BLOCKED with strays',
    { strays: ['a.ts'], isStrict: true, control: promises('BLOCKED') },
    'blocked promised',
    false,
  ],
  ['blank output', { isBlank: true, control: says({ kind: 'none' }) }, 'empty', false],
  [
    'blank output with edits',
    { isBlank: true, control: says({ kind: 'none' }), changed: true },
    'incomplete missing_promise',
    true,
  ],
  ['an unreadable block', { control: { kind: 'unreadable', error: 'torn' } }, 'unreadable', false],
  ['a question', { control: says({ kind: 'question', question: 'Q?', bestSupposition: null }) }, 'question', false],
  ['a producer', { role: 'producer', control: says({ kind: 'none' }) }, 'produced', false],
  ['a producer that goes on', { role: 'producer', control: promises('INCOMPLETE') }, 'produced', false],
  ['a producer that promises', { role: 'producer' }, 'produced', true],
  ['a blank producer', { role: 'producer', isBlank: true, control: says({ kind: 'none' }) }, 'empty', false],
];

describe('a turn that has ended', () => {
  it.each(TABLE)('with %s comes to %o: %s', (_, differs, expected, isWarned) => {
    const { outcome, warning } = judge({ ...FACTS, ...differs });
    const short = outcome.kind === 'verdict' ? `${outcome.verdict} ${outcome.reason}` : outcome.kind;
    expect([short, warning !== null]).toEqual([expected, isWarned]);
    expect(outcome.changed).toBe(differs.changed ?? false);
  });

  it('hands the faults of a plan to the next producer', () => {
    const { outcome } = judge({ ...FACTS, planFaults: ['a', 'b'] });
    expect(outcome).toMatchObject({ note: 'phase_plan.yaml is not valid. Mend this first: a; b' });
  });
});

describe('a phase plan', () => {
  const plan = (count: number) => {
    const phases = Array.from({ length: count }, (_, at) => ({ ...implicitPhase(''), phaseId: `p-${at}` }));
    return { plan: { version: 1 as const, taskId: 't', requestSnapshotRef: 'r', phases }, errors: [] };
  };

  it('is faulty without a phase, with what its reader found, and with more phases than are worked on', () => {
    expect(planFaults({ plan: null, errors: [] }, 30)).toEqual(['phases must be a non-empty list']);
    expect(planFaults({ plan: null, errors: ['version must be 1'] }, 30)).toEqual(['version must be 1']);
    expect(planFaults(plan(30), 30)).toEqual([]);
    expect(planFaults(plan(31), 30)).toEqual([
      expect.stringMatching(/31 phases, and at most 30 .*runtime\.max_phases/),
    ]);
  });
});
