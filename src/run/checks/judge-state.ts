import { type Check, isDue, type Moment } from '../../core/checks/check.ts';
import { expectedSides, needsNewOnOld, type Sides, withLaterTests } from '../../core/checks/crossing.ts';
import { type CriterionResult, weighCriteria } from '../../core/checks/criteria.ts';
import { type GuardChanges, isDocument, touchesSources, type TouchedGuard } from '../../core/checks/guards.ts';
import type { Finding } from '../../core/checks/finding.ts';
import { judgeEvidence, type Judged, type Judgement } from '../../core/checks/judgement.ts';
import { baseMs, resultKey } from '../../core/checks/facts.ts';
import type { CheckResult } from '../../core/checks/results.ts';
import { endStatus, type PhaseOutcome } from '../../core/checks/status.ts';
import { scopeKey } from '../../core/scope.ts';
import type { Step } from '../../core/steps.ts';
import type { EvidenceSettings } from '../../core/settings.ts';
import type { CheckBench, Crossed, StateChanges, StatePair } from '../check-port.ts';
import type { Loop } from '../loop.ts';
import { carriedSince } from './carried.ts';
import { stillAccepted } from './accepted.ts';
import { withNamedGuards } from './guarded.ts';
import { declarationsOf, evidenceMapOf, isImplicit, selectedPhases } from './declarations.ts';
import type { ResultStore } from './results.ts';

export type CheckStep = Extract<Step, { do: 'check' }>;

export interface JudgedState extends Judgement {
  readonly tree: string;
  readonly criteria: readonly CriterionResult[];
}

/** The state of the sources as they are, judged: the checks that are due are run on as many sides as it takes. */
export async function judgeState(
  loop: Loop,
  results: ResultStore,
  step: CheckStep,
  tree: string,
): Promise<JudgedState> {
  const { resolved, phaseTrees } = loop.state.checks;
  if (resolved === null) throw new Error('checks were not resolved');
  const later = phaseTrees.at(-1)?.tree ?? null;
  const states = { base: resolved.guardTree, now: tree, later };
  const guarded = await withNamedGuards(results.bench, resolved, results.evidence);
  const changes = await results.bench.compare(states, guarded);
  const crossed = await results.bench.crossed(states, changes);
  const since =
    later === null ? null : await sinceLater(results.bench, { base: later, now: tree, later: null }, guarded);
  const inputs: SideInputs = { loop, results, step, tree, base: resolved.baseTree, later, changes, crossed, since };
  const judged: Judged[] = [];
  for (const check of resolved.checks) {
    const ms = baseMs(loop.state.checks, check);
    if (isDue(check, ms, step.at)) judged.push(await sidesOf(check, inputs));
  }
  const phases = await selectedPhases(loop);
  const completedPhases = phaseTrees.map(({ phaseId }) => phaseId);
  const judgement = judgeEvidence({
    at: step.at,
    phaseId: step.scope?.phaseId ?? null,
    closesPhase: step.at === 'pair' && step.closesPhase,
    completedPhases,
    judged,
    guards: everyTouched(changes),
    outside: changes.outside,
    carried: step.at === 'end' || step.closesPhase ? await carriedSince(loop, results, changes) : [],
    declarations: await declarationsOf(loop, phases),
    accepted: await stillAccepted(results.bench, loop.state.checks.accepted, { now: tree, evidence: guarded }),
  });
  return { ...(await withCriteria(inputs, judgement, judged)), tree };
}

/** What was done to guards since the last completed phase, and its guards on today's sources. */
async function sinceLater(bench: CheckBench, states: StatePair, evidence: EvidenceSettings): Promise<Since> {
  const changes = await bench.compare(states, evidence);
  return { changes, crossed: await bench.crossed(states, changes) };
}

/** What was done to guards since they became guards, and what else was added since the base. Tests of a completed phase caused nothing. */
function everyTouched({ guards: { guards }, today }: StateChanges): readonly TouchedGuard[] {
  const known = new Set(guards.map(({ path }) => path));
  return [...guards, ...today.guards.filter(({ path, kind }) => kind !== 'test' && !known.has(path))];
}

