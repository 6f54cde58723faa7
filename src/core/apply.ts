import type { EventOf, RunEvent } from './events.ts';
import { done, newPair, NOT_STILL, recorded } from './active.ts';
import { kindOf } from './checkpoints.ts';
import { continuation, cycleStep } from './pair.ts';
import { approvalGiven } from './apply-approval.ts';
import { applyAudit, withAnotherAudit } from './apply-audit.ts';
import {
  applyChecks,
  chainBaseOf,
  checksReopened,
  runFinished,
  startedChecks,
  withPhaseCommit,
  withPhaseTrees,
} from './apply-checks.ts';
import { isCheckEvent } from './checks/check-events.ts';
import { alsoDecided } from './decided.ts';
import { writerAfter } from './format.ts';
import { applyInPair, committed } from './apply-in-pair.ts';
import { applyPhase, withStatus } from './apply-phase.ts';
import type { RunRewound } from './rewind-events.ts';
import { canGoBackTo, reachable, rewound } from './rewind.ts';
import { scopeKey, scopeOf, sameScope } from './scope.ts';
import { type ActivePair, type RunFacts, type RunState, UNBORN } from './state.ts';
import { parseTimestamp } from './time.ts';
import { spent, withCost } from './spent.ts';
import { NOTHING_USED, totalsOf } from './totals.ts';
import { addedPairs } from './pairs.ts';
import { unheardAfter } from './unheard.ts';
import { isPhased, type Pair, type RunStatus } from './vocabulary.ts';
import { ownValue } from './own-value.ts';

/** The state after a whole log: `apply` folded over its events. */
export function replay(events: Iterable<RunEvent>): RunState {
  let state = UNBORN;
  for (const event of events) state = apply(state, event);
  return state;
}

/**
 * The state after one more event. Total: facts of every known event are taken in, whoever wrote it, in whatever order, and an
 * event type that this release does not know changes nothing but the sequence number.
 */
export function apply(before: RunState, event: RunEvent): RunState {
  const folded = event.event_type === 'run_rewound' ? rewound(before, event) : applied(before, event);
  const decided = alsoDecided(folded, event);
  const unheard = unheardAfter(before.unheard, event);
  const after = decided.unheard === unheard ? decided : { ...decided, unheard };
  return canGoBackTo(event) ? reachable(after) : after;
}

function applied(before: RunState, event: Exclude<RunEvent, RunRewound>): RunState {
  const state: RunState = { ...before, seq: event.seq };
  if (isCheckEvent(event)) return applyChecks(state, event);
  switch (event.event_type) {
    case 'run_started':
      return {
        ...state,
        ...startedChecks(state, event),
        at: 'working',
        finished: null,
        run: openedFacts(state, event),
      };
    case 'run_resumed':
      return resumed(state, event);
    case 'run_finished':
      return runFinished(state, event);
    case 'pair_started':
      return pairStarted(state, event);
    case 'phase_scope_resolved':
    case 'phase_started':
    case 'phase_deferred':
    case 'phase_completed':
    case 'phase_blocked':
      return withPhaseTrees(applyPhase(recorded(state, event), event), event);
    case 'session_identified':
      return withSession(state, event);
    case 'checkpoint':
      return afterCheckpoint(state, event);
    case 'clarified':
      return clarified(state, event);
    case 'commanded':
      return withCommand(state, event.command_id);
    case 'approval_requested':
      return { ...state, approval: { ...state.approval, asked: event.sha256 } };
    case 'approval_given':
      return approvalGiven(withCommand(state, event.command_id), event);
    case 'limit_wait':
      return { ...state, limitUntil: event.until };
    case 'audit_result_invalid':
    case 'audit_clean':
    case 'audit_gaps_found':
    case 'auto_followup_scheduled':
    case 'auto_followup_launched':
    case 'auto_followup_skipped':
      return applyAudit(state, event);
    default:
      return applyInPair(spent(state, event), event);
  }
}

function openedFacts(state: RunState, event: EventOf<'run_started' | 'run_resumed'> & RunEvent): RunFacts {
  return {
    runId: event.run_id,
    createdAt: state.run.createdAt ?? event.ts,
    taskId: event.task_id,
    pairs: event.pairs,
    maxIterations: event.max_iterations,
    useGit: event.use_git,
    parentRunId: event.parent_run_id ?? null,
    depth: event.followup_depth ?? 0,
    settings: event.settings ?? null,
    changedSettings: event.event_type === 'run_resumed' ? (event.changed_settings ?? []) : [],
    spentBefore: event.spent_before ?? state.run.spentBefore,
    ...(event.worktree ? { worktree: event.worktree } : {}),
    ...chainBaseOf(state, event),
    programs: event.programs ?? {},
    ...writerAfter(state.run, event),
  };
}

function resumed(state: RunState, event: EventOf<'run_resumed'> & RunEvent): RunState {
  const open = withKnownSteps(
    reopened(withLostTurn({ ...state, run: openedFacts(state, event), resumedAt: parseTimestamp(event.ts) })),
  );
  const added = state.finished?.status === 'success' ? addedPairs(state.run.pairs, event.pairs) : [];
  return added.length === 0 ? open : withAddedPairs(open, added);
}

/** A complete run that is given more pairs works through them on the plan that it has; what is complete stays so. */
function withAddedPairs(state: RunState, added: readonly Pair[]): RunState {
  const phases = Object.entries(state.phases).map(([id, facts]) => {
    const again = facts.status === 'completed' && added.some(isPhased);
    return [id, again ? { ...facts, status: 'in_progress' as const, deferred: false } : facts] as const;
  });
  return { ...state, active: null, completionCommitted: false, phases: Object.fromEntries(phases) };
}

