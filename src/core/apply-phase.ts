import type { EventOf } from './events.ts';
import type { PhaseFacts, RunState } from './state.ts';
import type { Pair, PhaseStatus } from './vocabulary.ts';
import { ownValue } from './own-value.ts';

type PhaseEvent = EventOf<
  'phase_scope_resolved' | 'phase_started' | 'phase_deferred' | 'phase_completed' | 'phase_blocked'
> & { readonly ts: string; readonly run_id: string };

/** Events about phases of the plan: the selection, and each phase's status and history as run.json shows them. */
export function applyPhase(state: RunState, event: PhaseEvent): RunState {
  switch (event.event_type) {
    case 'phase_scope_resolved': {
      const phases = Object.fromEntries(event.phase_ids.map((id) => [id, ownValue(state.phases, id) ?? PLANNED]));
      const selection = { mode: event.phase_mode, phaseIds: event.phase_ids, explicit: event.explicit };
      return { ...state, selection, phases };
    }
    case 'phase_started':
      return withStatus(state, event, { status: 'in_progress', started: true });
    case 'phase_deferred':
      return withStatus(state, event, { deferred: true });
    case 'phase_completed':
      return withStatus(state, event, { status: 'completed', pair: event.pair });
    case 'phase_blocked':
      return withStatus(state, event, { status: 'blocked', pair: event.pair });
  }
}

interface Change {
  readonly status?: PhaseStatus;
  readonly started?: true;
  readonly deferred?: true;
  readonly pair?: Pair;
}

/** Sets what changes of a phase; the history gets an entry only when its status does. */
export function withStatus(
  state: RunState,
  event: { readonly phase_id: string; readonly run_id: string; readonly ts: string },
  change: Change,
): RunState {
  const before = ownValue(state.phases, event.phase_id) ?? PLANNED;
  const status = change.status ?? before.status;
  const after: PhaseFacts = {
    status,
    started: before.started || change.started === true,
    deferred: before.deferred || change.deferred === true,
  };
  const phases = { ...state.phases, [event.phase_id]: after };
  if (status === before.status) return { ...state, phases };
  const entry = { phase_id: event.phase_id, run_id: event.run_id, status, ts: event.ts };
  return { ...state, phases, history: [...state.history, change.pair ? { ...entry, pair: change.pair } : entry] };
}

const PLANNED: PhaseFacts = { status: 'planned', started: false, deferred: false };
