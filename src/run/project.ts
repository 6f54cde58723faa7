import { providerOf } from '../core/vocabulary.ts';
import type { RunEvent } from '../core/events.ts';
import type { RunState } from '../core/state.ts';
import type { RunMetadata, RunStore } from './store-port.ts';
import { ownValue } from '../core/own-value.ts';

/**
 * Brings the files that mirror the log in line with it after an event: run.json, and the ledgers of a clarification. Idempotent, so
 * that a crash between the event and its files is mended by projecting the last state again (`projectAll`).
 */
export async function project(store: RunStore, state: RunState, event: RunEvent): Promise<void> {
  switch (event.event_type) {
    case 'run_started':
    case 'run_resumed':
    case 'phase_scope_resolved':
    case 'phase_started': // and not `phase_completed`: the next phase, the next pair or the end of the run follows at once
    case 'phase_blocked':
    case 'pair_started':
    case 'run_finished':
    case 'run_rewound':
      return saveMetadata(store, state);
    case 'clarified':
      return recordClarification(store, state);
    default:
      return;
  }
}

/** Everything that `project` keeps in line, from the state alone: what a start does first. */
export async function projectAll(store: RunStore, state: RunState): Promise<void> {
  if (state.at === 'unborn') return;
  await saveMetadata(store, state);
  await recordClarification(store, state);
}

async function saveMetadata(store: RunStore, state: RunState): Promise<void> {
  const metadata = runMetadata(store, state);
  if (metadata !== null) await store.saveRunMetadata(metadata);
}

/** run.json as the log implies it (docs/state.md); null while the log does not say who runs. */
export function runMetadata(store: RunStore, state: RunState): RunMetadata | null {
  const { runId, createdAt, settings } = state.run;
  if (runId === null || createdAt === null || settings === null) return null;
  const folder = `${store.taskFolder}/runs/${runId}`;
  return {
    run_id: runId,
    created_at: createdAt,
    request_file: `${folder}/request.md`,
    artifacts_dir: `${folder}/artifacts`,
    provider: providerOf(settings.provider.name),
    ...(state.run.worktree === undefined ? {} : { worktree: state.run.worktree }),
    ...phaseMetadata(state, runId, folder),
  };
}

function phaseMetadata(state: RunState, runId: string, folder: string): Partial<RunMetadata> {
  const { selection, phases, history } = state;
  if (selection === null) return {};
  const ids = selection.phaseIds;
  const current = ids.findIndex((id) => ownValue(phases, id)?.status !== 'completed');
  const index = current < 0 ? ids.length : current;
  return {
    phase_plan_path: `${folder}/artifacts/plan/phase_plan.yaml`,
    phase_plan_version: 1,
    active_phase_selection: {
      run_id: runId,
      mode: selection.mode,
      phase_ids: ids,
      explicit: selection.explicit,
      current_phase_index: index,
      current_phase_id: ids[index] ?? null,
    },
    phase_status: Object.fromEntries(ids.map((id) => [id, ownValue(phases, id)?.status ?? 'planned'])),
    phase_history: history,
  };
}

async function recordClarification(store: RunStore, state: RunState): Promise<void> {
  const last = state.clarifications.at(-1);
  if (last !== undefined) await store.decisions.record(last);
}
