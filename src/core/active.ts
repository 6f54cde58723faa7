import type { EventType, Verdict } from './events.ts';
import type { ActivePair, RunState } from './state.ts';
import type { Step } from './steps.ts';
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

/**
 * Takes the first step off the pair's list if `isIt` says that this is the one which the event has ended; a pair without steps left
 * is over. An event that ends no step, or another one, changes nothing.
 */
export function done(state: RunState, isIt: (head: Step) => boolean): RunState {
  const head = state.active?.todo[0];
  if (state.active === null || head === undefined || !isIt(head)) return state;
  const todo = state.active.todo.slice(1);
  return { ...state, active: todo.length > 0 ? { ...state.active, todo } : null };
}

/** The same for an event that the list itself holds, to be recorded. */
export function recorded(state: RunState, { event_type: type }: { readonly event_type: EventType }): RunState {
  return done(state, (head) => head.do === 'record' && head.event.event_type === type);
}

/** What a pair's list comes to when its run was resumed: the announcement that a stop before has left on it does not count. */
export function dueIn({ todo }: ActivePair): readonly Step[] {
  return todo[0]?.do === 'open_pair' ? todo.slice(1) : todo;
}

/** How many cycles in a row have now ended with this verdict and without a change by an agent. */
export function stillAfter(active: ActivePair, verdict: Verdict, changed: boolean): ActivePair['still'] {
  if (active.changed || changed) return { verdict, cycles: 0 };
  return { verdict, cycles: active.still.verdict === verdict ? active.still.cycles + 1 : 1 };
}
