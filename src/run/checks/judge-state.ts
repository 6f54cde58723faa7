import { isDue, type Moment } from '../../core/checks/check.ts';
import { expectedSides, needsNewOnOld, type Sides } from '../../core/checks/crossing.ts';
import { type CriterionResult, weighCriteria } from '../../core/checks/criteria.ts';
import { type GuardChanges, isDocument, touchesSources, type TouchedGuard } from '../../core/checks/guards.ts';
import type { Finding } from '../../core/checks/finding.ts';
import { judgeEvidence, type Judged, type Judgement } from '../../core/checks/judgement.ts';
import { baseMs } from '../../core/checks/facts.ts';
import { endStatus, type PhaseOutcome } from '../../core/checks/status.ts';
import { addedFiles, untakenFiles } from '../../core/checks/test-files.ts';
import { scopeKey } from '../../core/scope.ts';
import type { RunState } from '../../core/state.ts';
import type { EvidenceSettings } from '../../core/settings.ts';
import type { CheckBench, Crossed, StateChanges, StatePair } from '../check-port.ts';
import type { Loop } from '../loop.ts';
import { carriedSince } from './carried.ts';
import { stillAccepted } from './accepted.ts';
import { withNamedGuards } from './guarded.ts';
import { declarationsOf, evidenceMapOf, isImplicit, selectedPhases } from './declarations.ts';
import type { ResultStore } from './results.ts';
import { ownValue } from '../../core/own-value.ts';
import { type CheckStep, type StateInputs, type Told, toldBy } from './told.ts';

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
  const told: Told[] = [];
  for (const check of resolved.checks) {
    const isNow = isDue(check, baseMs(loop.state.checks, check), step.at);
    if (isNow) told.push(await toldBy(check, { loop, results, step, tree, base: resolved.baseTree, later }));
  }
  const guarded = await withNamedGuards(loop, results, tree);
  const changes = await results.bench.compare(states, guarded);
  const crossed = await results.bench.crossed(states, changes);
  const since =
    later === null ? null : await sinceLater(results.bench, { base: later, now: tree, later: null }, guarded);
  const inputs: SideInputs = { loop, results, guarded, step, tree, base: resolved.baseTree, changes, crossed, since };
  const judged: Judged[] = [];
  for (const one of told) judged.push(await sidesOf(one, inputs));
  const wantsCarried = step.at === 'end' || step.closesPhase;
  const sinceBase = wantsCarried ? await carriedSince(loop, results, changes, tree) : null;
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
    carried: sinceBase?.carried ?? [],
    ignored: sinceBase?.ignored ?? [],
    declarations: await declarationsOf(loop, phases),
    accepted: await stillAccepted(results.bench, loop.state.checks.accepted, {
      now: tree,
      evidence: guarded,
      contents: sinceBase?.contents ?? null,
    }),
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

interface SideInputs extends Omit<StateInputs, 'later'> {
  readonly guarded: EvidenceSettings;
  readonly changes: StateChanges;
  readonly crossed: Crossed | null;
  readonly since: Since | null;
}

async function sidesOf({ check, base, before, now, suspicious }: Told, inputs: SideInputs): Promise<Judged> {
  const { results, step, changes, crossed, since } = inputs;
  const { retries } = results.evidence;
  const at: Moment = step.at;
  const never = () => false;
  const { today } = changes;
  const inPlace = results.isInPlace(check.name);
  const added = addedFiles(now, changes.differences);
  const sides: Sides = { base, now, oldOnNew: null, newOnOld: null, added };
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
  return { check, sides: { ...old, newOnOld, untaken: untakenFiles(now, changes) }, later: before };
}

/** At the end of a phase evidence that is missing is asked for once; at the end of the run it decides. */
async function withCriteria(
  { loop, results, guarded, step, changes, base, tree }: SideInputs,
  judgement: Judgement,
  judged: readonly Judged[],
): Promise<Judgement & { readonly criteria: readonly CriterionResult[] }> {
  if (step.at === 'end') return atTheEnd({ loop, results, guarded, judgement, judged, base, tree });
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
  readonly guarded: EvidenceSettings;
  readonly judgement: Judgement;
  readonly judged: readonly Judged[];
  readonly base: string;
  readonly tree: string;
}

async function atTheEnd({ loop, results, guarded, judgement, judged, base, tree }: EndInputs) {
  const spans = await Promise.all(
    spansOf(loop.state, base, tree).map(async ({ phaseId, ...span }) => {
      return { phaseId, changes: await results.bench.compare(span, guarded) };
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

/** Each completed phase with the states that it was worked on between. What was complete before a check was known is somewhere in the run. */
function spansOf(
  { checks, phases }: RunState,
  base: string,
  tree: string,
): (StatePair & { readonly phaseId: string })[] {
  const trees = checks.phaseTrees;
  const known = trees.map(({ phaseId, tree: own }, at) => {
    return { phaseId, base: trees[at - 1]?.tree ?? base, now: at === trees.length - 1 ? tree : own, later: null };
  });
  const isKnown = (id: string) => trees.some(({ phaseId }) => phaseId === id);
  const others = Object.keys(phases).filter((id) => ownValue(phases, id)?.status === 'completed' && !isKnown(id));
  return [...others.map((phaseId) => ({ phaseId, base, now: tree, later: null })), ...known];
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
