import { done } from './active.ts';
import type { EventOf, RunEvent } from './events.ts';
import { afterTurn, stillAfter } from './pair.ts';
import { scopeKey, sessionName } from './scope.ts';
import { hasSeparateSessions } from './settings.ts';
import type { ActivePair, RunState, TurnRecord } from './state.ts';

type PairEvent = EventOf<
  | 'cycle_started'
  | 'turn_started'
  | 'phase_finished'
  | 'turn_interrupted'
  | 'auto_answer_finished'
  | 'phase_output_empty'
  | 'question'
  | 'missing_promise_default'
  | 'pair_completed'
  | 'blocked'
  | 'pair_failed'
> &
  RunEvent;

/** Events inside a pair. A log that speaks of a turn outside of any pair is taken as it is: nothing follows from it. */
export function applyInPair(state: RunState, event: PairEvent): RunState {
  const { active } = state;
  if (active === null) return state;
  switch (event.event_type) {
    case 'cycle_started':
      return cycleStarted(state, active, event);
    case 'turn_started':
      return turnStarted(state, active, event);
    case 'phase_finished':
      return turnFinished(state, active, event);
    case 'turn_interrupted':
      return withTurn(state, active, { stage: 'interrupted', edits: event.edits });
    case 'auto_answer_finished':
      return { ...state, active: { ...active, openQuestion: withAnswer(active, event.answer) } };
    case 'question':
      return done(withQuestion(state, active, event), event);
    case 'pair_completed':
      return pairCompleted(state, active, event);
    case 'blocked':
      return done({ ...state, active: { ...active, blockedBy: active.turn?.role ?? 'verifier' } }, event);
    case 'phase_output_empty':
    case 'missing_promise_default':
    case 'pair_failed':
      return done(state, event);
  }
}

function cycleStarted(state: RunState, active: ActivePair, event: EventOf<'cycle_started'> & RunEvent): RunState {
  const { cycle, attempt } = event;
  const isNew = cycle !== active.cycle;
  const begun: ActivePair = {
    ...active,
    cycle,
    attempt,
    asked: isNew ? [] : active.asked,
    changed: isNew ? false : active.changed,
    blanks: 0,
    unreadable: 0,
    todo: active.todo.length === 0 ? [] : [{ do: 'take_turn', role: 'producer', repeat: 'first' }],
  };
  return { ...state, active: begun };
}

function turnStarted(state: RunState, active: ActivePair, event: EventOf<'turn_started'>): RunState {
  const turn: TurnRecord = {
    role: event.phase,
    cycle: event.cycle,
    attempt: event.attempt,
    number: event.turn,
    stage: 'running',
    baseline: event.baseline,
    head: event.head,
    artifacts: event.artifacts,
    edits: null,
    outcome: null,
  };
  const after = { ...active, attempt: event.attempt, turn };
  return { ...state, active: after, lastTurn: event.turn, lastCommit: event.head ?? state.lastCommit };
}

function turnFinished(state: RunState, active: ActivePair, event: EventOf<'phase_finished'> & RunEvent): RunState {
  const { outcome } = event;
  if (outcome === undefined) return state; // release 0.1.x: the turn ended, but what was decided is not known
  const counted: ActivePair = {
    ...active,
    turn: active.turn && { ...active.turn, stage: 'finished', outcome },
    changed: active.changed || outcome.changed,
  };
  const todo = [...afterTurn(state, { ...active, turn: counted.turn }, event), ...active.todo.slice(1)];
  const after: ActivePair = {
    ...counted,
    todo,
    blanks: outcome.kind === 'empty' ? active.blanks + 1 : 0,
    unreadable: outcome.kind === 'unreadable' ? active.unreadable + 1 : 0,
    still: outcome.kind === 'verdict' ? stillAfter(active, outcome.verdict, outcome.changed) : active.still,
  };
  const note = noteAfter(outcome);
  return {
    ...state,
    ...sessionTotals(state, active, event),
    active: after,
    notes: note === null ? [] : [note],
    limitUntil: null,
  };
}

/** What the next turn must be told, when this one went wrong in a way that only the agents can mend. */
function noteAfter(outcome: NonNullable<EventOf<'phase_finished'>['outcome']>): string | null {
  if (outcome.kind === 'unreadable') return outcome.error;
  return outcome.kind === 'verdict' ? (outcome.note ?? null) : null;
}

function sessionTotals(state: RunState, active: ActivePair, event: EventOf<'phase_finished'>): Partial<RunState> {
  const { session_id: sessionId, provider, session_totals: totals } = event;
  if (!sessionId || !provider) return {};
  const name = sessionName(active.scope, event.phase, hasSeparateSessions(state.run.settings));
  return { sessions: { ...state.sessions, [name]: { provider, sessionId, totals: totals ?? null } } };
}

function withTurn(state: RunState, active: ActivePair, change: Partial<TurnRecord>): RunState {
  return { ...state, active: { ...active, turn: active.turn && { ...active.turn, ...change } } };
}

function withAnswer(active: ActivePair, answer: string): ActivePair['openQuestion'] {
  return active.openQuestion && { ...active.openQuestion, autoAnswer: answer };
}

function withQuestion(state: RunState, active: ActivePair, event: EventOf<'question'>): RunState {
  const openQuestion = { role: event.phase, text: event.text ?? '', autoAnswer: null };
  return { ...state, active: { ...active, openQuestion } };
}

function pairCompleted(state: RunState, active: ActivePair, event: EventOf<'pair_completed'> & RunEvent): RunState {
  const key = scopeKey(active.scope);
  const completed = state.completed.includes(key) ? state.completed : [...state.completed, key];
  const { cycle, attempt } = event;
  const lastAudit = active.scope.pair === 'audit' ? { cycle, attempt } : state.lastAudit;
  const after = done({ ...state, completed, lastAudit }, event);
  return after.active?.todo.length === 0 ? { ...after, active: null } : after;
}