interface Since {
  readonly changes: StateChanges;
  readonly crossed: Crossed | null;
}

interface SideInputs {
  readonly loop: Loop;
  readonly results: ResultStore;
  readonly step: CheckStep;
  readonly tree: string;
  readonly base: string;
  readonly later: string | null;
  readonly changes: StateChanges;
  readonly crossed: Crossed | null;
  readonly since: Since | null;
}

async function sidesOf(check: Check, inputs: SideInputs): Promise<Judged> {
  const { results, step, tree, base: baseTree, changes, crossed, since } = inputs;
  const { retries } = results.evidence;
  const at: Moment = step.at;
  const never = () => false;
  const base = await results.of({ check, side: 'base', tree: baseTree, at, suspicious: hasFailed, tries: 1 });
  const before = await laterResult(check, inputs);
  const expected = withLaterTests(base, before);
  const suspicious = (result: CheckResult) => failsNewly(expected, result);
  const now = await results.of({ check, side: 'now', tree, at, suspicious, tries: retries });
  const { today } = changes;
  const inPlace = inputs.loop.state.checks.kept[resultKey(check.name, baseTree)]?.where === 'in_place';
  const sides: Sides = { base, now, oldOnNew: null, newOnOld: null };
  const hashesOnly = results.bench.isInPlace === true;
  if (crossed === null || inPlace || now.ending === 'stopped') {
    return { check, sides, later: before, inPlace, hashesOnly };
  }
  const wantsProof = step.at === 'end' || step.closesPhase;
  const isWanted = ({ oldOnNew, addsCode }: GuardChanges) => oldOnNew || (addsCode && wantsProof);
  const oldText = async (guarded: Crossed) => {
    const on = await guarded.oldOnNew();
    return results.of({ check, side: 'old_on_new', tree: on, at, suspicious, tries: Math.min(1, retries) });
  };
  const old: Sides = {
    ...sides,
    oldOnNew: isWanted(today) ? await oldText(crossed) : null,
    laterOnNew:
      before !== null && since?.crossed && isWanted(since.changes.guards) ? await oldText(since.crossed) : null,
  };
  if (!today.newOnOld || !(wantsProof || needsNewOnOld(expectedSides(old, before)))) {
    return { check, sides: old, later: before };
  }
  const on = await crossed.newOnOld();
  const newOnOld = await results.of({ check, side: 'new_on_old', tree: on, at, suspicious: never, tries: 0 });
  return { check, sides: { ...old, newOnOld }, later: before };
}

/** What the last completed phase left; run where a person has edited guards since. */
async function laterResult(check: Check, { loop, results, later, step }: SideInputs): Promise<CheckResult | null> {
  if (later === null) return null;
  const known = await results.known(check.name, later);
  if (known !== null || loop.state.checks.phaseTrees.at(-1)?.isEdited !== true) return known;
  return results.of({ check, side: 'now', tree: later, at: step.at, suspicious: hasFailed, tries: 1 });
}

function hasFailed({ tests }: CheckResult): boolean {
  return [...tests.values()].includes('failed');
}

/** Whether something fails or is gone that was well before, or is new: worth another try. */
function failsNewly(base: CheckResult, now: CheckResult): boolean {
  if (now.ending === 'stopped') return false;
  if (now.implausible !== null && base.implausible === null) return true;
  const isBroken = ([id, was]: readonly [string, string]) => was === 'passed' && now.tests.get(id) !== 'passed';
  return [...base.tests].some(isBroken) || [...now.tests].some(([id, is]) => is === 'failed' && !base.tests.has(id));
}

