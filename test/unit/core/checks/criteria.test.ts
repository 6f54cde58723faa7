import { describe, expect, it } from 'vitest';
import { dueFrom, isDue } from '../../../../src/core/checks/check.ts';
import { type CriterionState, type PhaseEvidence, weighCriteria } from '../../../../src/core/checks/criteria.ts';
import { matchesTest } from '../../../../src/core/checks/declared.ts';
import { readEvidenceMap, readTestChanges } from '../../../../src/core/checks/evidence-map.ts';
import { implausibility } from '../../../../src/core/checks/plausible.ts';
import { fromDocument, mergeTries, toDocument } from '../../../../src/core/checks/results.ts';
import { type EndEvidence, endStatus } from '../../../../src/core/checks/status.ts';
import { CHECK, ran, sides } from './results-of.ts';

const SHOWN = {
  check: CHECK,
  sides: sides(ran({ old: 'p', broken: 'f' }), ran({ old: 'p', broken: 'p', fresh: 'p', empty: 'p' }), {
    newOnOld: ran({ old: 'p', broken: 'f', fresh: 'f', empty: 'p' }),
  }),
};
const BUILD = { check: { ...CHECK, name: 'build' }, sides: sides(ran({ build: 'f' }), ran({ build: 'p' })) };
const phase = (named: unknown, more: Partial<PhaseEvidence> = {}): PhaseEvidence => {
  const read = readEvidenceMap(named);
  const criteria = [{ id: 'AC-1', text: 'it works', verifyKept: false }];
  return { phaseId: 'p1', explicit: true, criteria, map: 'map' in read ? read.map : null, ...more };
};

