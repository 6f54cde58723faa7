import { followupDecision } from './followup.ts';
import { endOf, isBaseDue, isEvidenceOn } from './checks-due.ts';
import { scopeKey } from './scope.ts';
import type { RunState } from './state.ts';
import type { Step } from './steps.ts';
import type { Pair } from './vocabulary.ts';
import { ownValue } from './own-value.ts';

/** The next step of a run; total on every state that a log can lead to. An unborn or finished run has none. */
export function next(state: RunState): Step {
  switch (state.at) {
    case 'unborn':
      return { do: 'stop' };
    case 'working':
      return state.active === null ? nextBetweenPairs(state) : (state.active.todo[0] ?? { do: 'stop' });
    case 'finished':
      return afterRun(state);
  }
}

function nextBetweenPairs(state: RunState): Step {
  const { pairs } = state.run;
  if (isBaseDue(state)) return { do: 'check', at: 'base', scope: null, closesPhase: false };
  const isDue = (pair: Pair) => pairs.includes(pair) && !state.completed.includes(pair);
  if (isDue('plan')) return { do: 'open_pair', scope: { pair: 'plan', phaseId: null } };
  if (isApprovalDue(state)) return { do: 'await_approval', asked: state.approval.asked };
  if (pairs.includes('implement') || pairs.includes('test')) {
    if (state.selection === null) return { do: 'select_phases' };
    const id = state.selection.phaseIds.find((phaseId) => ownValue(state.phases, phaseId)?.status !== 'completed');
    if (id !== undefined) return nextInPhase(state, id, state.selection.mode);
  }
  if (isDue('audit')) return { do: 'open_pair', scope: { pair: 'audit', phaseId: null } };
  if (pairs.includes('audit')) {
    if (state.audit.result === 'unread') return { do: 'read_audit_result' };
    if (state.audit.result === 'invalid') return { do: 'finish', status: 'failed', reason: state.audit.error };
    if (state.audit.result === 'gaps') return afterGaps(state);
  }
  if (isEvidenceOn(state)) {
    if (state.checks.judged.end === undefined) return { do: 'check', at: 'end', scope: null, closesPhase: false };
    if (state.checks.reported === null) return { do: 'report_evidence' };
  }
  if (state.run.useGit && !state.completionCommitted) {
    return { do: 'checkpoint', checkpoint: { kind: 'completion', selects: 'task', place: null } };
  }
  return endOf(state);
}

/** After the plan pair and before anything else is paid for. A run that is past that when it is told to ask goes on. */
function isApprovalDue({ run, completed, approval, selection }: RunState): boolean {
  if (run.settings?.runtime.approvePlan !== true || approval.approved !== null || selection !== null) return false;
  return run.pairs.includes('plan') && completed.every((key) => key === 'plan');
}

function nextInPhase(state: RunState, phaseId: string, mode: 'single' | 'up-to'): Step {
  const { pairs } = state.run;
  const phase = { phase_id: phaseId, phase_mode: mode };
  const facts = ownValue(state.phases, phaseId);
  const isDone = (pair: 'implement' | 'test') => state.completed.includes(scopeKey({ pair, phaseId }));
  if (facts?.started !== true) return { do: 'record', event: { event_type: 'phase_started', ...phase } };
  if (pairs.includes('implement') && !isDone('implement'))
    return { do: 'open_pair', scope: { pair: 'implement', phaseId } };
  if (pairs.includes('test') && !isDone('test')) {
    if (!isDone('implement')) return notImplemented(phaseId);
    if (facts.deferred || !pairs.includes('implement')) return { do: 'open_pair', scope: { pair: 'test', phaseId } };
    const reason = 'awaiting enabled test pair completion';
    return { do: 'record', event: { event_type: 'phase_deferred', pair: 'implement', ...phase, reason } };
  }
  const last = pairs.includes('test') ? 'test' : 'implement';
  return { do: 'record', event: { event_type: 'phase_completed', pair: last, ...phase } };
}

/** Refused at the start already; kept here so that no log can lead to tests of a phase that was never implemented. */
function notImplemented(phaseId: string): Step {
  const reason = `test of phase ${phaseId} needs its implement pair to be complete: add implement to --pairs`;
  return { do: 'finish', status: 'fatal_error', reason };
}

function afterGaps(state: RunState): Step {
  const decision = followupDecision(state);
  switch (decision.kind) {
    case 'decided':
      return { do: 'finish', status: 'needs_followup', reason: state.followupSkipped };
    case 'skip':
      return { do: 'record', event: decision.event };
    case 'schedule':
      return { do: 'schedule_followup', depth: decision.depth, maxDepth: decision.maxDepth };
  }
}

function afterRun(state: RunState): Step {
  const { followup, finished } = state;
  if (finished?.status !== 'needs_followup' || followup === null || followup.launched) return { do: 'stop' };
  const { followup_run_id: runId, followup_depth: depth, auto_followup_max_depth: maxDepth } = followup;
  return { do: 'launch_followup', runId, depth, maxDepth };
}
