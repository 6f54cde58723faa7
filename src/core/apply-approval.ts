import { newPair } from './active.ts';
import type { EventOf } from './events.ts';
import { cycleStep } from './pair.ts';
import { scopeOf } from './scope.ts';
import type { ActivePair, RunState } from './state.ts';

/** A plan that is sent back gets another cycle, with the words of whoever sent it as the first thing its producer is told. */
export function approvalGiven(state: RunState, { verdict, sha256, text }: EventOf<'approval_given'>): RunState {
  if (verdict === 'approved') return { ...state, approval: { ...state.approval, approved: sha256 } };
  const scope = scopeOf('plan', null);
  const before: ActivePair = { ...newPair(scope), ...state.lastPlan };
  const completed = state.completed.filter((key) => key !== 'plan');
  const notes = [`The plan was not approved. Change it accordingly:\n${text ?? ''}`, ...state.notes];
  const approval = { asked: null, approved: null };
  return { ...state, completed, approval, active: { ...before, todo: sentBack(state, before) }, notes };
}

function sentBack({ run }: RunState, before: ActivePair): ActivePair['todo'] {
  const { scope, cycle } = before;
  if (cycle < run.maxIterations) return [{ do: 'open_pair', scope }, cycleStep(before, cycle + 1)];
  const failure = { event_type: 'pair_failed', pair: 'plan', phase_id: null, reason: 'max_iterations' } as const;
  const reason = `the plan was sent back after ${cycle} cycles, which is as many as a pair may take`;
  return [
    { do: 'record', event: failure },
    { do: 'finish', status: 'failed', reason },
  ];
}
