import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Conversation } from '../../../src/providers/acp/conversation.ts';
import { grantWishes, introduce, openSession, SetupProblem } from '../../../src/providers/acp/setup.ts';

const HOW = { name: null, version: null, loads: true, resumes: false, closes: true, logins: [] };
const WISHES = { mode: 'ask', model: null, effort: null, options: {} };
const OFFER = { modes: { currentModeId: 'auto', availableModes: [{ id: 'ask' }] } };

/** An agent that answers a request after so many ms, or never. */
function answering(ms: number | null): Conversation {
  const call = () =>
    new Promise((resolve) => {
      if (ms !== null) setTimeout(() => resolve({ protocolVersion: 1, sessionId: 's' }), ms);
    });
  return { call } as unknown as Conversation;
}

const steps = [
  ['initialize', (talk: Conversation) => introduce(talk, 'agent')],
  ['session/new', (talk: Conversation) => openSession(talk, 'agent', { cwd: '/', resume: null, how: HOW })],
  ['session/load', (talk: Conversation) => openSession(talk, 'agent', { cwd: '/', resume: 's', how: HOW })],
  ['session/set_config_option', (talk: Conversation) => grantWishes(talk, 'agent', { id: 's', offer: OFFER }, WISHES)],
] as const;

describe('a step before the first prompt', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each(steps)('%s may take 59 s', async (_, begin) => {
    const done = begin(answering(59_000));
    await vi.advanceTimersByTimeAsync(59_500);
    await expect(done).resolves.not.toThrow();
  });

  it.each(steps)('%s ends the turn after 60 s, and says what was waited for', async (name, begin) => {
    let ended: unknown = null;
    begin(answering(null)).catch((error: unknown) => (ended = error));
    await vi.advanceTimersByTimeAsync(59_000);
    expect(ended).toBeNull();
    await vi.advanceTimersByTimeAsync(2000);
    expect(ended).toBeInstanceOf(SetupProblem);
    expect((ended as SetupProblem).verdict).toMatchObject({
      class: 'hang_idle',
      message: `agent had not answered ${name} after 60 s and was ended`,
    });
  });
});
