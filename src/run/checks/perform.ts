import type { EventOf } from '../../core/events.ts';
import type { Check } from '../../core/checks/check.ts';
import type { WeighedCriterion } from '../../core/checks/check-events.ts';
import type { CriterionResult } from '../../core/checks/criteria.ts';
import type { Finding } from '../../core/checks/finding.ts';
import { checksExhausted, isEvidenceOn } from '../../core/checks-due.ts';
import { cannotRun } from '../../core/checks/plausible.ts';
import { findingText } from '../../core/checks/status.ts';
import { isPhased } from '../../core/vocabulary.ts';
import { type Loop, type Performed, type Stop, STOPPED } from '../loop.ts';
import { judgeBase, resolveChecks } from './base.ts';
import { takeChainsBase } from './inherited.ts';
import { judgeState, type JudgedState } from './judge-state.ts';
import { comparedStates, takeOverEdits } from './persons-edits.ts';
import { writeReport } from './report.ts';
import { ResultStore } from './results.ts';
import type { CheckStep } from './told.ts';

const MOST_LISTED = 100;

/** Runs the checks that are due and judges them. What their failure leads to is the core's to say. */
export async function performChecks(loop: Loop, step: CheckStep): Performed {
  const { checks: bench, stop } = loop.ports;
  const { evidence } = loop.settings;
  if (bench === null || bench === undefined || evidence === undefined) return withoutBench(loop, step);
  if (stop.aborted) return STOPPED;
  const results = new ResultStore(loop, bench, evidence);
  if (loop.state.checks.resolved === null) {
    await resolveChecks(loop, results, null);
    await takeOverEdits(loop, { from: loop.state.checks.left, configuration: false });
    if (loop.state.checks.baseJudged) return evidence.mode === 'required' ? NOTHING_KNOWN : null;
  }
  if (step.at === 'base') {
    await takeChainsBase(loop, results);
    return judgeBase(loop, results);
  }
  const reason = checksExhausted(loop.state);
  if (reason !== null) return { status: 'paused', reason };
  const tree = await bench.snapshot();
  results.standsOn(tree);
  if (step.at === 'end' && !(await lookAgain(loop, results, tree))) return STOPPED;
  if ((await bench.lost(comparedStates(loop))).length > 0) {
    await recordJudgement(loop, step, nothingToCompare(loop, step, tree));
    return null;
  }
  const now = await judgeState(loop, results, step, tree);
  if (now.verdict === 'inconclusive') return STOPPED;
  const judged = step.at === 'end' ? await withCommitted(loop, results, step, now) : now;
  await recordJudgement(loop, step, judged);
  return null;
}

/** The repository was made anew, or pruned. No agent can mend that, so that it is said at the end, where a check would have decided. */
function nothingToCompare(loop: Loop, { at }: CheckStep, tree: string): JudgedState {
  const decides = at === 'end' && (loop.state.checks.resolved?.checks ?? []).length > 0;
  const gone = 'the sources as they were when the run began are not in the repository any more';
  const detail = loop.ports.checks?.tooLarge?.(tree) ?? gone;
  const about = { check: null, test: null, path: 'the work of this run', declared: null, detail };
  const findings: Finding[] = decides ? [{ ...about, kind: 'lost', gates: true }] : [];
  return { verdict: decides ? 'failed' : 'passed', findings, flaky: [], tree, criteria: [] };
}

const NOTHING_KNOWN: Stop = {
  status: 'fatal_error',
  reason: 'evidence.mode is required, and no check is known: set `checks` in autoloop.yaml',
};

/** The checks of today's configuration take the place of those that the run had, on the base that it has. */
export async function reloadChecks(loop: Loop): Performed {
  const { checks: bench } = loop.ports;
  const { evidence } = loop.settings;
  if (bench === null || bench === undefined || evidence === undefined || !isEvidenceOn(loop.state)) return null;
  const results = new ResultStore(loop, bench, evidence);
  const { resolved } = loop.state.checks;
  const isFresh = loop.state.spent.turns === 0;
  await resolveChecks(loop, results, isFresh ? null : (resolved?.baseTree ?? null));
  if (loop.state.checks.baseJudged) return evidence.mode === 'required' ? NOTHING_KNOWN : null;
  if (!isFresh || loop.state.run.chainBase !== undefined) results.standsOn(await bench.snapshot());
  return judgeBase(loop, results);
}

/** A world without a bench knows no checks. */
async function withoutBench(loop: Loop, step: CheckStep): Performed {
  if (loop.state.checks.resolved === null) {
    const none = { checks: [], base_tree: '', base_commit: null, where: 'auto' } as const;
    await loop.record({ event_type: 'checks_resolved', ...none });
  }
  if (step.at === 'end')
    await recordJudgement(loop, step, { verdict: 'passed', findings: [], flaky: [], tree: '', criteria: [] });
  return null;
}