describe('a criterion', () => {
  const table: readonly [unknown, CriterionState][] = [
    [{ 'AC-1': { tests: ['fresh'] } }, 'proven'],
    [{ 'AC-1': { tests: ['old', 'fresh'] } }, 'proven'],
    [{ 'AC-1': { tests: ['broken'] } }, 'proven'],
    [{ 'AC-1': { check: 'build' } }, 'proven'],
    [{ 'AC-1': { tests: ['old'] } }, 'kept'],
    [{ 'AC-1': { tests: ['empty'] } }, 'reviewed'],
    [{ 'AC-1': { review: 'src/a.ts' } }, 'reviewed'],
    [{ 'AC-1': { tests: ['nowhere'] } }, 'missing'],
    [{ 'AC-1': { check: 'nowhere' } }, 'missing'],
    [{ 'AC-2': { tests: ['fresh'] } }, 'missing'],
    [{}, 'missing'],
  ];
  it.each(table)('with %j is %s', (named, state) => {
    expect(weighCriteria(phase(named), [SHOWN, BUILD])[0]?.state).toBe(state);
  });

  it('is not proven by a check that failed before, where what the run wrote about it lets the old code pass', () => {
    const written = (newOnOld: string) => {
      const crossed = { oldOnNew: ran({ build: 'f' }), newOnOld: ran({ build: newOnOld }) };
      const build = { ...BUILD, sides: sides(ran({ build: 'f' }), ran({ build: 'p' }), crossed) };
      return weighCriteria(phase({ 'AC-1': { check: 'build' } }), [build])[0]?.state;
    };
    expect([written('p'), written('f')]).toEqual(['reviewed', 'proven']);
  });

  it('of the implicit phase takes every proven test', () => {
    const [only] = weighCriteria(phase(null, { explicit: false }), [SHOWN]);
    expect(only).toMatchObject({ state: 'proven', tests: ['broken', 'fresh'] });
  });

  it('is kept by new tests where the old code cannot be asked, and says so', () => {
    const inPlace = { check: CHECK, sides: sides(ran({ old: 'p' }), ran({ old: 'p', fresh: 'p' })), inPlace: true };
    const kept = { state: 'kept', tests: ['fresh'], note: 'new tests pass, and could not be tried on the old code' };
    expect(weighCriteria(phase({ 'AC-1': { tests: ['fresh'] } }), [inPlace])[0]).toMatchObject(kept);
    expect(weighCriteria(phase(null, { explicit: false }), [inPlace])[0]).toMatchObject(kept);
    const clean = { ...inPlace, inPlace: false };
    expect(weighCriteria(phase({ 'AC-1': { tests: ['fresh'] } }), [clean])[0]?.state).toBe('reviewed');
  });

  it('names the checks that its tests ran in, and the one that was named', () => {
    const checks = (named: unknown) => weighCriteria(phase(named), [SHOWN, BUILD])[0]?.checks;
    expect(checks({ 'AC-1': { tests: ['fresh'] } })).toEqual(['test']);
    expect(checks({ 'AC-1': { tests: ['fresh'], check: 'build' } })).toEqual(['test', 'build']);
    expect(checks({ 'AC-1': { review: 'src/a.ts' } })).toEqual([]);
  });

  it('tells tests that show nothing from those whose files nobody knows to be tests', () => {
    const unasked = { check: CHECK, sides: sides(ran({ old: 'p' }), ran({ old: 'p', fresh: 'p' })) };
    const note = (name: string, shown: typeof SHOWN | typeof unasked) =>
      weighCriteria(phase({ 'AC-1': { tests: [name] } }), [shown])[0]?.note;
    expect(note('empty', SHOWN)).toContain('pass on the old code');
    expect(note('fresh', unasked)).toContain('evidence.guards');
  });

  it('is not proven by a new test beside its code, or one that the old code skips, because that does not run there', () => {
    const untaken = new Set(['src/m.ts']);
    const now = ran(
      { old: 'p', beside: 'p', own: 'p' },
      {
        files: new Map([
          ['beside', 'src/m.ts'],
          ['own', 'test/m.ts'],
        ]),
      },
    );
    const state = (name: string, newOnOld: Record<string, string>) => {
      const crossed = { newOnOld: ran({ old: 'p', ...newOnOld }), untaken };
      return weighCriteria(phase({ 'AC-1': { tests: [name] } }), [
        { check: CHECK, sides: sides(ran({ old: 'p' }), now, crossed) },
      ])[0];
    };
    expect(state('beside', {})).toMatchObject({ state: 'reviewed', note: expect.stringContaining('beside') as string });
    expect(state('beside', { beside: 'f' })?.state).toBe('proven');
    expect(state('own', {})?.state).toBe('proven');
    expect(state('own', { own: 's' })?.state).toBe('reviewed');
  });

  it('is proven by a check as a whole where that fails with today’s tests on the old code', () => {
    const whole = (newOnOld: string) => ({
      check: CHECK,
      sides: sides(ran({ test: 'p' }), ran({ test: 'p' }), { newOnOld: ran({ test: newOnOld }) }),
    });
    const state = (newOnOld: string, more: Partial<PhaseEvidence> = {}) =>
      weighCriteria(phase({ 'AC-1': { check: 'test' } }, more), [whole(newOnOld)])[0];
    expect(state('f')).toMatchObject({ state: 'proven', checks: ['test'] });
    expect(state('p')?.state).toBe('kept');
    expect(state('f', { explicit: false, map: null })?.state).toBe('proven');
    const named = weighCriteria(phase({ 'AC-1': { tests: ['multiplies'] } }), [whole('f')])[0];
    expect(named).toMatchObject({ state: 'missing', note: expect.stringContaining('name it as check') as string });
  });

  it('is not proven by an old failure whose old text still fails, and whose new one never ran on the old code', () => {
    const edited = (newOnOld: Record<string, string>) =>
      weighCriteria(phase({ 'AC-1': { tests: ['broken'] } }), [
        {
          check: CHECK,
          sides: sides(ran({ broken: 'f' }), ran({ broken: 'p' }), {
            oldOnNew: ran({ broken: 'f' }),
            newOnOld: ran(newOnOld),
          }),
        },
      ])[0]?.state;
    expect(edited({})).toBe('reviewed');
    expect(edited({ broken: 'p' })).toBe('reviewed');
    expect(edited({ broken: 'f' })).toBe('proven');
  });

  it('that the plan only wants kept needs no test of its own', () => {
    const criteria = [{ id: 'AC-1', text: 'nothing changes', verifyKept: true }];
    expect(weighCriteria(phase({}, { criteria }), [SHOWN])[0]?.state).toBe('kept');
  });
});