/** At the end of a phase evidence that is missing is asked for once; at the end of the run it decides. */
async function withCriteria(
  { loop, results, step, changes, base, tree }: SideInputs,
  judgement: Judgement,
  judged: readonly Judged[],
): Promise<Judgement & { readonly criteria: readonly CriterionResult[] }> {
  if (step.at === 'end') return atTheEnd({ loop, results, judgement, judged, base, tree });
  const { scope } = step;
  const isAsked = scope === null || loop.state.checks.asked.includes(scopeKey(scope));
  const isLast = (loop.state.active?.cycle ?? 1) >= loop.state.run.maxIterations;
  if (scope === null || !step.closesPhase || step.at !== 'pair' || judgement.verdict !== 'passed') {
    return { ...judgement, criteria: [] };
  }
  const [outcome] = await outcomesOf(loop, judged, [{ phaseId: scope.phaseId ?? '', changes }]);
  const missing = outcome?.criteria.filter(({ state }) => state === 'missing') ?? [];
  const isOwed = missing.length > 0 && judged.length > 0 && !isAsked && !isLast;
  if (!isOwed) return { ...judgement, criteria: outcome?.criteria ?? [] };
  const findings = missing.map(unproven);
  return { ...judgement, verdict: 'failed', findings: [...findings, ...judgement.findings], criteria: [] };
}

function unproven({ id, note }: CriterionResult): Finding {
  return { kind: 'unproven', check: null, test: id, path: null, declared: null, gates: true, detail: note };
}

interface EndInputs {
  readonly loop: Loop;
  readonly results: ResultStore;
  readonly judgement: Judgement;
  readonly judged: readonly Judged[];
  readonly base: string;
  readonly tree: string;
}

async function atTheEnd({ loop, results, judgement, judged, base, tree }: EndInputs) {
  const trees = loop.state.checks.phaseTrees;
  const spans = await Promise.all(
    trees.map(async ({ phaseId }, at) => {
      const span = {
        base: trees[at - 1]?.tree ?? base,
        now: at === trees.length - 1 ? tree : (trees[at]?.tree ?? tree),
        later: null,
      };
      return { phaseId, changes: await results.bench.compare(span, results.evidence) };
    }),
  );
  const phases = await outcomesOf(loop, judged, spans);
  const criteria = phases.flatMap((phase) => phase.criteria);
  const { mode } = results.evidence;
  const { verdict, findings } = judgement;
  const status = endStatus({ mode, checks: judged.length, verdict, findings, phases });
  if (verdict !== 'passed' || status.status === 'success') return { ...judgement, criteria };
  const owed = phases.filter(
    (phase) => endStatus({ mode, checks: 1, verdict, findings: [], phases: [phase] }).status === 'unverified',
  );
  const missing = owed.flatMap((phase) =>
    phase.criteria.map((one) => unproven({ ...one, note: one.note ?? reasonOf(phase) })),
  );
  return { ...judgement, verdict: 'failed' as const, findings: [...missing, ...findings], criteria };
}

function reasonOf({ changed }: PhaseOutcome): string {
  return changed === 'sources' ? 'no test of it fails on the old code' : 'no source was changed for it';
}

interface Span {
  readonly phaseId: string;
  readonly changes: StateChanges;
}

async function outcomesOf(loop: Loop, judged: readonly Judged[], spans: readonly Span[]): Promise<PhaseOutcome[]> {
  const phases = await selectedPhases(loop);
  const found: PhaseOutcome[] = [];
  for (const { phaseId, changes } of spans) {
    const phase = phases.find((one) => one.phaseId === phaseId);
    if (phase === undefined) continue;
    const asked = phase.acceptanceCriteria.map(({ id, text, verify }) => ({ id, text, verifyKept: verify === 'kept' }));
    const map = await evidenceMapOf(loop, phaseId);
    const criteria = weighCriteria({ phaseId, explicit: !isImplicit(phase), criteria: asked, map }, judged);
    found.push({ phaseId, changed: whatChanged(changes), criteria });
  }
  return found;
}

function whatChanged({ differences, testsOnly }: StateChanges): PhaseOutcome['changed'] {
  if (differences.length === 0) return 'nothing';
  if (differences.every(({ path }) => isDocument(path))) return 'documents';
  return touchesSources(differences.filter(({ path }) => !testsOnly.has(path))) ? 'sources' : 'tests_only';
}
