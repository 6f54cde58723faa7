import type { Check } from './check.ts';
import { cross, type Crossing, type Sides } from './crossing.ts';
import { matchesTest } from './declared.ts';
import type { CriterionEvidence, EvidenceMap } from './evidence-map.ts';
import { hasPassed } from './judgement.ts';

/**
 * How far a criterion is shown. `proven`: by something that failed on the old code and passes on the new one; `kept`: by tests that
 * passed before and after; `reviewed`: by the word of verifier and audit alone; `missing`: nothing was named, or what was named did not run.
 */
export type CriterionState = 'proven' | 'kept' | 'reviewed' | 'missing';

export interface Criterion {
  readonly id: string;
  readonly text: string;
  /** The plan says that keeping what was there is all that is asked for. */
  readonly verifyKept: boolean;
}

export interface CriterionResult {
  readonly phaseId: string;
  readonly id: string;
  readonly state: CriterionState;
  /** The tests that show it, by id; at most 100. */
  readonly tests: readonly string[];
  /** The checks that show it, by name. */
  readonly checks: readonly string[];
  /** Why it is missing, or what else there is to say; null: nothing. */
  readonly note: string | null;
}

/** What is known of a check at the end. */
export interface Shown {
  readonly check: Check;
  readonly sides: Sides;
  /** See `Judged`. */
  readonly inPlace?: boolean;
}

export interface PhaseEvidence {
  readonly phaseId: string;
  /** The implicit phase takes every proven test: nobody wrote criteria for it. */
  readonly explicit: boolean;
  readonly criteria: readonly Criterion[];
  /** acceptance_evidence.yaml; null: there is none. */
  readonly map: EvidenceMap | null;
}

interface Knowledge {
  readonly proven: readonly string[];
  readonly kept: readonly string[];
  readonly vacuous: readonly string[];
  /** New tests that pass, where the old code cannot be asked: they show that it works, and not that it did not before. */
  readonly untried: readonly string[];
  readonly shown: readonly Weighing[];
}

/** A check with what its sides tell, which is found out once for all criteria. */
interface Weighing extends Shown {
  readonly proven: readonly string[];
  readonly crossing: Crossing;
}

/** The criteria of a phase, each with what shows it. A function of results and of what the producer named. */
export function weighCriteria(phase: PhaseEvidence, checks: readonly Shown[]): readonly CriterionResult[] {
  const shown = checks.map((one) => {
    const crossing = cross(one.sides);
    return { ...one, crossing, proven: provenIn(one, crossing) };
  });
  const known: Knowledge = {
    proven: shown.flatMap(({ proven }) => proven),
    kept: shown.flatMap(({ crossing }) => crossing.kept),
    vacuous: shown.flatMap(({ crossing }) => crossing.vacuous),
    untried: shown.flatMap((one) => (countsUntried(one) ? one.crossing.unasked : [])),
    shown,
  };
  return phase.criteria.map((criterion) => {
    const named = phase.map?.get(criterion.id) ?? null;
    const result =
      (phase.explicit ? null : (everyProven(known) ?? everyUntried(known))) ?? weigh(criterion, named, known);
    const tests = result.tests.slice(0, MOST_TESTS);
    const behind = checksBehind(result, named, shown);
    return { phaseId: phase.phaseId, id: criterion.id, ...result, tests, checks: behind };
  });
}

/** What a check proves. Of one that tells no tests apart it is the check as a whole, where it fails with today's tests on the old code. */
function provenIn({ check, sides }: Shown, { proven }: Crossing): readonly string[] {
  const isProven =
    isWhole({ check, sides }) && hasPassed(sides.now) && sides.newOnOld?.tests.get(check.name) === 'failed';
  return isProven && !proven.includes(check.name) ? [...proven, check.name] : proven;
}

function isWhole({ check, sides: { now } }: Shown): boolean {
  return now.tests.size === 1 && now.tests.has(check.name);
}

/** The checks in which a criterion's tests ran, and the one that was named for it; of an implicit phase also a held-back one. */
function checksBehind({ tests, note }: Weighed, named: CriterionEvidence | null, shown: readonly Weighing[]): string[] {
  const behind = shown.filter(
    ({ check, sides, proven }) =>
      check.name === named?.check ||
      (check.heldBack ? note === BY_HELD_BACK && proven.length > 0 : tests.some((id) => sides.now.tests.has(id))),
  );
  return behind.map(({ check }) => check.name);
}

function countsUntried({ inPlace, check }: Shown): boolean {
  return inPlace === true && !check.heldBack;
}

