import { done, newPair, stillAfter } from './active.ts';
import type { CheckEventBody } from './checks/check-events.ts';
import { failureText, foldChecks } from './checks/facts.ts';
import type { EventBody, EventOf } from './events.ts';
import { afterFailedChecks, cycleStep } from './pair.ts';
import { scopeKey, scopeOf } from './scope.ts';
import type { RunFacts, RunState } from './state.ts';
import type { RunStatus } from './vocabulary.ts';
import { ownValue } from './own-value.ts';

/** Events of checks and evidence. A judgement ends its step, and may take the verifier's turn off the list, or a COMPLETE back. */
export function applyChecks(before: RunState, event: CheckEventBody): RunState {
  const state = { ...before, checks: foldChecks(before.checks, event) };
  if (event.event_type !== 'checks_judged') return state;
  const judged = done(state, (head) => head.do === 'check' && head.at === event.at);
  if (event.at === 'base') return judged;
  if (event.at === 'end') return event.verdict === 'failed' ? secondChance(judged, event.note) : judged;
  if (event.verdict === 'failed') return failed(state, judged, event);
  return { ...judged, checks: { ...judged.checks, lastFailures: null } };
}

/**
 * The cycle is incomplete without the verifier, unless the one before has ended with the same failures: then the verifier is asked, who
 * may know that nobody can mend them. A COMPLETE is taken back in any case.
 */
function failed(
  before: RunState,
  judged: RunState,
  event: Extract<CheckEventBody, { event_type: 'checks_judged' }>,
): RunState {
  const { active } = before;
  const { inCycle } = judged.checks;
  if (active === null || inCycle === null || active.todo[0]?.do !== 'check') return judged;
  const failures = failureText(inCycle);
  const asksOnce = inCycle.findings.some(({ kind }) => kind === 'unproven');
  const asked = asksOnce ? [...judged.checks.asked, scopeKey(active.scope)] : judged.checks.asked;
  const isKnown = event.at === 'cycle' && judged.checks.lastFailures === failures;
  const checks = { ...judged.checks, asked, lastFailures: failures };
  const notes = event.note === null ? judged.notes : [event.note];
  if (isKnown) return { ...judged, checks };
  const todo = afterFailedChecks(before, active);
  const still = stillAfter(active, 'incomplete', false);
  return { ...judged, checks, notes, active: { ...active, todo, still } };
}

/** A resumed run whose checks fail once more gets one more cycle of its last phase, with the failure as the first thing it is told. */
function secondChance(state: RunState, note: string | null): RunState {
  const phaseId = state.selection?.phaseIds.at(-1);
  if (!state.checks.secondChance || phaseId === undefined || !state.run.pairs.includes('implement')) return state;
  const scope = scopeOf('implement', phaseId);
  const before = { ...newPair(scope), ...ownValue(state.left, scopeKey(scope)) };
  const active = { ...before, todo: [{ do: 'open_pair', scope }, cycleStep(before, before.cycle + 1)] as const };
  return {
    ...state,
    active,
    completed: state.completed.filter((key) => key !== scopeKey(scope)),
    completionCommitted: false,
    notes: note === null ? state.notes : [...state.notes, note],
    checks: { ...state.checks, secondChance: false, judged: withoutEnd(state.checks.judged) },
  };
}

/** The end is to be judged anew. */
function withoutEnd({ end: _, ...judged }: RunState['checks']['judged']): RunState['checks']['judged'] {
  return judged;
}

/** What checks need to know of phases: what the plan has announced, and the state with which each was complete. */
export function withPhaseTrees(state: RunState, event: EventBody): RunState {
  const { checks } = state;
  if (event.event_type === 'phase_scope_resolved') {
    const announced = (event.test_changes ?? []).map(({ phase_id: phaseId, ...change }) => ({ ...change, phaseId }));
    return { ...state, checks: { ...checks, announced } };
  }
  if (event.event_type !== 'phase_completed' || checks.judged.pair === undefined) return state;
  const one = { phaseId: event.phase_id, tree: checks.judged.pair.tree };
  const others = checks.phaseTrees.filter(({ phaseId }) => phaseId !== event.phase_id);
  return { ...state, checks: { ...checks, phaseTrees: [...others, one], inCycle: null, lastFailures: null } };
}

/** The end is judged and reported anew. An unverified run gets another chance where its checks fail once more. */
export function checksReopened({ checks }: RunState, ended: RunStatus | null): RunState['checks'] {
  if (ended === null) return checks;
  return { ...checks, judged: withoutEnd(checks.judged), reported: null, secondChance: ended === 'unverified' };
}

/** What a run is compared with that is not the first of its chain. */
export function chainBaseOf(
  state: RunState,
  event: EventOf<'run_started' | 'run_resumed'>,
): Pick<RunFacts, 'chainBase'> {
  const chainBase = event.chain_base ?? state.run.chainBase;
  return chainBase === undefined ? {} : { chainBase };
}

/** A run of a release that knew no checks goes on without, whatever today's configuration says. */
export function startedChecks({ checks }: RunState, event: EventOf<'run_started'>): Pick<RunState, 'checks'> {
  const left = event.chain_base?.left ?? null;
  return { checks: { ...checks, left, isWanted: event.settings?.evidence !== undefined } };
}

/** Which commits a phase led to, for the report. */
export function withPhaseCommit(state: RunState, { phase_id: id, commit }: EventOf<'checkpoint'>): RunState {
  if (id === undefined || id === null || commit === null) return state;
  const { commits } = state.checks;
  return {
    ...state,
    checks: { ...state.checks, commits: { ...commits, [id]: [...(ownValue(commits, id) ?? []), commit] } },
  };
}

/** The run is over, and what the sources are now is what the last agent left. */
export function runFinished(state: RunState, { status, reason, tree }: EventOf<'run_finished'>): RunState {
  const checks = { ...state.checks, left: tree ?? null };
  return { ...state, at: 'finished', finished: { status, reason: reason ?? null }, checks };
}