/** A run that found no checks looks once more: what it wrote itself counts, and is marked. What still cannot run stays left out. False: it was stopped. */
async function lookAgain(loop: Loop, results: ResultStore, tree: string): Promise<boolean> {
  const { resolved } = loop.state.checks;
  if (resolved === null || resolved.checks.length > 0 || Array.isArray(loop.settings.checks)) return true;
  const found: Check[] = [];
  for (const check of await results.bench.discover()) {
    const written = { ...check, origin: `${check.origin}, written in this run` };
    const wasLeftOut = (await results.known(check.name, resolved.baseTree)) !== null;
    const asked = { check: written, side: 'now', tree, at: 'end', suspicious: () => false, tries: 0 } as const;
    if (!wasLeftOut || !cannotRun(await results.of(asked))) found.push(written);
  }
  if (loop.ports.stop.aborted) return false;
  if (found.length === 0) return true;
  const { baseTree: base_tree, baseCommit: base_commit, where } = resolved;
  const checks = found.map(({ heldBack, timeoutMinutes, ...check }) => ({
    ...check,
    held_back: heldBack,
    timeout_minutes: timeoutMinutes,
  }));
  await loop.record({ event_type: 'checks_resolved', checks, base_tree, base_commit, where });
  return true;
}

/**
 * What is committed has to hold as well: files that were left out of checkpoints may be what makes it work. A check that runs in the work
 * tree cannot tell: there these files are, and what it says of them is what it said before (`ResultStore.of`).
 */
async function withCommitted(
  loop: Loop,
  results: ResultStore,
  step: CheckStep,
  now: JudgedState,
): Promise<JudgedState> {
  const { resolved } = loop.state.checks;
  if (loop.boundary === null || resolved === null || now.verdict !== 'passed') return now;
  const { baseTree: base, baseCommit } = resolved;
  const states = { base, baseCommit, persons: loop.state.checks.persons, now: now.tree };
  const last = await results.bench.committed(states);
  if (last === null || last === now.tree) return now;
  const committed = await judgeState(loop, results, step, last);
  if (committed.verdict === 'passed') return now;
  const left = await results.bench.compare({ base: last, now: now.tree, later: null }, results.evidence);
  const names = left.differences.slice(0, 8).map(({ path }) => path);
  const detail = `in the last checkpoint, where these files are not: ${names.join(', ')}`;
  const findings = committed.findings.map((finding) => (finding.gates ? { ...finding, detail } : finding));
  return { ...committed, findings, criteria: now.criteria };
}

async function recordJudgement(loop: Loop, { at, scope }: CheckStep, judged: JudgedState): Promise<void> {
  const { verdict, flaky, tree } = judged;
  const gating = judged.findings.filter(({ gates }) => gates);
  const note = verdict === 'failed' ? noteOf(gating) : null;
  const event: EventOf<'checks_judged'> = {
    event_type: 'checks_judged',
    at,
    verdict,
    new_failures: gating.flatMap(({ test }) => (test === null ? [] : [test])).slice(0, MOST_LISTED),
    findings: judged.findings.slice(0, MOST_LISTED),
    more: Math.max(0, judged.findings.length - MOST_LISTED),
    flaky: flaky.slice(0, MOST_LISTED),
    note,
    tree,
    checks: loop.state.checks.resolved?.checks.length ?? 0,
    phase_id: scope?.phaseId ?? null,
    ...(judged.criteria.length === 0 ? {} : { criteria: judged.criteria.map(toWeighed) }),
    ...(scope !== null && isPhased(scope.pair) ? { pair: scope.pair } : {}),
  };
  if (note !== null && scope !== null) {
    const cycle = loop.state.active?.cycle ?? 1;
    await loop.ports.store.artifacts.warnInFeedback(scope, cycle, `${note}\nThe cycle counts as INCOMPLETE.`);
  }
  await loop.record(event);
}

function toWeighed({ phaseId: phase_id, ...one }: CriterionResult): WeighedCriterion {
  return { phase_id, ...one };
}

const MOST_IN_NOTE = 20;

/** What the next turn is told. */
function noteOf(gating: readonly Finding[]): string {
  const lines = gating.map(findingText);
  const unique = [...new Set(lines)];
  const more = unique.length > MOST_IN_NOTE ? [`and ${unique.length - MOST_IN_NOTE} more`] : [];
  return [
    'The harness has run the checks of this project, and they do not hold. Mend this first:',
    ...unique.slice(0, MOST_IN_NOTE).map((line) => `- ${line}`),
    ...more,
  ].join('\n');
}

/** Writes the report of a run whose pairs are complete, and logs what is proven. */
export async function reportEvidence(loop: Loop): Performed {
  const judged = loop.state.checks.judged.end;
  const checks = loop.state.checks.resolved?.checks.length ?? 0;
  const verified = judged?.verdict === 'passed' && checks > 0;
  return writeReport(loop, { verified, status: judged?.verdict === 'failed' ? 'unverified' : 'success' });
}
