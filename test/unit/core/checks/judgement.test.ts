import { describe, expect, it } from 'vitest';
import type { Declaration } from '../../../../src/core/checks/declared.ts';
import type { TouchedGuard } from '../../../../src/core/checks/guards.ts';
import { type Evidence, judgeEvidence } from '../../../../src/core/checks/judgement.ts';
import type { CheckResult } from '../../../../src/core/checks/results.ts';
import { CHECK, evidence, ran, sides } from './results-of.ts';

const touched = (path: string, kind: TouchedGuard['kind'] = 'test'): TouchedGuard => ({
  path,
  kind,
  before: '100644 a',
  after: '100644 b',
});
const TEST = touched('tests/t.sh');
const BASE = ran({ t: 'p' });
const [PASSES, FAILS, GONE, SKIPPED] = [ran({ t: 'p' }), ran({ t: 'f' }), ran({}), ran({ t: 's', other: 'p' })];
const declared = (by: Declaration['by'], phaseId = 'p1'): Declaration => ({
  change: { test: 't', criterion: 'AC-1', reason: 'asked for' },
  by,
  phaseId,
});
const shown = (facts: Evidence) => {
  const { verdict, findings } = judgeEvidence(facts);
  return { verdict, kinds: findings.filter(({ test }) => test === 't').map(({ kind }) => kind) };
};

describe('a check that runs in the work tree', () => {
  const judge = (guards: readonly TouchedGuard[], declarations: readonly Declaration[] = []) =>
    judgeEvidence(
      evidence({ check: CHECK, sides: sides(BASE, PASSES), later: null, inPlace: true }, { guards, declarations }),
    );

  it('wants an edit of a guard announced, because the old text cannot be tried', () => {
    expect(judge([TEST])).toMatchObject({ verdict: 'failed', findings: [{ kind: 'changed', path: 'tests/t.sh' }, {}] });
    const change = { test: 'tests/t.sh', criterion: 'AC-1', reason: 'asked for' };
    expect(judge([TEST], [{ change, by: 'plan', phaseId: 'p1' }]).verdict).toBe('passed');
    expect(judge([{ ...TEST, before: null }]).verdict).toBe('passed');
    expect(judge([{ ...touched('conftest.py', 'loading'), before: null }]).verdict).toBe('failed');
  });
});

describe('a test that is gone under its name', () => {
  const gone = (before: string[], after: string[], old: 'p' | 'f' = 'p') => {
    const of = (ids: string[], word: string) => ran(Object.fromEntries(ids.map((id) => [id, word])));
    const now = of([...after, 'other'], 'p');
    const crossed = { oldOnNew: of([...before, 'other'], old), newOnOld: of(after, 'p') };
    const { verdict, findings } = judgeEvidence(evidence(sides(of([...before, 'other'], 'p'), now, crossed), {}));
    return [verdict, ...findings.map(({ kind, test }) => `${kind} ${test ?? ''}`)];
  };

  it.each([
    [['a.test.js > adds'], ['math/a.test.js > adds']],
    [['tests.test_m > TestAdd > small'], ['tests.math.test_m > TestAdd > small']],
    [
      ['t.py > adds[1-2]', 't.py > adds[3-4]'],
      ['t.py > adds[1-2-3]', 't.py > adds[3-4-7]'],
    ],
    [['demo > TestAdd/small'], ['demo > TestAdd/tiny']],
  ])('is kept where it went to another file or has other parameters: %j, %j', (before, after) => {
    expect(gone(before, after)).toEqual(['passed']);
  });

  it.each([
    [['a.js > adds', 'b.js > adds'], ['c.js > adds']],
    [['t.py > adds[1]', 't.py > adds[2]'], ['t.py > adds[3]']],
    [['a.js > adds'], ['a.js > sums']],
  ])('is removed where fewer stand for it, or another: %j, %j', (before, after) => {
    expect(gone(before, after)[0]).toBe('failed');
  });

  it('is never kept where its old text fails on today’s code', () => {
    expect(gone(['a.test.js > adds'], ['math/a.test.js > adds'], 'f')[0]).toBe('failed');
  });
});

