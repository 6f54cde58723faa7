import type { EventOf } from './events.ts';
import type { RunState } from './state.ts';

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
      return { ...state, audit: { result: 'invalid', error: event.error } };
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

function followupFacts(event: EventOf<'auto_followup_scheduled' | 'auto_followup_launched'>) {
  const { followup_run_id, followup_depth, auto_followup_max_depth } = event;
  return { followup_run_id, followup_depth, auto_followup_max_depth };
}
