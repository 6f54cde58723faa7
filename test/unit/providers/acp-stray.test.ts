import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Conversation } from '../../../src/providers/acp/conversation.ts';

const ENDED = { stopReason: 'end_turn' };
const update = (sessionUpdate: string) => ({ method: 'session/update', params: { update: { sessionUpdate } } });

/** A conversation whose prompt is open, and what came of that. */
async function prompted() {
  const strange: string[] = [];
  const sent: { id?: number; method?: string }[] = [];
  const listener = {
    update: () => undefined,
    permission: () => ({}),
    prompted: () => undefined,
    strange: (notice: string) => void strange.push(notice),
  };
  const talk = await Conversation.prepare('agent', listener);
  talk.speakTo({
    send: (text) => void sent.push(JSON.parse(text) as { id?: number }),
    closed: new Promise(() => undefined),
  });
  const end = { result: null as unknown, error: null as string | null };
  talk.prompt('s', 'Do it.').then(
    (result) => (end.result = result),
    (error: unknown) => (end.error = String(error)),
  );
  await vi.advanceTimersByTimeAsync(1);
  const id = sent.find(({ method }) => method === 'session/prompt')?.id ?? Number.NaN;
  return { id, strange, end, says: (message: object) => talk.line(JSON.stringify({ jsonrpc: '2.0', ...message })) };
}

describe('an answer under an id that was never asked', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['the id as a text', (id: number) => ({ id: String(id), result: {} }), '"0"'],
    ['another id, with a stop reason', () => ({ id: 77, result: ENDED }), '77'],
    [
      'none, since it could not read the prompt',
      () => ({ id: null, error: { code: -32700, message: 'Bad JSON' } }),
      'null',
    ],
  ])('that can only be that to the prompt ends the turn where nothing follows for 5 s: %s', async (_, answer, id) => {
    const talk = await prompted();
    talk.says(answer(talk.id));
    expect(talk.strange).toEqual(['agent answered a request that was not made']);
    await vi.advanceTimersByTimeAsync(4500);
    expect(talk.end.error).toBeNull();
    talk.says(update('usage_update'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(talk.end.error).toContain(`answered under the id ${id}, which was not asked`);
    expect(talk.end.error?.includes('Bad JSON')).toBe(id === 'null');
  });

  it.each([
    ['a tool', update('tool_call')],
    ['words', update('agent_message_chunk')],
    ['a request', { id: 'ask', method: 'session/request_permission', params: {} }],
  ])('ends no turn that goes on: %s', async (_, message) => {
    const talk = await prompted();
    talk.says({ id: 77, result: ENDED });
    talk.says(message);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(talk.end).toEqual({ result: null, error: null });
    talk.says({ id: talk.id, result: ENDED });
    await vi.advanceTimersByTimeAsync(1);
    expect(talk.end.result).toEqual(ENDED);
  });

  it('is nothing where the right one follows, and a word to nobody where it can be of something else', async () => {
    const right = await prompted();
    right.says({ id: 77, result: ENDED });
    right.says({ id: right.id, result: ENDED });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(right.end).toEqual({ result: ENDED, error: null });
    const other = await prompted();
    other.says({ id: 77, result: {} });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(other.end).toEqual({ result: null, error: null });
    expect(other.strange).toHaveLength(1);
  });
});