describe('the end of a run', () => {
  const proven = {
    phaseId: 'p1',
    id: 'AC-1',
    state: 'proven' as const,
    tests: ['fresh'],
    checks: ['test'],
    note: null,
  };
  const good: EndEvidence = {
    mode: 'auto',
    checks: 1,
    verdict: 'passed',
    findings: [],
    phases: [{ phaseId: 'p1', changed: 'sources', criteria: [proven] }],
  };
  const missing = { ...proven, state: 'missing' as const };
  const table: readonly [string, Partial<EndEvidence>, string][] = [
    ['everything holds', {}, 'success true'],
    ['no check is known', { checks: 0, verdict: null }, 'success false'],
    ['none is known, and evidence is required', { checks: 0, verdict: null, mode: 'required' }, 'unverified false'],
    ['checks are off', { mode: 'off' }, 'success false'],
    ['a check failed', { verdict: 'failed' }, 'unverified false'],
    ['a check was stopped', { verdict: 'inconclusive' }, 'unverified false'],
    ['no criterion is proven', { phases: [{ ...good.phases[0]!, criteria: [missing] }] }, 'unverified false'],
    ['nothing was changed', { phases: [{ ...good.phases[0]!, changed: 'nothing' }] }, 'unverified false'],
    ['only tests were changed', { phases: [{ ...good.phases[0]!, changed: 'tests_only' }] }, 'unverified false'],
    [
      'only documents were changed',
      { phases: [{ phaseId: 'p', changed: 'documents', criteria: [{ ...proven, state: 'reviewed' }] }] },
      'success true',
    ],
    [
      'documents, and nobody says what shows it',
      { phases: [{ phaseId: 'p', changed: 'documents', criteria: [missing] }] },
      'unverified false',
    ],
  ];
  it.each(table)('%s', (_, more, expected) => {
    const { status, verified } = endStatus({ ...good, ...more });
    expect(`${status} ${String(verified)}`).toBe(expected);
  });
});

describe('results', () => {
  it('of several tries pass where one passes, and are flaky then', () => {
    const merged = mergeTries([ran({ a: 'f', b: 'f' }), ran({ a: 'p', b: 'f' })]);
    expect(merged).toMatchObject({
      flaky: ['a'],
      tests: new Map([
        ['a', 'passed'],
        ['b', 'failed'],
      ]),
    });
  });

  it('are believed only where exit code and tests tell the same story', () => {
    const of = (exitCode: number, tests: Record<string, string>, parser = CHECK.parser) =>
      implausibility({ ending: 'exited', exitCode, tests: ran(tests).tests, unreadable: null }, parser);
    expect(of(0, { a: 'p' })).toBeNull();
    expect(of(1, { a: 'f' })).toBeNull();
    expect(of(0, { a: 'f' })).toContain('although tests failed');
    expect(of(2, { a: 'p' })).toContain('although no test failed');
    expect(of(0, { a: 'f' }, 'problems')).toBeNull();
  });

  it('come back from their document as they were, and from nothing else', () => {
    const result = ran({ a: 'p', b: 's' }, { files: new Map([['a', 'test/a.js']]), flaky: ['a'] });
    expect(fromDocument(JSON.parse(JSON.stringify(toDocument(result))))).toEqual(result);
    expect(fromDocument({ ...toDocument(result), tests: { a: 'good' } })).toBeNull();
    expect(fromDocument([])).toBeNull();
  });

  it('are asked for by how long the base run took', () => {
    expect([1, 60_001, 600_001].map((ms) => dueFrom(CHECK, ms))).toEqual(['cycle', 'pair', 'end']);
    expect(isDue({ ...CHECK, when: 'end' }, 1, 'pair')).toBe(false);
    expect(isDue({ ...CHECK, heldBack: true, when: 'cycle' }, 1, 'cycle')).toBe(false);
    expect(isDue({ ...CHECK, heldBack: true }, 1, 'end')).toBe(true);
  });
});

describe('names of tests', () => {
  const table: readonly [string, string, boolean][] = [
    ['tests.test_m > test_adds', 'test_adds', true],
    ['tests.test_m > test_adds', 'tests/test_m.py::test_adds', true],
    ['test/a.test.js > math > adds', 'math > adds', true],
    ['test/a.test.js > math > adds', 'adds', true],
    ['subtracts', 'subtracts', true],
    ['test/a.test.js > math > adds', 'math', false],
    ['adds', 'a > b > adds', false],
    ['adds', '', false],
  ];
  it.each(table)('%s is meant by %s: %s', (id, name, expected) => expect(matchesTest(id, name)).toBe(expected));
});

describe('what agents write', () => {
  it('is read with a bare list of tests, too, and faults are named', () => {
    expect(readEvidenceMap({ 'AC-1': ['a', 7] })).toEqual({
      map: new Map([['AC-1', { tests: ['a', '7'], check: null, review: null }]]),
    });
    expect(readEvidenceMap(['a'])).toMatchObject({ errors: [expect.stringContaining('mapping')] });
    expect(readEvidenceMap({ A: { tests: [{}] } })).toEqual({ errors: ['A.tests must be a list of test names'] });
  });

  it('declares changes as a list of test, criterion and reason', () => {
    const good = { test: 't', criterion: 'AC-1', reason: 'asked' };
    expect(readTestChanges([good], 'test_changes').changes).toEqual([good]);
    expect(readTestChanges(null, 'test_changes')).toEqual({ changes: [], errors: [] });
    expect(readTestChanges([{ ...good, reason: ' ' }], 'x').errors).toEqual(['x[1].reason must be a non-empty string']);
  });
});