describe('a held-back check', () => {
  it('is told by its name alone, whatever it found', () => {
    const check = { ...CHECK, heldBack: true, gate: 'pass' as const, name: 'secret' };
    const flaky = ran({ t: 'f', u: 'p' }, { flaky: ['u'] });
    const {
      verdict,
      findings,
      flaky: told,
    } = judgeEvidence(evidence({ check, sides: sides(BASE, flaky), later: null }));
    expect({ verdict, findings, told }).toEqual({
      verdict: 'failed',
      findings: [
        { kind: 'not_passed', check: 'secret', test: null, path: null, declared: null, gates: true, detail: null },
      ],
      told: [],
    });
  });
});

describe('the crossing of old and new tests with old and new code', () => {
  // old text on new code, today on new code, today's text on old code -> finding, verdict
  const table = [
    [PASSES, PASSES, null, [], 'passed'],
    [PASSES, SKIPPED, null, ['removed'], 'failed'],
    [FAILS, FAILS, null, ['regression'], 'failed'],
    [FAILS, SKIPPED, null, ['removed'], 'failed'],
    [FAILS, PASSES, FAILS, ['changed'], 'failed'],
    [FAILS, PASSES, PASSES, ['weakened'], 'failed'],
    [GONE, PASSES, FAILS, ['changed'], 'failed'],
    [PASSES, FAILS, null, ['regression'], 'failed'],
  ] as const;
  it.each(table)('row %#', (...[oldOnNew, now, newOnOld, kinds, verdict]) => {
    const facts = evidence(sides(BASE, now, { oldOnNew, newOnOld }), { guards: [TEST] });
    expect(shown(facts)).toEqual({ verdict, kinds });
  });

  it('names the guards that were touched, whatever became of their tests', () => {
    const facts = evidence(sides(BASE, PASSES, { oldOnNew: PASSES }), { guards: [TEST] });
    expect(judgeEvidence(facts).findings).toMatchObject([{ kind: 'edited', path: 'tests/t.sh', gates: false }]);
  });

  it('takes an edit of the runner alone for machinery, and not for a weaker test', () => {
    const guards = [touched('vitest.config.ts', 'loading')];
    const facts = evidence(sides(BASE, PASSES, { oldOnNew: FAILS, newOnOld: PASSES }), { guards });
    expect(judgeEvidence(facts).findings[0]).toMatchObject({ kind: 'machinery', test: 't', gates: true });
  });

  it('wants a changed workflow announced, and an added one not', () => {
    const workflow = touched('.github/workflows/ci.yml', 'machinery');
    expect(judgeEvidence(evidence(sides(BASE, PASSES), { guards: [workflow] })).verdict).toBe('failed');
    const added = { ...workflow, before: null };
    expect(judgeEvidence(evidence(sides(BASE, PASSES), { guards: [added] })).verdict).toBe('passed');
  });
});

describe('a declared change', () => {
  const changed = sides(BASE, PASSES, { oldOnNew: FAILS, newOnOld: FAILS });
  const weakened = sides(BASE, PASSES, { oldOnNew: FAILS, newOnOld: PASSES });
  const table: readonly [string, Partial<Evidence>, 'passed' | 'failed'][] = [
    ['the plan announces it', { declarations: [declared('plan')] }, 'passed'],
    ['a producer signs for itself, at the end', { declarations: [declared('producer')] }, 'failed'],
    ['a producer signs for itself, in its pair', { declarations: [declared('producer')], at: 'pair' }, 'passed'],
    ['a person accepts it', { accepted: ['t'] }, 'passed'],
    ['a person accepts the file', { accepted: ['tests/t.sh'] }, 'passed'],
    ['another test is announced', { accepted: ['u'] }, 'failed'],
  ];
  it.each(table)('%s', (_, more, verdict) => {
    expect(judgeEvidence(evidence(changed, { guards: [TEST], ...more })).verdict).toBe(verdict);
  });

  it('does not cover a weaker test, unless a person says so', () => {
    const facts = { guards: [TEST], declarations: [declared('plan')] };
    expect(judgeEvidence(evidence(weakened, facts)).verdict).toBe('failed');
    expect(judgeEvidence(evidence(weakened, { ...facts, accepted: ['t'] })).verdict).toBe('passed');
  });

  it('may break the old test until its phase has had all its pairs', () => {
    const verdictAt = (more: Partial<Evidence>) =>
      judgeEvidence(evidence(sides(BASE, FAILS), { declarations: [declared('plan')], phaseId: 'p1', ...more })).verdict;
    expect(verdictAt({ at: 'cycle' })).toBe('passed');
    expect(verdictAt({ at: 'pair' })).toBe('passed');
    expect(verdictAt({ at: 'pair', closesPhase: true })).toBe('failed');
    expect(verdictAt({ at: 'cycle', phaseId: 'p2', completedPhases: ['p1'] })).toBe('failed');
    expect(verdictAt({ at: 'end' })).toBe('failed');
  });
});

