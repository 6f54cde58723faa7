import type { RunEvent } from './events.ts';
import type { ActivePair, RunState } from './state.ts';
import type { Scope } from './vocabulary.ts';

export const NOT_STILL = { verdict: '', cycles: 0 } as const;

/** A pair that has just been opened. */
export function newPair(scope: Scope): ActivePair {
  return {
    scope,
    cycle: 0,
    attempt: 0,
    boxes: [],
    todo: [],
    reopening: false,
    turn: null,
    blanks: 0,
    unreadable: 0,
    asked: [],
    openQuestion: null,
    changed: false,
    strays: [],
    still: NOT_STILL,
    blockedBy: null,
  };
}

/** Takes the step that this event completes off the pair's list; a pair without steps left is over. */
export function done(state: RunState, event: RunEvent): RunState {
  const head = state.active?.todo[0];
  if (state.active === null || head === undefined) return state;
  const completing = head.do === 'record' ? head.event.event_type : COMPLETING[head.do];
  if (completing !== event.event_type) return state;
  if (event.event_type === 'checkpoint' && head.do === 'checkpoint' && head.subject !== event.subject) return state;
  const todo = state.active.todo.slice(1);
  return { ...state, active: todo.length > 0 ? { ...state.active, todo } : null };
}

/** The event that completes each step of a pair. */
const COMPLETING = {
  begin_cycle: 'cycle_started',
  take_turn: 'phase_finished',
  recover_edits: 'edits_recovered',
  checkpoint: 'checkpoint',
  answer: 'clarified',
  finish: 'run_finished',
} as const;
