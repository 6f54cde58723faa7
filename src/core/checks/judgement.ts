import type { Check, Moment } from './check.ts';
import { cross, type Crossing, expectedSides, type Sides } from './crossing.ts';
import { consentTo, type Declaration, type Subject } from './declared.ts';
import type { Finding, FindingKind } from './finding.ts';
import { isAddedCode, isRestored, type TouchedGuard } from './guards.ts';
import { vanished } from './plausible.ts';
import type { CheckResult } from './results.ts';

/** One check with its results. `later`: the results after the last completed phase, whose tests are guards by now. */
export interface Judged {
  readonly check: Check;
  readonly sides: Sides;
  readonly later: CheckResult | null;
  /** It runs in the work tree, where guards of another state cannot be put in place. */
  readonly inPlace?: boolean;
  /** Without git, nobody has the old text of a guard: an edit of one is a person's to accept. */
  readonly hashesOnly?: boolean;
}

export interface Evidence {
  readonly at: Moment;
  /** The phase worked on; null at the base and the end. */
  readonly phaseId: string | null;
  /** Whether this is the last pair of its phase, at its end: from then on declared changes must be whole. */
  readonly closesPhase: boolean;
  /** Phases that are complete. */
  readonly completedPhases: readonly string[];
  readonly judged: readonly Judged[];
  /** Every guard that differs from the base. */
  readonly guards: readonly TouchedGuard[];
  /** Links that are new and lead out of the repository. */
  readonly outside?: readonly string[];
  /** Folders of dependencies that are not as they were. `isRecorded`: a lock file or the like has changed with them. */
  readonly carried?: readonly { readonly path: string; readonly detail: string | null; readonly isRecorded: boolean }[];
  /** Files that runners load by themselves, that git ignores, and that are not as they were, where a check runs in the work tree. */
  readonly ignored?: readonly string[];
  readonly declarations: readonly Declaration[];
  /** Names that a person has accepted. */
  readonly accepted: readonly string[];
}

export interface Judgement {
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  readonly findings: readonly Finding[];
  /** Ids of tests that passed and failed on the same state. */
  readonly flaky: readonly string[];
}

/**
 * What follows from the results, and from nothing else: the same evidence is judged the same, in whatever order it was gathered. What
 * failed at the base gates nothing, unless the check has to pass as a whole.
 */
export function judgeEvidence(evidence: Evidence): Judgement {
  const findings = [
    ...evidence.judged.flatMap((one) => shownOf(one.check, findingsOf(one, evidence))),
    ...evidence.guards.flatMap((guard) => guardFinding(guard, evidence)),
    ...(evidence.outside ?? []).map((path) => placeFinding({ kind: 'outside', path, detail: null }, evidence)),
    ...(evidence.ignored ?? []).map((path) => placeFinding({ kind: 'machinery', path, detail: IGNORED }, evidence)),
    ...(evidence.carried ?? []).map(({ path, detail, isRecorded }) => {
      const finding = placeFinding({ kind: 'carried', path, detail }, evidence);
      return isRecorded ? { ...finding, gates: false } : finding;
    }),
  ];
  const open = evidence.judged.filter(({ check }) => !check.heldBack);
  const flaky = [...new Set(open.flatMap(({ sides }) => [...sides.base.flaky, ...sides.now.flaky]))].sort();
  const inOrder = deduplicated(findings).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const stopped = evidence.judged.some(({ sides }) => sides.now.ending === 'stopped');
  const gates = inOrder.some((finding) => finding.gates);
  return { verdict: stopped ? 'inconclusive' : gates ? 'failed' : 'passed', findings: inOrder, flaky };
}

const IGNORED = 'git ignores it, and the check runs in the work tree, where it lies';

/** Of a held-back check nobody is told more than that it does not pass: what is logged and reported is within reach of agents. */
function shownOf(check: Check, found: readonly Finding[]): readonly Finding[] {
  if (!check.heldBack) return found;
  return found.some(({ gates }) => gates) ? [{ ...about(check), kind: 'not_passed', gates: true, detail: null }] : [];
}

function findingsOf(
  { check, sides, later, inPlace = false, hashesOnly = false }: Judged,
  evidence: Evidence,
): Finding[] {
  const expected = expectedSides(sides, later);
  const found = [
    ...fromCrossing(check, cross(expected), expected, evidence),
    ...doubts(check, sides, expected.base),
    ...(inPlace ? untried(check, { evidence, hashesOnly }) : []),
  ];
  if (check.gate === 'none') return found.map((finding) => ({ ...finding, gates: false }));
  if (check.gate !== 'pass' || hasPassed(sides.now)) return found;
  return [...found, { ...about(check), kind: 'not_passed', gates: true, detail: 'it has to pass as a whole' }];
}

export function hasPassed(result: CheckResult): boolean {
  return result.ending === 'exited' && result.implausible === null && ![...result.tests.values()].includes('failed');
}

/** What cannot be believed now, and could be at the base. */
function doubts(check: Check, { now, base: first }: Sides, base: CheckResult): Finding[] {
  const detail = now.implausible ?? vanished(base.tests, now.tests);
  if (detail === null || first.implausible !== null) return [];
  return [{ ...about(check), kind: 'implausible', gates: true, detail }];
}

