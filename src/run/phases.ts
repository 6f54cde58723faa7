import type { AnnouncedChange } from '../core/checks/check-events.ts';
import { boxesOf } from '../core/criteria.ts';
import { fitsPlan, implicitPhase, type Phase, type PhasePlan, selectPhases } from '../core/phase-plan.ts';
import { sameScope } from '../core/scope.ts';
import { isPhased, type Scope } from '../core/vocabulary.ts';
import { criteriaFor } from '../prompts/criteria.ts';
import type { Loop, Performed, Stop } from './loop.ts';

/** Chooses the phases of a run, once: a resumed run keeps what it chose (docs/loop.md). */
export async function selectRunPhases(loop: Loop): Performed {
  const read = await readPlan(loop);
  if ('stop' in read) return read.stop;
  const { phaseId, phaseMode } = loop.settings.runtime;
  const chosen = selectPhases(read.plan, phaseId, phaseMode);
  if ('error' in chosen) return refused(loop, chosen.error);
  const { mode, phaseIds, explicit } = chosen.selection;
  await loop.ports.store.appendRawLog({
    entry: 'phase_scope_resolved',
    body: `phase_mode=${mode}\nphase_ids=${phaseIds.join(', ')}\nexplicit=${String(explicit)}`,
  });
  const announced = await announcedChanges(loop, phaseIds);
  return loop.record({
    event_type: 'phase_scope_resolved',
    phase_mode: mode,
    phase_ids: phaseIds,
    explicit,
    current_phase_index: 0,
    ...(announced.length === 0 ? {} : { test_changes: announced }),
  });
}

/** Changes of tests that the plan announces: from now on nobody can add to them. */
async function announcedChanges(loop: Loop, phaseIds: readonly string[]): Promise<AnnouncedChange[]> {
  const { plan } = await loop.ports.store.artifacts.readPhasePlan();
  const phases = plan?.phases.filter(({ phaseId }) => phaseIds.includes(phaseId)) ?? [];
  return phases.flatMap(({ phaseId, testChanges = [] }) => testChanges.map((one) => ({ phase_id: phaseId, ...one })));
}

/** Prepares a pair's artifacts and announces it; for a phase, only while the plan still has the phases that were chosen. */
export async function openPair(loop: Loop, scope: Scope): Performed {
  if (isPhased(scope.pair)) {
    const read = await readPlan(loop);
    if ('stop' in read) return read.stop;
    const { selection } = loop.state;
    const fit = selection === null ? { fits: true } : fitsPlan(selection, read.plan);
    if ('error' in fit) return refused(loop, fit.error);
  }
  const { artifacts } = loop.ports.store;
  await artifacts.seed(scope, criteriaFor(scope.pair));
  const { active } = loop.state;
  const isReopened = active?.todo[0]?.do === 'open_pair' && sameScope(active.scope, scope);
  const boxes = isReopened ? null : boxesOf((await artifacts.readCriteria(scope)) ?? '');
  const { pair, phaseId } = scope;
  return loop.record({ event_type: 'pair_started', pair, phase_id: phaseId, ...(boxes === null ? {} : { boxes }) });
}

/** The phase of the plan that a scope works on, or the implicit one; null for plan and audit. */
export async function phaseOf(loop: Loop, scope: Scope): Promise<Phase | null> {
  if (scope.phaseId === null) return null;
  const read = await readPlan(loop);
  const plan = 'plan' in read ? read.plan : null;
  return plan?.phases.find((phase) => phase.phaseId === scope.phaseId) ?? implicitPhase(loop.ports.store.request);
}

/** Without the plan pair there may be no plan: then the implicit phase is worked on. An invalid plan stops the run. */
async function readPlan(loop: Loop): Promise<{ plan: PhasePlan | null } | { stop: Stop }> {
  const { plan, errors } = await loop.ports.store.artifacts.readPhasePlan();
  return errors.length > 0 ? { stop: refused(loop, `phase_plan.yaml is not valid: ${errors.join('; ')}`) } : { plan };
}

/** The plan is the operator's to mend: a resume reads it again. */
function refused({ ports, state }: Loop, reason: string): Stop {
  const file = `${ports.store.taskFolder}/runs/${state.run.runId ?? ''}/artifacts/plan/phase_plan.yaml`;
  return { status: 'fatal_error', reason: `${reason}\nMend ${file} and resume, or start a new run.` };
}