type Weighed = Pick<CriterionResult, 'state' | 'tests' | 'note'>;

/** Of held-back checks no test is named. */
function everyProven({ proven, shown }: Knowledge): Weighed | null {
  if (proven.length === 0) return null;
  const held = shown.filter(({ check }) => check.heldBack);
  const secret = new Set(held.flatMap((one) => one.proven));
  const tests = proven.filter((id) => !secret.has(id));
  return {
    state: 'proven',
    tests: tests.slice(0, MOST_TESTS),
    note: tests.length > 0 ? null : BY_HELD_BACK,
  };
}

const MOST_TESTS = 100;
const BY_HELD_BACK = 'a held-back check shows it';
const VACUOUS = 'its tests pass on the old code, too: they show nothing';
const UNKNOWN_FILES =
  'the old code could not be asked: its tests stand beside their code, or in files that are not known to be tests (name these in evidence.guards)';
const UNTRIED = 'new tests pass, and could not be tried on the old code';

function everyUntried({ untried }: Knowledge): Weighed | null {
  return untried.length === 0 ? null : { state: 'kept', tests: untried.slice(0, MOST_TESTS), note: UNTRIED };
}

function weigh(criterion: Criterion, named: CriterionEvidence | null, known: Knowledge): Weighed {
  const missing = (note: string): Weighed => ({ state: 'missing', tests: [], note });
  if (named === null) {
    return criterion.verifyKept && known.kept.length > 0
      ? { state: 'kept', tests: [], note: 'every test that was there still passes' }
      : missing('nothing is named for it');
  }
  const { ids, unknown } = found(named, known);
  if (unknown.length > 0) {
    const whole = known.shown.filter((one) => isWhole(one) && !one.check.heldBack).map(({ check }) => check.name);
    const instead = whole.length === 0 ? '' : `; of ${whole.join(', ')} no single tests are known: name it as check`;
    return missing(`named, but did not pass in any check: ${unknown.slice(0, 10).join(', ')}${instead}`);
  }
  const proven = ids.filter((id) => known.proven.includes(id));
  const byCheck = named.check === null ? null : provenByCheck(named.check, known);
  if (proven.length > 0 || byCheck === 'proven') return { state: 'proven', tests: proven, note: null };
  const kept = ids.filter((id) => known.kept.includes(id));
  if (kept.length > 0 || byCheck === 'kept') return { state: 'kept', tests: kept, note: null };
  const untried = ids.filter((id) => known.untried.includes(id));
  if (untried.length > 0) return { state: 'kept', tests: untried, note: UNTRIED };
  if (byCheck === 'reviewed') return { state: 'reviewed', tests: ids, note: VACUOUS };
  if (named.review !== null) return { state: 'reviewed', tests: ids, note: named.review };
  if (ids.length > 0) {
    const isVacuous = ids.some((id) => known.vacuous.includes(id));
    return { state: 'reviewed', tests: ids, note: isVacuous ? VACUOUS : UNKNOWN_FILES };
  }
  return missing('neither tests, a check nor a place for review is named');
}

/** The tests of today that the names mean, and names that mean none that passed. */
function found({ tests, check }: CriterionEvidence, known: Knowledge): { ids: string[]; unknown: string[] } {
  const passing = known.shown.flatMap(({ sides }) =>
    [...sides.now.tests].flatMap(([id, outcome]) => (outcome === 'passed' ? [id] : [])),
  );
  const ids = tests.flatMap((name) => passing.filter((id) => matchesTest(id, name)));
  const unknown = tests.filter((name) => !passing.some((id) => matchesTest(id, name)));
  if (check !== null && !known.shown.some((one) => one.check.name === check)) unknown.push(`check ${check}`);
  return { ids: [...new Set(ids)], unknown };
}

function provenByCheck(name: string, { shown }: Knowledge): CriterionState | null {
  const one = shown.find(({ check }) => check.name === name);
  if (one === undefined || !hasPassed(one.sides.now)) return null;
  if (one.proven.includes(name)) return 'proven';
  if (hasPassed(one.sides.base)) return 'kept';
  return isMendedByWork(one.sides) ? 'proven' : 'reviewed';
}

/** A check that did not pass at the base passes now for the work, and not for what was done to its guards. */
function isMendedByWork({ oldOnNew, newOnOld }: Sides): boolean {
  return oldOnNew === null || hasPassed(oldOnNew) || (newOnOld !== null && !hasPassed(newOnOld));
}
