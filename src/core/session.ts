import type { ProviderName } from './vocabulary.ts';

/** What a provider's sessions have beside their id. */
export interface SessionFields {
  /** The id is that of a thread, and is called one. */
  readonly hasThreads: boolean;
  /** The model and effort in force are kept with the session. */
  readonly keepsOverrides: boolean;
  /** What a turn that was cut off was told may be lost: until a turn has ended in its session, each is told everything. */
  readonly mayForget?: true;
}

/** One conversation with an agent, as its file below `sessions/` holds it (docs/state.md). */
export interface SessionRecord {
  readonly mode: 'persistent';
  readonly provider: ProviderName;
  readonly session_id: string | null;
  /** Equal to session_id where the provider has threads, null for the others. */
  readonly thread_id: string | null;
  readonly provider_metadata: Readonly<Record<string, unknown>>;
  readonly model_override: string | null;
  readonly effort_override: string | null;
  readonly pending_clarification_note: string | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
}

/** Whether a text can be the id of a conversation: no program takes it for an option. */
export function isSessionId(text: string): boolean {
  return /^[^\s\p{C}-][^\p{C}]{0,999}$/u.test(text);
}

/** A session before its first turn. `createdAt`: ISO 8601. */
export function newSession(provider: ProviderName, createdAt: string): SessionRecord {
  return {
    mode: 'persistent',
    provider,
    session_id: null,
    thread_id: null,
    provider_metadata: {},
    model_override: null,
    effort_override: null,
    pending_clarification_note: null,
    created_at: createdAt,
    last_used_at: null,
  };
}
