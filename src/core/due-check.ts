import { kindOf } from './checkpoints.ts';
import type { EventBody, EventOf, RunEvent } from './events.ts';
import { next } from './next.ts';
import { ownValue } from './own-value.ts';
import { sameScope, scopeOf } from './scope.ts';
import type { RunState } from './state.ts';
import type { Step } from './steps.ts';

/**
 * Why `event` cannot follow from the step that is due after `state`, as the end of a sentence about its line; null: it can, or it follows
 * from no step. A log of a release that records settings tells each step by the event that ends it: one without its step is made up.
 */
export function unbidden(state: RunState, event: RunEvent): string | null {
  const isIt = ownValue(ENDS, event.event_type) as Ending | undefined;
  if (isIt === undefined || isIt(next(state), event, state)) return null;
  return 'follows from nothing that was due';
}

type Ending = (due: Step, event: EventBody, state: RunState) => boolean;

type Ends = {
  readonly [T in EventBody['event_type']]?: (
    due: Step,
    event: Extract<EventBody, { event_type: T }>,
    state: RunState,
  ) => boolean;
};

/** Whether the step that is due is the one which the event ends. */
const ENDS: Ends = {
  pair_started: (due, event) => due.do === 'open_pair' && sameScope(due.scope, scopeOf(event.pair, event.phase_id)),
  cycle_started: isRecord,
  turn_started: (due, event, { active }) =>
    due.do === 'take_turn' &&
    active?.turn?.stage !== 'running' &&
    sameScope(due.scope, scopeOf(event.pair, event.phase_id)) &&
    due.role === event.phase &&
    due.cycle === event.cycle &&
    due.attempt === event.attempt,
  session_identified: (due) => due.do === 'take_turn' || due.do === 'answer',
  phase_finished: (due, { attempt }, { active }) => due.do === 'take_turn' && active?.turn?.attempt === attempt,
  turn_interrupted: (due, event, { active }) =>
    due.do === 'answer' || (active?.turn?.stage === 'running' && active.turn.role === event.phase),
  edits_recovered: (due) => due.do === 'recover_edits',
  checkpoint: (due, event) => {
    const kind = kindOf(event);
    return kind === null || (due.do === 'checkpoint' && due.checkpoint.kind === kind);
  },
  question: isRecord,
  auto_answer_finished: (due) => due.do === 'answer',
  clarified: (due, { clarification }) => clarification.question === null || due.do === 'answer',
  phase_output_empty: isRecord,
  missing_promise_default: isRecord,
  check_started: isOfCheck,
  check_finished: isOfCheck,
  checks_judged: isOfCheck,
  evidence_reported: (due, { verified }, { checks }) =>
    !verified ||
    (due.do === 'report_evidence' &&
      checks.judged.end?.verdict === 'passed' &&
      (checks.resolved?.checks.length ?? 0) > 0),
  pair_completed: isRecord,
  blocked: isRecord,
  pair_failed: isRecord,
  approval_requested: (due) => due.do === 'await_approval',
  approval_given: (due, { sha256 }) => due.do === 'await_approval' && due.asked === sha256,
  phase_scope_resolved: (due) => due.do === 'select_phases',
  phase_started: isRecord,
  phase_deferred: isRecord,
  phase_completed: isRecord,
  phase_blocked: isRecord,
  audit_result_invalid: (due) => due.do === 'read_audit_result',
  audit_clean: (due) => due.do === 'read_audit_result',
  audit_gaps_found: (due) => due.do === 'read_audit_result',
  auto_followup_scheduled: (due) => due.do === 'schedule_followup',
  auto_followup_skipped: isRecord,
  auto_followup_launched: (due) => due.do === 'launch_followup',
  run_finished: (due, { status }) =>
    !(status === 'success' || status === 'unverified') || (due.do === 'finish' && due.status === status),
};

/** Whether the event is the one that is to be recorded, as far as it says where it belongs. */
function isRecord(due: Step, event: EventBody): boolean {
  if (due.do !== 'record') return false;
  const ours: Readonly<Record<string, unknown>> = { ...due.event };
  const theirs: Readonly<Record<string, unknown>> = { ...event };
  return PLACE.every((field) => (ours[field] ?? null) === (theirs[field] ?? null));
}

const PLACE = ['event_type', 'pair', 'phase_id', 'phase', 'cycle', 'attempt'] as const;

/** The checks of the base are run again where a person has them resolved anew. */
function isOfCheck(
  due: Step,
  { at }: EventOf<'check_started' | 'check_finished' | 'checks_judged'>,
  { checks }: RunState,
): boolean {
  return checks.resolved !== null && (at === 'base' || (due.do === 'check' && due.at === at));
}