/**
 * A resumed run: what stopped it is forgotten, and the pair in progress is opened again where it stood. A run that was killed goes
 * on as if nothing had happened; only an end that was logged, and so was seen by whoever resumes, gives new chances.
 */
function reopened(before: RunState): RunState {
  const ended = before.finished?.status ?? null;
  const state: RunState = { ...before, at: 'working', finished: null, checks: checksReopened(before, ended) };
  if (ended === 'failed' && state.audit.result === 'invalid') return withAnotherAudit(state, state.audit.error);
  if (ended === 'needs_followup') return { ...state, active: null, followupSkipped: null };
  const { active } = state;
  if (active === null || isOver(state, active)) return { ...state, active: null };
  const fresh = withNewChances(active, ended);
  const todo = continuation(state, fresh, ended);
  // Where only the end of the run is left, nobody works on the pair again.
  const isWorkedOn = !state.completed.includes(scopeKey(active.scope)) && todo[0]?.do !== 'finish';
  const announced = { do: 'open_pair', scope: active.scope } as const;
  return { ...state, active: { ...fresh, todo: isWorkedOn ? [announced, ...todo] : todo } };
}

/** The counts that bound a pair begin anew where one of them has ended the run. */
function withNewChances(active: ActivePair, ended: RunStatus | null): ActivePair {
  if (ended === null) return active;
  return {
    ...active,
    blanks: 0,
    unreadable: 0,
    asked: ended === 'blocked' ? [] : active.asked,
    still: ended === 'failed' ? NOT_STILL : active.still,
  };
}

/** A log that an older release goes on with does not tell one step from the next: nothing in it would take them off the list. */
function withKnownSteps(state: RunState): RunState {
  const isOlder = state.run.settings === null;
  return isOlder && state.active !== null ? { ...state, active: { ...state.active, todo: [] } } : state;
}

function isOver(state: RunState, active: ActivePair): boolean {
  return state.completed.includes(scopeKey(active.scope)) && active.todo.length === 0;
}

function pairStarted(before: RunState, event: EventOf<'pair_started'> & RunEvent): RunState {
  const scope = scopeOf(event.pair, event.phase_id);
  const state = unblocked(withOpened(before, scopeKey(scope)), scope.phaseId, event);
  const { active } = state;
  const known = active !== null && sameScope(active.scope, scope) ? active : newPair(scope);
  if (known.todo[0]?.do === 'open_pair') return { ...state, active: { ...known, todo: known.todo.slice(1) } };
  const todo = state.run.settings === null ? [] : [cycleStep(known, 1)];
  return { ...state, active: { ...known, boxes: event.boxes ?? known.boxes, todo } };
}

function withOpened(state: RunState, key: string): RunState {
  return state.opened.includes(key) ? state : { ...state, opened: [...state.opened, key] };
}

function afterCheckpoint(state: RunState, event: EventOf<'checkpoint'>): RunState {
  const kind = kindOf(event);
  const after = done(state, (head) => head.do === 'checkpoint' && head.checkpoint.kind === kind);
  const completionCommitted = state.completionCommitted || kind === 'completion';
  return withPhaseCommit({ ...after, ...committed(state, event.commit), completionCommitted }, event);
}

function clarified(before: RunState, event: EventOf<'clarified'> & RunEvent): RunState {
  const { clarification } = event;
  const state = withCommand(before, event.command_id ?? null);
  const { question, answer } = clarification;
  const note = question === null ? answer : `Question:\n${question}\n\nAnswer:\n${answer}`;
  const clarifications = [...state.clarifications, clarification];
  const isVerifiers = question === null && clarification.phase === 'verifier';
  const notesForProducer = isVerifiers ? [...state.notesForProducer, note] : state.notesForProducer;
  const after = { ...state, clarifications, notes: [...state.notes, note], notesForProducer };
  if (question === null || after.active === null) return after;
  const asked = clarification.source === 'auto' ? [...after.active.asked, question] : after.active.asked;
  const answered = { ...after, active: { ...after.active, asked, openQuestion: null } };
  return done(answered, (head) => head.do === 'answer');
}

function withCommand(state: RunState, id: string | null): RunState {
  return id === null || state.commands.includes(id) ? state : { ...state, commands: [...state.commands, id] };
}

function withSession(state: RunState, event: EventOf<'session_identified'>): RunState {
  const { provider, agent, session_id: sessionId } = event;
  const known = { provider, ...(agent === undefined ? {} : { agent }), sessionId, totals: NOTHING_USED };
  return { ...state, sessions: { ...state.sessions, [event.session]: known } };
}

/** A blocked phase that is worked on again is in progress again. */
function unblocked(state: RunState, phaseId: string | null, event: RunEvent): RunState {
  if (phaseId === null || ownValue(state.phases, phaseId)?.status !== 'blocked') return state;
  return withStatus(state, { phase_id: phaseId, run_id: event.run_id, ts: event.ts }, { status: 'in_progress' });
}

/** A turn that was under way when the process died counts as one; its time and tokens are not known. */
function withLostTurn(state: RunState): RunState {
  const { active } = state;
  if (active?.turn?.stage !== 'running') return state;
  const counted = withCost(state, active.scope.pair, totalsOf({}));
  return { ...counted, active: { ...active, turn: { ...active.turn, stage: 'interrupted' } } };
}
