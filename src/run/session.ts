import { hasSeparateSessions } from '../core/settings.ts';
import { sessionName } from '../core/scope.ts';
import type { Role, Scope } from '../core/vocabulary.ts';
import type { Loop } from './loop.ts';
import type { Agent } from './agent-port.ts';
import { isSessionId, newSession, type SessionRecord } from '../core/session.ts';
import { ownValue } from '../core/own-value.ts';

/** A scope's conversation with an agent: its file below `sessions/`, and what is in it. */
export interface Session {
  readonly name: string;
  readonly record: SessionRecord;
}

/** The stored session of a scope, rebuilt from the log where its file is gone, or a new one. */
export async function openSession(loop: Loop, scope: Scope, role: Role, agent: Agent): Promise<Session> {
  const name = sessionName(scope, role, hasSeparateSessions(loop.settings));
  const stored = await loop.ports.store.readSession(name);
  const logged = ownValue(loop.state.sessions, name);
  const createdAt = stored?.created_at ?? loop.ports.clock.now().toISOString();
  const believed = isOlderReleases(loop) ? stored : null;
  const record = believed ?? newSession(logged?.provider ?? agent.provider, createdAt);
  // A file may have been put back with a conversation that is newer than the files it speaks of.
  const kept = loop.state.rewinds === 0 ? record.session_id : null;
  const id = logged?.sessionId ?? kept;
  return { name, record: withId(record, agent, id !== null && isSessionId(id) ? id : null) };
}

/** Agents write there, and an id becomes an argument of a program: the file tells only what was in it before any turn that we logged. */
function isOlderReleases({ state }: Loop): boolean {
  return state.run.beganOlder || state.lastTurn === 0;
}

/** The session as it stands after a turn, or as soon as its id is known. */
export async function saveSession(
  loop: Loop,
  session: Session,
  change: { id: string | null; agent: Agent; metadata?: Readonly<Record<string, unknown>>; note: string | null },
): Promise<void> {
  const { agent, id, metadata, note } = change;
  const { keepsOverrides } = agent.sessions;
  await loop.ports.store.saveSession(session.name, {
    ...withId(session.record, agent, id),
    provider_metadata: metadata ?? session.record.provider_metadata,
    model_override: keepsOverrides ? agent.model : null,
    effort_override: keepsOverrides ? agent.effort : null,
    pending_clarification_note: note,
    last_used_at: loop.ports.clock.now().toISOString(),
  });
}

/**
 * What the next turn is told first; null: nothing. A note that an older release left in the session's file counts too, until a turn
 * has taken it in: from then on the file only mirrors the log.
 */
export function pendingNote(loop: Loop, session: Session): string | null {
  const notes = [...loop.state.notes];
  const left = loop.state.heard.includes(session.name) ? null : session.record.pending_clarification_note;
  if (left !== null && !notes.some((note) => left.includes(note))) notes.unshift(left);
  return notes.length === 0 ? null : notes.join('\n\n');
}

/** Shows in the file of the next producer's session what that turn will be told first (docs/loop.md). */
export async function mirrorNote(loop: Loop, scope: Scope): Promise<void> {
  const session = await openSession(loop, scope, 'producer', loop.ports.agents.producer);
  const pending_clarification_note = pendingNote(loop, session);
  await loop.ports.store.saveSession(session.name, { ...session.record, pending_clarification_note });
}

/** The session of another provider, which no turn goes on in, keeps what it has. */
function withId(record: SessionRecord, { provider, sessions }: Agent, id: string | null): SessionRecord {
  const thread = record.provider === provider ? (sessions.hasThreads ? id : null) : record.thread_id;
  return { ...record, session_id: id, thread_id: thread };
}
