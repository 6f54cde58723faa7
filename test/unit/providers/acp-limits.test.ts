import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Conversation, Refused } from '../../../src/providers/acp/conversation.ts';
import { grantWishes } from '../../../src/providers/acp/session-settings.ts';
import { introduce, newSession, resumeSession } from '../../../src/providers/acp/setup.ts';
import { SetupProblem, StepTime } from '../../../src/providers/acp/step-time.ts';

const HOW = { name: null, version: null, loads: true, resumes: false, closes: true, logins: [] };
const WISHES = { mode: 'ask', model: null, effort: null, options: {} };
const OFFER = { modes: { currentModeId: 'auto', availableModes: [{ id: 'ask' }] } };

/** An agent that answers each request after so many ms, or never. */
function answering(ms: number | null): Conversation {
  const call = () =>
    new Promise((resolve) => {
      if (ms !== null) setTimeout(() => resolve({ protocolVersion: 1, sessionId: 's', ...OFFER }), ms);
    });
  return { call } as unknown as Conversation;
}

const place = (time = new StepTime('agent')) => ({ cwd: '/', time });
const setting = (talk: Conversation, time = new StepTime('agent')) => ({ talk, program: 'agent', time });
const steps = [
  ['initialize', (talk: Conversation) => introduce(talk, 'agent')],
  ['session/new', (talk: Conversation) => newSession(talk, 'agent', place())],
  ['session/load', (talk: Conversation) => resumeSession(talk, 's', HOW, place())],
  ['session/set_mode', (talk: Conversation) => grantWishes(setting(talk), { id: 's', offer: OFFER }, WISHES)],
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
    const ended = endOf(begin(answering(null)));
    await vi.advanceTimersByTimeAsync(59_000);
    expect(ended.error).toBeNull();
    await vi.advanceTimersByTimeAsync(2000);
    expect(ended.error).toBeInstanceOf(SetupProblem);
    expect((ended.error as SetupProblem).verdict).toMatchObject({
      class: 'hang_idle',
      message: `agent had not answered ${name} after 60 s and was ended`,
    });
  });

  it('has its 60 s for all of its requests together', async () => {
    const talk = answering(40_000);
    const { time } = place();
    const ended = endOf(
      newSession(talk, 'agent', { cwd: '/', time }).then((session) =>
        grantWishes(setting(talk, time), session, WISHES),
      ),
    );
    await vi.advanceTimersByTimeAsync(59_000);
    expect(ended.error).toBeNull();
    await vi.advanceTimersByTimeAsync(2000);
    expect((ended.error as Error | null)?.message).toBe(
      'agent had not answered session/set_mode after 60 s and was ended',
    );
  });
});

describe('a session that is gone on with', () => {
  const all = { ...HOW, resumes: true };
  const unknown = (method: string) => new Refused(method, { code: -32601, message: 'Method not found' });

  it.each([
    ['the next way', all, ['session/resume'], 'session/load'],
    ['no way that is not offered', { ...all, loads: false }, ['session/resume'], null],
    ['none where it has none', all, ['session/resume', 'session/load'], null],
  ] as const)('is opened by %s, where an agent offers one that it does not have', async (_, how, lacks, taken) => {
    const asked: string[] = [];
    const call = (method: string) => {
      asked.push(method);
      return lacks.some((one) => one === method) ? Promise.reject(unknown(method)) : Promise.resolve({});
    };
    const opened = await resumeSession({ call } as unknown as Conversation, 's', how, place());
    expect(opened === null ? null : asked.at(-1)).toBe(taken);
  });

  it('is refused with its words where the way is there', async () => {
    const refused = new Refused('session/resume', { code: -32602, message: 'Bad id' });
    const talk = { call: () => Promise.reject(refused) } as unknown as Conversation;
    await expect(resumeSession(talk, 's', all, place())).rejects.toBe(refused);
  });
});

function endOf(work: Promise<unknown>): { readonly error: unknown } {
  const end = { error: null as unknown };
  work.catch((error: unknown) => (end.error = error));
  return end;
}
