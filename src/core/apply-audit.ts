import { newPair } from './active.ts';
import type { EventOf } from './events.ts';
import { cycleStep } from './pair.ts';
import { scopeKey, scopeOf } from './scope.ts';
import type { ActivePair, RunState } from './state.ts';
import { ownValue } from './own-value.ts';

type AuditEvent = EventOf<
  | 'audit_result_invalid'
  | 'audit_clean'
  | 'audit_gaps_found'
  | 'auto_followup_scheduled'
  | 'auto_followup_launched'
  | 'auto_followup_skipped'
>;

/** Events about what the audit found, and the run that follows from it. */
export function applyAudit(state: RunState, event: AuditEvent): RunState {
  switch (event.event_type) {
    case 'audit_result_invalid':
      return hasRoom(state)
        ? withAnotherAudit(state, event.error)
        : { ...state, audit: { result: 'invalid', error: event.error } };
    case 'audit_clean':
      return { ...state, audit: { result: 'clean' } };
    case 'audit_gaps_found':
      return { ...state, audit: { result: 'gaps' } };
    case 'auto_followup_scheduled':
      return { ...state, followup: { ...followupFacts(event), launched: false }, followupSkipped: null };
    case 'auto_followup_launched':
      return { ...state, followup: { ...followupFacts(event), launched: true } };
    case 'auto_followup_skipped':
      return { ...state, followupSkipped: event.reason };
  }
}

/** Release 0.2.0 and those before it ended the run. */
function hasRoom({ run, active, lastAudit }: RunState): boolean {
  return run.format > 0 && active === null && lastAudit.cycle < run.maxIterations;
}

/** An audit whose result could not be read gets another cycle, with the error as the first thing its producer is told. */
export function withAnotherAudit(state: RunState, error: string): RunState {
  const scope = scopeOf('audit', null);
  const before: ActivePair = { ...newPair(scope), cycle: 1, attempt: 1, ...ownValue(state.left, scopeKey(scope)) };
  const active = { ...before, todo: [{ do: 'open_pair', scope }, cycleStep(before, before.cycle + 1)] as const };
  const completed = state.completed.filter((key) => key !== 'audit');
  return { ...state, completed, active, audit: { result: 'unread' }, notes: [...state.notes, error] };
}

function followupFacts(event: EventOf<'auto_followup_scheduled' | 'auto_followup_launched'>) {
  const { followup_run_id, followup_depth, auto_followup_max_depth } = event;
  return { followup_run_id, followup_depth, auto_followup_max_depth };
}
