export type TestOutcome = 'passed' | 'failed' | 'skipped';

/** What became of each test, by its id: `file or class > suite > name`. */
export type Tests = ReadonlyMap<string, TestOutcome>;

export type Ending = 'exited' | 'timed_out' | 'not_started' | 'setup_failed' | 'stopped';

/** One check on one state, all tries taken together. */
export interface CheckResult {
  readonly ending: Ending;
  readonly exitCode: number | null;
  readonly durationMs: number;
  readonly tests: Tests;
  /** The file of a test, relative to the tree, where the results name one. */
  readonly files: ReadonlyMap<string, string>;
  /** Tests that both failed and passed on this state. They stand in `tests` as passed. */
  readonly flaky: readonly string[];
  /** Why this cannot be believed, in words; null: it can. */
  readonly implausible: string | null;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function countsOf(tests: Tests): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const outcome of tests.values()) counts[outcome] += 1;
  return counts;
}

const RANK: Readonly<Record<TestOutcome, number>> = { passed: 0, skipped: 1, failed: 2 };

/** The same id twice counts as its worst. */
function worse(a: TestOutcome | undefined, b: TestOutcome): TestOutcome {
  return a !== undefined && RANK[a] > RANK[b] ? a : b;
}

/** Collects results by id, the worst of each. */
export class TestCollector {
  readonly tests = new Map<string, TestOutcome>();
  readonly files = new Map<string, string>();

  add(id: string, outcome: TestOutcome, file: string | null = null): void {
    this.tests.set(id, worse(this.tests.get(id), outcome));
    if (file !== null) this.files.set(id, file);
  }
}

/**
 * Several tries on one state as one result: what passed in any of them passes, and is flaky where it failed in another. A single try
 * that can be believed makes the whole believable.
 */
export function mergeTries(tries: readonly [CheckResult, ...CheckResult[]]): CheckResult {
  const [first, ...rest] = tries;
  const flaky = new Set(first.flaky);
  const tests = new Map(first.tests);
  for (const other of rest) {
    for (const id of other.flaky) flaky.add(id);
    for (const id of new Set([...tests.keys(), ...other.tests.keys()])) {
      const [was, is] = [tests.get(id), other.tests.get(id)];
      if (was === is) continue;
      if (was === 'passed' || is === 'passed') {
        if (was === 'failed' || is === 'failed') flaky.add(id);
        tests.set(id, 'passed');
      } else if (was === undefined && is !== undefined) tests.set(id, is);
      else if (is === 'failed') tests.set(id, 'failed');
    }
  }
  const credible = tries.find((one) => one.implausible === null) ?? tries.at(-1) ?? first;
  const files = new Map(tries.flatMap((one) => [...one.files]));
  const durationMs = tries.reduce((sum, one) => sum + one.durationMs, 0) / tries.length;
  return { ...credible, durationMs: Math.round(durationMs), tests, files, flaky: [...flaky].sort() };
}

/** The document that is kept of a result; its text is what the log names by hash. */
export interface ResultDocument {
  readonly ending: Ending;
  readonly exit_code: number | null;
  readonly duration_ms: number;
  readonly tests: Readonly<Record<string, TestOutcome>>;
  readonly files: Readonly<Record<string, string>>;
  readonly flaky: readonly string[];
  readonly implausible: string | null;
}

export function toDocument(result: CheckResult): ResultDocument {
  const inOrder = <T>(map: ReadonlyMap<string, T>) =>
    Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1))) as Record<string, T>;
  return {
    ending: result.ending,
    exit_code: result.exitCode,
    duration_ms: result.durationMs,
    tests: inOrder(result.tests),
    files: inOrder(result.files),
    flaky: result.flaky,
    implausible: result.implausible,
  };
}

/** Null for what `toDocument` could not have written. */
export function fromDocument(document: unknown): CheckResult | null {
  if (typeof document !== 'object' || document === null) return null;
  const found = document as Partial<Record<keyof ResultDocument, unknown>>;
  const tests = entriesOf(found.tests);
  const files = entriesOf(found.files);
  const { ending, exit_code: exitCode, duration_ms: durationMs, flaky, implausible } = found;
  if (tests === null || files === null || !isEnding(ending) || typeof durationMs !== 'number') return null;
  if (!tests.every(([, outcome]) => isOutcome(outcome)) || !files.every(([, file]) => typeof file === 'string'))
    return null;
  if (!Array.isArray(flaky) || !flaky.every((id): id is string => typeof id === 'string')) return null;
  if (exitCode !== null && typeof exitCode !== 'number') return null;
  if (implausible !== null && typeof implausible !== 'string') return null;
  return {
    ending,
    exitCode,
    durationMs,
    tests: new Map(tests as [string, TestOutcome][]),
    files: new Map(files as [string, string][]),
    flaky,
    implausible,
  };
}

function entriesOf(value: unknown): [string, unknown][] | null {
  return typeof value === 'object' && value !== null ? Object.entries(value) : null;
}

function isEnding(value: unknown): value is Ending {
  return ['exited', 'timed_out', 'not_started', 'setup_failed', 'stopped'].includes(value as string);
}

function isOutcome(value: unknown): value is TestOutcome {
  return value === 'passed' || value === 'failed' || value === 'skipped';
}