describe('what gates', () => {
  it('is a new test that fails, and a passing one that does not run any more', () => {
    expect(shown(evidence(sides(ran({}), FAILS)))).toEqual({ verdict: 'failed', kinds: ['failing'] });
    expect(shown(evidence(sides(BASE, ran({ u: 'p' }))))).toEqual({ verdict: 'failed', kinds: ['removed'] });
  });

  it('is not what failed at the base, nor what was flaky there', () => {
    expect(judgeEvidence(evidence(sides(FAILS, FAILS))).verdict).toBe('passed');
    expect(judgeEvidence(evidence(sides(ran({ t: 'p' }, { flaky: ['t'] }), FAILS))).verdict).toBe('passed');
  });

  it('is an exit code that tells another story than the results, unless it did so before', () => {
    const odd = ran({ t: 'p' }, { exitCode: 3, implausible: 'exit code 3, although no test failed' });
    expect(judgeEvidence(evidence(sides(BASE, odd))).findings).toMatchObject([{ kind: 'implausible', gates: true }]);
    expect(judgeEvidence(evidence(sides(odd, odd))).verdict).toBe('passed');
  });

  it('is a new test that fails in a file of its own, also where no test was there', () => {
    const none = ran({}, { exitCode: 5, implausible: 'exit code 5, although no test failed' });
    const first = ran({ t: 'f' }, { files: new Map([['t', 'tests/t.py']]) });
    const kinds = (added: readonly string[]) =>
      judgeEvidence(evidence(sides(none, first, { added: new Set(added) }))).findings.map(({ kind }) => kind);
    expect(kinds(['tests/t.py'])).toEqual(['failing']);
    expect(kinds(['tests/other.py'])).toEqual([]); // as old as its file, which nobody could run before
  });

  it('is a suite that vanished', () => {
    const findings = judgeEvidence(evidence(sides(BASE, GONE))).findings.map(({ kind }) => kind);
    expect(findings).toEqual(['implausible', 'removed']);
  });

  it('is every failure of a check that has to pass, and none of one that is only shown', () => {
    const as = (gate: 'pass' | 'none', base = FAILS) =>
      judgeEvidence(evidence({ check: { ...CHECK, gate }, sides: sides(base, FAILS), later: null })).verdict;
    expect(as('pass')).toBe('failed');
    expect(as('none', BASE)).toBe('passed');
  });

  it('is a test that an earlier phase had added', () => {
    const judged = { check: CHECK, sides: sides(BASE, PASSES), later: ran({ t: 'p', added: 'p' }) };
    expect(judgeEvidence(evidence(judged)).findings).toMatchObject([{ kind: 'removed', test: 'added', gates: true }]);
  });

  it('is not that the base does not know the test that a phase has added to a file of it', () => {
    const crossed = { oldOnNew: BASE, newOnOld: BASE };
    const now = ran({ t: 'p', added: 'p' });
    const verdict = (laterOnNew: CheckResult | null) =>
      judgeEvidence(
        evidence({ check: CHECK, sides: sides(BASE, now, { ...crossed, laterOnNew }), later: now }, { guards: [TEST] }),
      );
    expect(verdict(null).verdict).toBe('passed');
    expect(verdict(now).verdict).toBe('passed');
    expect(verdict(ran({ t: 'p', added: 'f' })).findings).toMatchObject([{ kind: 'changed', test: 'added' }, {}]);
  });

  it('is nothing while a check was stopped: nobody knows', () => {
    const stopped = ran({}, { ending: 'stopped', implausible: 'it was stopped' });
    expect(judgeEvidence(evidence(sides(ran({}), stopped))).verdict).toBe('inconclusive');
  });
});
