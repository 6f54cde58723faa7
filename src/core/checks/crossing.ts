import { movedTests } from './moved-tests.ts';
import type { CheckResult, TestOutcome } from './results.ts';

/** The results of one check on its four sides. The crossed ones are null where no guard was touched. */
export interface Sides {
  readonly base: CheckResult;
  readonly now: CheckResult;
  readonly oldOnNew: CheckResult | null;
  readonly newOnOld: CheckResult | null;
  /** The guards that the last completed phase left, on today's code; null: none of them was touched since. */
  readonly laterOnNew?: CheckResult | null;
  /** Files with tests that the old code did not get as they are today (`untakenFiles`). */
  readonly untaken?: ReadonlySet<string>;
  /** Files with tests that the base has not at all (`addedFiles`). */
  readonly added?: ReadonlySet<string>;
}

/** Sides whose base has the tests of completed phases as well: `ofPhases` names them. */
export interface ExpectedSides extends Sides {
  readonly ofPhases?: ReadonlySet<string>;
}

/** What became of the tests of one check, by id, each in one list at most. Flaky ones and old failures gate nothing. */
export interface Crossing {
  readonly kept: readonly string[];
  readonly regression: readonly string[];
  readonly removed: readonly string[];
  readonly weakened: readonly string[];
  readonly changed: readonly string[];
  /** New tests that fail. */
  readonly failing: readonly string[];
  /** New tests that pass, and fail on the old code; tests that failed at the base and pass. */
  readonly proven: readonly string[];
  /** New tests that pass on the old code, too. */
  readonly vacuous: readonly string[];
  /** New tests that pass, of which the old code was not asked: not at all, not with their text, or it skips them. */
  readonly unasked: readonly string[];
  readonly oldFailures: readonly string[];
}

type Fate = keyof Crossing;

/**
 * Reads the table:
 *
 *     old text, new code | today, new code | today's text, old code |
 *     passes             | passes          |                        | kept
 *     passes             | gone or skipped |                        | removed
 *     fails              | fails           |                        | regression
 *     fails              | gone or skipped |                        | removed
 *     fails              | passes          | fails                  | changed: another behaviour is asked for
 *     fails              | passes          | passes                 | weakened: today's text tests nothing
 *
 * Today's failure of a test that its old text passes is a regression, too: the text that counts now says so. A test that is gone is kept
 * where its old text passes, and one of its name does today in another file or with other parameters.
 */
export function cross(sides: ExpectedSides): Crossing {
  const lists: Record<Fate, string[]> = {
    kept: [],
    regression: [],
    removed: [],
    weakened: [],
    changed: [],
    failing: [],
    proven: [],
    vacuous: [],
    unasked: [],
    oldFailures: [],
  };
  const moved = movedTests({ ...sides, oldText: (id) => oldTextOf(id, sides) });
  for (const [id, was] of sides.base.tests) {
    const fate = moved.has(id) ? 'kept' : fateOfOld(id, was, sides);
    if (fate !== null) lists[fate].push(id);
  }
  const successors = new Set(moved.values());
  for (const [id, is] of sides.now.tests) {
    if (sides.base.tests.has(id) || successors.has(id)) continue;
    const fate = fateOfNew(id, is, sides);
    if (fate !== null) lists[fate].push(id);
  }
  return lists;
}

function fateOfOld(id: string, was: TestOutcome, sides: ExpectedSides): Fate | null {
  const { base, now, newOnOld } = sides;
  const oldOnNew = oldTextOf(id, sides);
  const is = now.tests.get(id);
  if (was === 'failed' || base.flaky.includes(id)) {
    if (was === 'failed' && is === 'passed') return isMended(id, oldOnNew, newOnOld) ? 'proven' : null;
    return is === 'failed' ? 'oldFailures' : null;
  }
  if (was === 'skipped') return null;
  if (is === 'failed') return 'regression';
  if (is !== 'passed') return 'removed';
  if (oldOnNew === null || oldOnNew.tests.get(id) === 'passed') return 'kept';
  return newOnOld?.tests.get(id) === 'passed' ? 'weakened' : 'changed';
}

/**
 * A test that failed at the base and passes now was what the work was for where its old text passes, too. Where that still fails, today's
 * text has to fail on the old code: that it could not even be run there, maybe for what stands beside it, says nothing.
 */
function isMended(id: string, oldOnNew: CheckResult | null, newOnOld: CheckResult | null): boolean {
  return oldOnNew === null || oldOnNew.tests.get(id) === 'passed' || newOnOld?.tests.get(id) === 'failed';
}

/** What the text that a test had tells about today's code: the base does not know a test that a phase has written. */
function oldTextOf(id: string, { oldOnNew, laterOnNew, ofPhases }: ExpectedSides): CheckResult | null {
  return ofPhases?.has(id) === true ? (laterOnNew ?? null) : oldOnNew;
}

function fateOfNew(id: string, is: TestOutcome, { base, now, newOnOld, untaken, added }: Sides): Fate | null {
  if (is === 'failed') {
    // Where the base told nothing at all, what fails now may be as old as its file is.
    const toldNothing = base.tests.size === 0 && base.implausible !== null;
    return toldNothing && added?.has(now.files.get(id) ?? '') !== true ? 'oldFailures' : 'failing';
  }
  if (is === 'skipped') return null;
  if (newOnOld === null) return 'unasked';
  const old = newOnOld.tests.get(id);
  if (old === 'passed') return 'vacuous';
  const isLeft = old === undefined && untaken?.has(now.files.get(id) ?? '') === true;
  return old === 'skipped' || isLeft ? 'unasked' : 'proven';
}

/**
 * What the state after a completed phase adds to the base: the tests that were written since, and passed. From then on they are
 * guards like the first ones.
 */
export function withLaterTests(base: CheckResult, later: CheckResult | null): CheckResult {
  if (later === null) return base;
  const tests = new Map(base.tests);
  const files = new Map(base.files);
  for (const id of testsOfPhases(base, later)) {
    tests.set(id, 'passed');
    const file = later.files.get(id);
    if (file !== undefined) files.set(id, file);
  }
  return { ...base, tests, files };
}

/** The sides with what completed phases have added to the base. */
export function expectedSides(sides: Sides, later: CheckResult | null): ExpectedSides {
  return { ...sides, base: withLaterTests(sides.base, later), ofPhases: testsOfPhases(sides.base, later) };
}

function testsOfPhases(base: CheckResult, later: CheckResult | null): ReadonlySet<string> {
  const added = [...(later?.tests ?? [])].filter(([id, outcome]) => outcome === 'passed' && !base.tests.has(id));
  return new Set(added.map(([id]) => id));
}

/** Whether today's tests must be run on the old code before anything can be said about these. */
export function needsNewOnOld(sides: ExpectedSides): boolean {
  const { base, now } = sides;
  return [...base.tests].some(([id, was]) => {
    const old = oldTextOf(id, sides);
    const isSteady = was === 'passed' && !base.flaky.includes(id) && now.tests.get(id) === 'passed';
    return isSteady && old !== null && old.tests.get(id) !== 'passed';
  });
}
