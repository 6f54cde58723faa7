import type { RunState } from '../core/state.ts';
import { inboxOf } from '../store/inbox.ts';
import type { RunView } from './run-view.ts';
import { waitingApproval, waitingQuestion } from './standing.ts';

export interface WaitingDocument {
  readonly kind: 'question' | 'approval' | 'limit';
  readonly since: string | null;
  readonly until: string | null;
  /** Of what is to be approved. */
  readonly sha256: string | null;
}

export interface PendingDocument {
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly by: string;
}

export interface LimitsDocument {
  readonly max_turns: number | null;
  readonly max_minutes: number | null;
  readonly max_cost_usd: number | null;
}

/** Since when, and until when, nothing goes on without a person or the end of a usage limit. */
export function waitingDocument({ known: { state, last }, standing }: RunView): WaitingDocument | null {
  const since = last?.ts ?? null;
  if (standing === 'success' || standing === 'crashed') return null;
  if (waitingQuestion(state) !== null) return { kind: 'question', since, until: null, sha256: null };
  const sha256 = waitingApproval(state);
  if (sha256 !== null) return { kind: 'approval', since, until: null, sha256 };
  return state.limitUntil === null ? null : { kind: 'limit', since, until: state.limitUntil, sha256: null };
}

export async function pendingOf(workspace: string, runId: string): Promise<PendingDocument[]> {
  const { commands } = await inboxOf(workspace, runId).read();
  return commands.map(({ id, kind, at, by }) => ({ id, kind, at, by }));
}

export function limitsDocument({ run }: RunState): LimitsDocument {
  const { maxTurns, maxMinutes, maxCostUsd } = run.settings?.runtime ?? {};
  return { max_turns: maxTurns ?? null, max_minutes: maxMinutes ?? null, max_cost_usd: maxCostUsd ?? null };
}
