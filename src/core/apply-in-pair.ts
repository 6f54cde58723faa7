import { done, recorded, stillAfter } from './active.ts';
import type { EventOf, Outcome, RunEvent } from './events.ts';
import { afterTurn, producersTurn } from './pair.ts';
import { scopeKey, sessionName } from './scope.ts';
import { hasSeparateSessions } from './settings.ts';
import { laterTotals } from './totals.ts';
import type { ActivePair, RunState } from './state.ts';
import type { Role } from './vocabulary.ts';
import type { Step, TurnRecord } from './steps.ts';
import { ownValue } from './own-value.ts';

/**
 * Events inside a pair. A log that speaks of a turn outside of any pair is taken as it is: nothing follows from it, nor from an event
 * that only a newer release knows.
 */
export function applyInPair(state: RunState, event: RunEvent): RunState {
  const { active } = state;
  if (active === null) return state;
  switch (event.event_type) {
    case 'noticed':
      return event.kind === OLDER_VERIFIER_EDITS ? withStrays(state, active, event.paths ?? []) : state;
    case 'verifier_edited':
      return withStrays(state, active, event.paths);
    case 'cycle_started':
      return cycleStarted(state, active, event);
    case 'turn_started':
      return turnStarted(state, active, event);
    case 'phase_finished':
      return turnFinished(state, active, event);
    case 'turn_interrupted':
      return withTurn({ ...state, sessions: sessionsAfterInterruption(state, active, event) }, active, {
        stage: 'interrupted',
        ticked: null,
        edits: event.edits,
      });
    case 'edits_recovered':
      return done(editsRecovered(state, active, event), (head) => head.do === 'recover_edits');
    case 'auto_answer_finished':
      return { ...state, active: { ...active, todo: withAnswer(active.todo, event.answer) } };
    case 'question':
      return recorded(withQuestion(state, active, event), event);
    case 'pair_completed':
      return pairCompleted(state, active, event);
    case 'blocked':
      return ended(state, { ...active, blockedBy: active.turn?.role ?? 'verifier' }, event);
    case 'pair_failed':
      return ended(state, active, event);
    case 'phase_output_empty':
    case 'missing_promise_default':
      return recorded(state, event);
    default:
      return state;
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
    blanks: isNew ? 0 : active.blanks,
    unreadable: isNew ? 0 : active.unreadable,
    strays: [],
    todo: active.todo.length === 0 ? [] : [producersTurn(active.scope, cycle, attempt)],
  };
  return { ...state, active: begun, checks: { ...state.checks, inCycle: null } };
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
    branch: event.branch,
    artifacts: event.artifacts,
    ticked: event.ticked ?? null,
    edits: null,
    outcome: null,
  };
  const after = { ...active, attempt: event.attempt, turn };
  const checks = { ...state.checks, left: null };
  return { ...state, active: after, lastTurn: event.turn, lastCommit: event.head ?? state.lastCommit, checks };
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
  const failed = outcome.kind === 'empty' || outcome.kind === 'unreadable';
  const after: ActivePair = {
    ...counted,
    todo,
    blanks: failed ? active.blanks + Number(outcome.kind === 'empty') : 0,
    unreadable: failed ? active.unreadable + Number(outcome.kind === 'unreadable') : 0,
    strays: failed ? active.strays : [],
    still: outcome.kind === 'verdict' ? stillAfter(active, outcome.verdict, outcome.changed) : active.still,
  };
  return {
    ...state,
    ...afterSession(state, active, event),
    active: after,
    ...notesAfter(state, outcome, event.phase),
    limitUntil: null,
  };
}

/** What the next turn must be told: what this one got wrong. A blank turn has taken nothing in: it is told again. */
function notesAfter(
  { notes, notesForProducer }: RunState,
  outcome: Outcome,
  role: Role,
): Pick<RunState, 'notes' | 'notesForProducer'> {
  if (outcome.kind === 'empty') return { notes, notesForProducer };
  const still = role === 'verifier' || outcome.kind === 'unreadable' ? notesForProducer : [];
  if (outcome.kind === 'unreadable') return { notes: [outcome.error, ...still], notesForProducer: still };
  const told = outcome.kind === 'verdict' && outcome.note !== undefined ? [outcome.note] : [];
  return { notes: [...told, ...still], notesForProducer: still };
}

