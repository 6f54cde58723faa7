import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay } from '../../src/core/apply.ts';
import { endOf } from '../../src/core/checks-due.ts';
import type { RunEvent } from '../../src/core/events.ts';
import type { Declaration } from '../../src/core/checks/declared.ts';
import type { TouchedGuard } from '../../src/core/checks/guards.ts';
import { type Evidence, judgeEvidence } from '../../src/core/checks/judgement.ts';
import { withPiecesOf } from '../../src/core/checks/pieces.ts';
import { type CheckResult, fromDocument, mergeTries, toDocument } from '../../src/core/checks/results.ts';
import { CHECK, ran } from '../unit/core/checks/results-of.ts';

const IDS = ['a', 'b', 'c > d', 'e'];
const tests = fc.dictionary(fc.constantFrom(...IDS), fc.constantFrom('p', 'f', 's'));
const flaky = fc.subarray(IDS);
const result: fc.Arbitrary<CheckResult> = fc.record({ tests, flaky }).map((of) => ran(of.tests, { flaky: of.flaky }));
const steady = tests.map((of) => ran(of));
const crossed = fc.option(result);
const guard: fc.Arbitrary<TouchedGuard> = fc.record({
  path: fc.constantFrom('test/a.js', 'test/b.js', 'vitest.config.ts', 'autoloop.yaml'),
  kind: fc.constantFrom('test', 'loading', 'machinery', 'pieces'),
  before: fc.constantFrom('x', null),
  after: fc.constantFrom('y', null),
});
const declaration: fc.Arbitrary<Declaration> = fc.record({
  change: fc.record({ test: fc.constantFrom(...IDS), criterion: fc.constant('AC'), reason: fc.constant('r') }),
  by: fc.constantFrom('plan', 'producer'),
  phaseId: fc.constantFrom('p1', 'p2'),
});
const facts = (base: fc.Arbitrary<CheckResult>): fc.Arbitrary<Evidence> =>
  fc.record({
    at: fc.constantFrom('cycle', 'pair', 'end'),
    phaseId: fc.constantFrom('p1', 'p2', null),
    closesPhase: fc.boolean(),
    completedPhases: fc.subarray(['p1', 'p2']),
    judged: fc
      .array(fc.record({ base, now: result, oldOnNew: crossed, newOnOld: crossed }), { minLength: 1, maxLength: 3 })
      .map((list) => list.map((sides, at) => ({ check: { ...CHECK, name: `c${at}` }, sides, later: null }))),
    guards: fc.array(guard, { maxLength: 3 }),
    declarations: fc.array(declaration, { maxLength: 3 }),
    accepted: fc.subarray(IDS, { maxLength: 1 }),
  });

describe('judgement', () => {
  it('never passes over a test that passed and fails now, unless somebody stood up for it', () => {
    fc.assert(
      fc.property(facts(steady), (evidence) => {
        const named = new Set([...evidence.accepted, ...evidence.declarations.map(({ change }) => change.test)]);
        const broken = evidence.judged.some(({ sides }) =>
          [...sides.base.tests].some(
            ([id, was]) => was === 'passed' && sides.now.tests.get(id) !== 'passed' && !named.has(id),
          ),
        );
        if (broken) expect(judgeEvidence(evidence).verdict).toBe('failed');
      }),
    );
  });

  it('at the end holds nobody to be excused but by the plan, before, or by a person', () => {
    fc.assert(
      fc.property(facts(steady), (evidence) => {
        const { findings } = judgeEvidence({ ...evidence, at: 'end' });
        const self = findings.filter(({ declared }) => declared === 'producer');
        expect(self.every(({ gates, kind }) => gates || kind === 'vacuous' || kind === 'edited')).toBe(true);
      }),
    );
  });

  it('lets nothing gate that failed at the base', () => {
    fc.assert(
      fc.property(facts(result), (evidence) => {
        const gating = judgeEvidence(evidence).findings.filter(({ gates }) => gates);
        for (const { check, test } of gating) {
          const base = evidence.judged.find((one) => one.check.name === check)?.sides.base;
          if (test !== null) expect(base?.tests.get(test)).not.toBe('failed');
        }
      }),
    );
  });

  it('is a function of the results: their order changes nothing', () => {
    const shuffled = (one: CheckResult): CheckResult => ({ ...one, tests: new Map([...one.tests].reverse()) });
    fc.assert(
      fc.property(facts(result), (evidence) => {
        const judged = evidence.judged.map((one) => ({
          ...one,
          sides: { ...one.sides, base: shuffled(one.sides.base), now: shuffled(one.sides.now) },
        }));
        const turned = { ...evidence, judged: judged.reverse(), guards: [...evidence.guards].reverse() };
        expect(judgeEvidence(turned)).toEqual(judgeEvidence(evidence));
      }),
    );
  });

  it('a document of results comes back as it was; trying again never makes a failure of a pass', () => {
    fc.assert(
      fc.property(result, result, (one, other) => {
        expect(fromDocument(JSON.parse(JSON.stringify(toDocument(one))))).toEqual(one);
        const merged = mergeTries([one, other]);
        for (const [id, outcome] of one.tests) if (outcome === 'passed') expect(merged.tests.get(id)).toBe('passed');
      }),
    );
  });

  it('takes the parts of a text into itself without a change', () => {
    const section = fc.constantFrom('[a]', '[tool.pytest.ini_options]', '[tool.tox]', 'x = 1', '# [not]', '');
    fc.assert(
      fc.property(fc.array(section), (lines) => {
        const text = lines.join('\n');
        const once = withPiecesOf('pyproject.toml', { of: text, into: text }) ?? '';
        expect(withPiecesOf('pyproject.toml', { of: text, into: once })).toBe(once);
      }),
    );
  });
});

