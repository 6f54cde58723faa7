import type { ProviderName } from '../../core/vocabulary.ts';
import type { SessionRecord } from '../../core/session.ts';
import type { JsonObject } from '../disk/json-files.ts';

/**
 * A session file of any release: one without `provider` is codex's, one with only `thread_id` has its id there
 * (docs/state.md). What is missing or of another type reads as null.
 */
export function sessionFrom(document: JsonObject): SessionRecord {
  // A provider that this build does not know keeps its name, so that the mismatch can be said.
  const provider = (text(document.provider) ?? 'codex') as ProviderName;
  const thread = text(document.thread_id);
  const { provider_metadata: metadata } = document;
  return {
    mode: 'persistent',
    provider,
    session_id: text(document.session_id) ?? thread,
    thread_id: thread,
    provider_metadata:
      typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata) ? { ...metadata } : {},
    model_override: text(document.model_override),
    effort_override: text(document.effort_override),
    pending_clarification_note: text(document.pending_clarification_note),
    created_at: text(document.created_at) ?? '',
    last_used_at: text(document.last_used_at),
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** What request.md says of a run that nobody gave a request (docs/state.md). */
const NO_REQUEST =
  'No explicit request was given for this run. The artifacts in this repository and explicit clarifications stand in for it.';

/** The content of request.md for a request; null or blank: none was given. */
export function requestFileText(request: string | null): string {
  return `${request?.trim() || NO_REQUEST}\n`;
}

/** The request in a request.md; null when there is none in it. */
export function requestIn(text: string | null): string | null {
  const request = text?.trim() ?? '';
  return request === '' || request === NO_REQUEST ? null : request;
}
