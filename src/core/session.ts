import type { ProviderName } from './vocabulary.ts';

/** One conversation with an agent, as its file below `sessions/` holds it (spec: state.md). */
export interface SessionRecord {
  readonly mode: 'persistent';
  readonly provider: ProviderName;
  readonly session_id: string | null;
  /** Equal to session_id for codex, null for the others. */
  readonly thread_id: string | null;
  readonly provider_metadata: Readonly<Record<string, unknown>>;
  readonly model_override: string | null;
  readonly effort_override: string | null;
  readonly pending_clarification_note: string | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
}

/** A session before its first turn. `model` and `effort` are those in force for claude, null otherwise; `createdAt`: ISO 8601. */
export function newSession(
  provider: ProviderName,
  agent: { readonly model: string | null; readonly effort: string | null },
  createdAt: string,
): SessionRecord {
  const isClaude = provider === 'claude';
  return {
    mode: 'persistent',
    provider,
    session_id: null,
    thread_id: null,
    provider_metadata: {},
    model_override: isClaude ? agent.model : null,
    effort_override: isClaude ? agent.effort : null,
    pending_clarification_note: null,
    created_at: createdAt,
    last_used_at: null,
  };
}
