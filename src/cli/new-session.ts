import type { Settings } from '../core/settings.ts';
import type { SessionRecord } from '../run/store-port.ts';

/** The session that the plan pair of a new run begins with: nobody has spoken yet. */
export function newSession(settings: Settings): SessionRecord {
  const { name, model, effort } = settings.provider.roles.producer;
  const isClaude = name === 'claude';
  return {
    mode: 'persistent',
    provider: name,
    session_id: null,
    thread_id: null,
    provider_metadata: {},
    model_override: isClaude ? model : null,
    effort_override: isClaude ? effort : null,
    pending_clarification_note: null,
    created_at: new Date().toISOString(),
    last_used_at: null,
  };
}
