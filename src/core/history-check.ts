import type { EventOf, RunEvent } from './events.ts';
import { stateAt } from './rewind.ts';
import { sameScope, scopeKey, scopeOf } from './scope.ts';
import type { RunState } from './state.ts';
import { isPhased, type Pair } from './vocabulary.ts';

/**
 * What makes `event` one that no release could have written after `state`, as the end of a sentence about its line; null: it may
 * follow. Not every order is asked for: logs of 0.1.x leave much out, so what they do not say is never held against them.
 */
export function impossibility(state: RunState, event: RunEvent): string | null {
  switch (event.event_type) {
    case 'pair_started':
      return isPhased(event.pair) ? unselected(state, scopeOf(event.pair, event.phase_id).phaseId) : null;
    case 'phase_started':
    case 'phase_deferred':
    case 'phase_blocked':
      return unselected(state, event.phase_id);
    case 'phase_completed':
      return unselected(state, event.phase_id) ?? unfinishedPhase(state, event.phase_id);
    case 'phase_finished':
      return event.outcome === undefined ? null : withoutTurn(state, event);
    case 'pair_completed':
      return neverBegan(state, event);
    case 'audit_clean':
    case 'audit_gaps_found':
    case 'audit_result_invalid':
      return isOurs(state) && !state.completed.includes('audit')
        ? 'tells the result of an audit that is not over'
        : null;
    case 'run_rewound':
      return stateAt(state, event.to_seq) === null
        ? `goes back to event ${event.to_seq}, which is no checkpoint`
        : null;
    case 'run_finished':
      return event.status === 'success' ? undue(state) : null;
    default:
      return null;
  }
}

/** Logs of release 0.1.x record no settings. */
const isOurs = ({ run }: RunState) => run.settings !== null;

function unselected(state: RunState, phaseId: string | null): string | null {
  const { selection } = state;
  if (selection === null) return isOurs(state) ? 'works on a phase before phases were selected' : null;
  if (phaseId === null || selection.phaseIds.includes(phaseId)) return null;
  return `works on phase ${phaseId}, which was not selected`;
}

function unfinishedPhase(state: RunState, phaseId: string): string | null {
  if (!isOurs(state)) return null;
  const due = state.run.pairs.filter(isPhased).find((pair) => !isDone(state, pair, phaseId));
  return due === undefined ? null : `completes phase ${phaseId}, but its ${due} pair is not complete`;
}

function withoutTurn({ active }: RunState, event: EventOf<'phase_finished'>): string | null {
  const turn = active?.turn;
  const isIts =
    active?.scope.pair === event.pair &&
    turn?.stage === 'running' &&
    turn.role === event.phase &&
    turn.cycle === event.cycle;
  return isIts ? null : `ends a turn of the ${event.phase} of ${event.pair} that had not begun`;
}

function neverBegan(state: RunState, event: EventOf<'pair_completed'>): string | null {
  const { pair } = event;
  const scope = scopeOf(pair, event.phase_id);
  const hasBegun = isOurs(state)
    ? state.opened.includes(scopeKey(scope))
    : state.opened.some((key) => key === pair || key.startsWith(`${pair}:`));
  if (!hasBegun) return `completes ${scopeKey(scope)}, which never began`;
  const { active } = state;
  const turn = active?.turn ?? null;
  if (!isOurs(state) || turn === null || active === null || !sameScope(active.scope, scope)) return null;
  const { outcome } = turn;
  const isVerdict = outcome?.kind === 'verdict' && outcome.verdict === 'complete';
  return isVerdict ? null : `completes ${scopeKey(scope)}, of which no verifier said so`;
}

function undue(state: RunState): string | null {
  const due = state.run.pairs.find((pair) => (isPhased(pair) ? isPhaseDue(state, pair) : !isDone(state, pair, null)));
  if (due !== undefined) return `ends the run as success, but its ${due} pair is not complete`;
  const isUnread = isOurs(state) && state.run.pairs.includes('audit') && state.audit.result !== 'clean';
  return isUnread ? 'ends the run as success, but its audit was not clean' : null;
}

function isPhaseDue(state: RunState, pair: 'implement' | 'test'): boolean {
  if (state.selection === null) return !state.completed.some((key) => key.startsWith(`${pair}:`));
  return state.selection.phaseIds.some((id) => !isDone(state, pair, id));
}

function isDone({ completed }: RunState, pair: Pair, phaseId: string | null): boolean {
  return completed.includes(scopeKey({ pair, phaseId }));
}