/** Where old guards cannot be run, nobody knows what an edit of one has changed: it has to be announced. */
function untried(check: Check, of: { readonly evidence: Evidence; readonly hashesOnly: boolean }): Finding[] {
  const { evidence, hashesOnly } = of;
  const edited = evidence.guards.filter((guard) => guard.kind !== 'machinery' && isRestored(guard));
  return edited.map(({ path }) => {
    const consent = consentTo({ test: null, paths: [path] }, evidence.declarations, evidence.accepted);
    const isPersons = hashesOnly && evidence.at === 'end';
    const gates = isPersons ? consent?.by !== 'person' : doesGate('changed', consent, evidence);
    const detail = 'the check runs in the work tree, where its old text cannot be tried';
    return { ...about(check), kind: 'changed', path, declared: consent?.by ?? null, gates, detail };
  });
}

function fromCrossing(check: Check, crossing: Crossing, sides: Sides, evidence: Evidence): Finding[] {
  const touched = evidence.guards.filter(({ kind }) => kind !== 'machinery');
  // Without any test among what was touched, the runner's configuration decided, and no text of a test became weaker.
  const onlyRunner = touched.length > 0 && touched.every(({ kind }) => kind !== 'test' && kind !== 'inline');
  const finding = (kind: FindingKind, test: string): Finding => {
    const paths = suspects(test, sides, touched);
    const consent = consentTo({ test, paths }, evidence.declarations, evidence.accepted);
    const gates = doesGate(kind, consent, evidence);
    return {
      kind,
      check: check.name,
      test,
      path: paths[0] ?? null,
      declared: consent?.by ?? null,
      gates,
      detail: null,
    };
  };
  const of = (ids: readonly string[], kind: FindingKind) => ids.map((id) => finding(kind, id));
  return [
    ...of(crossing.regression, 'regression'),
    ...of(crossing.removed, 'removed'),
    ...of(crossing.weakened, onlyRunner ? 'machinery' : 'weakened'),
    ...of(crossing.changed, onlyRunner ? 'machinery' : 'changed'),
    ...of(crossing.failing, 'failing'),
    ...of(crossing.vacuous, 'vacuous'),
  ];
}

/** The guards that may be behind what a test does: its own file where the results name it, else all that were touched. */
function suspects(test: string, { base, now }: Sides, touched: readonly TouchedGuard[]): string[] {
  const file = base.files.get(test) ?? now.files.get(test);
  const own = touched.find(({ path }) => path === file);
  if (own !== undefined) return [own.path];
  const old = touched.filter(isRestored);
  return (old.length > 0 ? old : touched.filter(isAddedCode)).map(({ path }) => path).sort();
}

type Given = ReturnType<typeof consentTo>;

function doesGate(kind: FindingKind, consent: Given, evidence: Evidence): boolean {
  switch (kind) {
    case 'vacuous':
    case 'edited':
      return false;
    case 'weakened':
    case 'failing':
    case 'implausible':
    case 'not_passed':
    case 'unproven':
    case 'lost':
      return consent?.by !== 'person';
    case 'regression':
      return consent?.by === 'plan' ? isOverdue(consent, evidence) : consent?.by !== 'person';
    case 'removed':
    case 'changed':
    case 'machinery':
    case 'outside':
    case 'carried':
      return consent === null || (consent.by === 'producer' && evidence.at === 'end');
  }
}

/** A change that was announced has to be whole once its phase has had all its pairs. */
function isOverdue(
  { phaseId }: NonNullable<Given>,
  { at, closesPhase, completedPhases, phaseId: current }: Evidence,
): boolean {
  if (at === 'end' || phaseId === null || completedPhases.includes(phaseId)) return true;
  return phaseId === current && closesPhase;
}

/** What decides elsewhere cannot be run: its change itself has to be announced. Other guards are shown, whatever became of them. */
function guardFinding({ path, kind, before }: TouchedGuard, evidence: Evidence): Finding[] {
  if (before === null && (kind === 'test' || kind === 'inline')) return [];
  const subject: Subject = { test: null, paths: [path] };
  const consent = consentTo(subject, evidence.declarations, evidence.accepted);
  const decides = kind === 'machinery' && before !== null;
  // Where no check is known, there is nothing that it could decide.
  const gates = decides && evidence.judged.length > 0 && doesGate('machinery', consent, evidence);
  const declared = consent?.by ?? null;
  return [{ kind: decides ? 'machinery' : 'edited', check: null, test: null, path, declared, gates, detail: null }];
}

/** What lies there is in no state: nobody else has it, and it may be otherwise the next time. */
function placeFinding(
  found: Pick<Finding, 'kind' | 'detail'> & { readonly path: string },
  evidence: Evidence,
): Finding {
  const consent = consentTo({ test: null, paths: [found.path] }, evidence.declarations, evidence.accepted);
  const gates = evidence.judged.length > 0 && doesGate(found.kind, consent, evidence);
  return { check: null, test: null, declared: consent?.by ?? null, gates, ...found };
}

function about(check: Check): Omit<Finding, 'kind' | 'gates' | 'detail'> {
  return { check: check.name, test: null, path: null, declared: null };
}

function orderOf({ gates, kind, check, test, path }: Finding): string {
  return [gates ? '0' : '1', kind, check ?? '', test ?? '', path ?? ''].join('\u0000');
}

function deduplicated(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [orderOf(finding), finding])).values()];
}