function afterSession(state: RunState, active: ActivePair, event: EventOf<'phase_finished'>): Partial<RunState> {
  const { session_id: sessionId, provider, session_totals: totals } = event;
  const name = sessionName(active.scope, event.phase, hasSeparateSessions(state.run.settings));
  const heard = state.heard.includes(name) ? state.heard : [...state.heard, name];
  if (!sessionId || !provider) return { heard };
  const agent = ownValue(state.sessions, name)?.agent;
  const known = { provider, ...(agent === undefined ? {} : { agent }), sessionId, totals: totals ?? null };
  return { heard, sessions: { ...state.sessions, [name]: known } };
}

/** A turn that failed may tell what its session has used by then. */
function sessionsAfterInterruption(
  state: RunState,
  active: ActivePair,
  { phase: role, session_id: id, session_totals: totals }: EventOf<'turn_interrupted'>,
): RunState['sessions'] {
  const name = sessionName(active.scope, role, hasSeparateSessions(state.run.settings));
  const known = ownValue(state.sessions, name);
  if (known === undefined || known.sessionId !== id) return state.sessions;
  return { ...state.sessions, [name]: { ...known, totals: laterTotals(known.totals, totals ?? null) } };
}

/** A lost turn's edits are an agent's change of this cycle like any other. */
function editsRecovered(state: RunState, active: ActivePair, event: EventOf<'edits_recovered'>): RunState {
  const changed = active.changed || event.commit !== null;
  return withTurn(
    { ...state, ...committed(state, event.commit) },
    { ...active, changed },
    { stage: 'recovered', ticked: null },
  );
}

/** A checkpoint was tried and logged, with or without a commit: the next one has another identity. */
export function committed(state: RunState, commit: string | null): Pick<RunState, 'checkpoints' | 'lastCommit'> {
  return { checkpoints: state.checkpoints + 1, lastCommit: commit ?? state.lastCommit };
}

/** A pair that is blocked or failed. Older releases end the run now, and a resume goes on as after any such end. */
function ended(state: RunState, active: ActivePair, event: EventOf<'blocked' | 'pair_failed'> & RunEvent): RunState {
  if (state.run.settings !== null) return recorded({ ...state, active }, event);
  const status = event.event_type === 'blocked' ? 'blocked' : 'failed';
  return { ...state, active: { ...active, todo: [{ do: 'finish', status, reason: null }] } };
}

function withTurn(state: RunState, active: ActivePair, change: Partial<TurnRecord>): RunState {
  return { ...state, active: { ...active, turn: active.turn && { ...active.turn, ...change } } };
}

/** The question that is due need not be put to an agent any more. */
function withAnswer(todo: readonly Step[], answer: string): readonly Step[] {
  return todo.map((step) => (step.do === 'answer' ? { ...step, autoAnswer: answer } : step));
}

/** The kind under which release 0.2.0 noticed that a verifier had edited sources. */
const OLDER_VERIFIER_EDITS = 'verifier_edits';

function withStrays(state: RunState, active: ActivePair, paths: readonly string[]): RunState {
  return { ...state, active: { ...active, strays: [...new Set([...active.strays, ...paths])] } };
}

function withQuestion(state: RunState, active: ActivePair, event: EventOf<'question'>): RunState {
  const openQuestion = { role: event.phase, text: event.text ?? '', seq: state.seq };
  return { ...state, active: { ...active, openQuestion } };
}

function pairCompleted(state: RunState, active: ActivePair, event: EventOf<'pair_completed'> & RunEvent): RunState {
  const key = scopeKey(active.scope);
  const completed = state.completed.includes(key) ? state.completed : [...state.completed, key];
  const { cycle, attempt } = event;
  const at = { cycle, attempt, boxes: active.boxes };
  const lastAudit = active.scope.pair === 'audit' ? at : state.lastAudit;
  const lastPlan = active.scope.pair === 'plan' ? at : state.lastPlan;
  const after = { ...state, completed, lastAudit, lastPlan, left: { ...state.left, [scopeKey(active.scope)]: at } };
  // Where the pair was not known to be complete, a log of 0.1.x says so: nothing of it is left to do.
  return active.todo[0]?.do === 'record' ? recorded(after, event) : { ...after, active: null };
}
