import { unbidden } from './due-check.ts';
import type { EventOf, RunEvent } from './events.ts';
import { stateAt } from './rewind.ts';
import { sameScope, scopeKey, scopeOf } from './scope.ts';
import type { RunState } from './state.ts';
import { isPhased, type Pair } from './vocabulary.ts';

/**
 * What makes `event` one that no release could have written after `state`, as the end of a sentence about its line; null: it may
 * follow. Of logs of 0.1.x not every order is asked for: they leave much out, and what they do not say is never held against them.
 */
export function impossibility(state: RunState, event: RunEvent): string | null {
  return flawIn(state, event) ?? (isOurs(state) ? unbidden(state, event) : null);
}

function flawIn(state: RunState, event: RunEvent): string | null {
  if (isOurs(state) && state.at === 'finished' && WORK.has(event.event_type))
    return 'goes on behind the end of the run';
  switch (event.event_type) {
    case 'run_started':
      return state.at === 'unborn' ? null : 'starts a run that had started';
    case 'cycle_started':
    case 'turn_started':
      return outsidePair(state, event);
    case 'phase_scope_resolved':
      return selectedEarly(state);
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

/** What only a run that goes on writes: an end is followed by nothing of it, unless the run is resumed. */
const WORK: ReadonlySet<RunEvent['event_type']> = new Set([
  'pair_started',
  'cycle_started',
  'turn_started',
  'phase_finished',
  'pair_completed',
  'phase_scope_resolved',
  'run_finished',
]);

function selectedEarly(state: RunState): string | null {
  if (!isOurs(state)) return null;
  if (state.selection !== null) return 'selects phases a second time';
  const isDue = state.run.pairs.includes('plan') && !isDone(state, 'plan', null);
  return isDue ? 'selects phases of a plan that is not complete' : null;
}

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

function outsidePair(state: RunState, event: EventOf<'cycle_started' | 'turn_started'>): string | null {
  const scope = scopeOf(event.pair, event.phase_id);
  const isWithin = !isOurs(state) || (state.active !== null && sameScope(state.active.scope, scope));
  return isWithin ? null : `works on ${scopeKey(scope)}, which is not open`;
}

function withoutTurn(state: RunState, event: EventOf<'phase_finished'>): string | null {
  const { active } = state;
  const turn = active?.turn;
  const scope = scopeOf(event.pair, event.phase_id);
  const isIts =
    active !== null &&
    (isOurs(state) ? sameScope(active.scope, scope) : active.scope.pair === event.pair) &&
    turn?.stage === 'running' &&
    turn.role === event.phase &&
    turn.cycle === event.cycle;
  if (!isIts) return `ends a turn of the ${event.phase} of ${event.pair} that had not begun`;
  const isTheirs = event.outcome?.kind !== (event.phase === 'producer' ? 'verdict' : 'produced');
  return isTheirs ? null : `has an outcome that no ${event.phase} comes to`;
}

function neverBegan(state: RunState, event: EventOf<'pair_completed'>): string | null {
  const { pair } = event;
  const scope = scopeOf(pair, event.phase_id);
  const hasBegun = isOurs(state)
    ? state.opened.includes(scopeKey(scope))
    : state.opened.some((key) => key === pair || key.startsWith(`${pair}:`));
  if (!hasBegun) return `completes ${scopeKey(scope)}, which never began`;
  if (!isOurs(state)) return null;
  const { active } = state;
  const turn =
    active !== null && sameScope(active.scope, scope) && active.turn?.cycle === event.cycle ? active.turn : null;
  const outcome = turn?.outcome;
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