describe('the end of a run, whatever events came in whatever order', () => {
  const tree = fc.constantFrom('t1', 't2');
  const finding = fc.record({
    ...{
      kind: fc.constantFrom('regression', 'removed', 'edited'),
      check: fc.constant('test'),
      test: fc.constantFrom(...IDS),
    },
    ...{ path: fc.constant(null), declared: fc.constant(null), gates: fc.boolean(), detail: fc.constant(null) },
  });
  const judgedEvent = fc
    .record({
      at: fc.constantFrom('base', 'cycle', 'pair', 'end'),
      findings: fc.array(finding, { maxLength: 3 }),
      tree,
    })
    .map((some) => ({
      event_type: 'checks_judged' as const,
      ...{ ...some, verdict: some.findings.some(({ gates }) => gates) ? 'failed' : 'passed' },
      ...{ new_failures: [], more: 0, flaky: [], note: null, phase_id: null },
    }));
  const other = fc.oneof(
    fc.record({
      event_type: fc.constant('change_accepted'),
      name: fc.constantFrom(...IDS),
      source: fc.constant('human'),
    }),
    fc.record({ event_type: fc.constant('evidence_reported'), verified: fc.boolean(), criteria: fc.constant([]) }),
    fc.record({ event_type: fc.constant('check_started'), check: fc.constant('test'), tree }),
    fc.record({
      event_type: fc.constant('person_edited'),
      from: tree,
      to: tree,
      base_tree: tree,
      guard_tree: tree,
      later_tree: fc.constant(null),
      paths: fc.constant([]),
    }),
  );
  const evidence = {
    mode: 'auto',
    setup: null,
    carry: [],
    keep: [],
    where: 'auto',
    guards: [],
    retries: 2,
    maxMinutes: null,
  };
  const begun = [
    {
      event_type: 'run_started',
      pairs: ['implement'],
      max_iterations: 3,
      use_git: true,
      task_id: 't',
      settings: { evidence, checks: null },
    },
    { event_type: 'checks_resolved', checks: [], base_tree: 't0', base_commit: null, where: 'auto' },
  ];

  it('is no success where what was judged last has a failure that counts', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(judgedEvent, other), { maxLength: 12 }), (events) => {
        const log = [...begun, ...events].map((event, at) => ({
          ts: '2026-01-01T00:00:00Z',
          run_id: 'run-1',
          seq: at + 1,
          ...event,
        }));
        const last = events.findLast(
          (event) => event.event_type === 'checks_judged' && 'at' in event && event.at === 'end',
        );
        const failed = last !== undefined && 'verdict' in last && last.verdict === 'failed';
        const { status } = endOf(replay(log as unknown as RunEvent[]));
        expect(status).toBe(failed ? 'unverified' : 'success');
      }),
    );
  });
});
