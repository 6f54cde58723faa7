import { randomUUID } from 'node:crypto';
import type { Billed, Dialect, Json, SentEvent, Spoken } from './api.ts';
import { joinedText, objectsIn, textIn } from './api.ts';

/** OpenAI's Chat Completions API, as opencode 1.18.33 uses it of a provider that is compatible with it. */
export const chat: Dialect = {
  handles: (path) => path === '/v1/chat/completions',
  end: 'data: [DONE]\n\n',
  read(body) {
    const turns = objectsIn(body['messages']);
    const users = turns.filter(({ role }) => role === 'user');
    const since = turns.slice(turns.findLastIndex(({ role }) => role === 'user') + 1);
    return {
      model: textIn(body['model']),
      system: turns.flatMap((turn) => (turn['role'] === 'system' ? [joinedText(turn['content'])] : [])).join('\n'),
      userTexts: users.map((turn) => joinedText(turn['content'])),
      toolResults: since.flatMap((turn) => (turn['role'] === 'tool' ? [joinedText(turn['content'])] : [])),
      isStreamed: body['stream'] === true,
      // It has a title made up for its sessions.
      isAside: objectsIn(body['tools']).length === 0,
    };
  },
  events(reply, model, billed) {
    const head = { id: 'chatcmpl-1', created: 1, model, object: 'chat.completion.chunk' };
    const piece = (delta: Json, finish: string | null): SentEvent => ({
      ...head,
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
    return [
      piece({ role: 'assistant', content: '' }, null),
      piece('say' in reply ? { content: reply.say } : { tool_calls: [{ index: 0, ...toolCall(reply) }] }, null),
      piece({}, finishOf(reply)),
      { ...head, choices: [], usage: usageOf(billed) },
    ];
  },
  whole(reply, model, billed) {
    const content = 'say' in reply ? { content: reply.say } : { content: null, tool_calls: [toolCall(reply)] };
    const choice = { index: 0, finish_reason: finishOf(reply), message: { role: 'assistant', ...content } };
    return { id: 'chatcmpl-1', object: 'chat.completion', model, choices: [choice], usage: usageOf(billed) };
  },
};

function finishOf(reply: Spoken): string {
  return 'say' in reply ? 'stop' : 'tool_calls';
}

function toolCall({ do: deed }: Extract<Spoken, { do: unknown }>): Json {
  const [name, input] =
    'run' in deed
      ? ['bash', { command: deed.run, description: 'What the test needs' }]
      : ['write', { filePath: deed.create, content: deed.text }];
  const call = { name, arguments: JSON.stringify(input) };
  return { id: `call_${randomUUID().replaceAll('-', '')}`, type: 'function', function: call };
}

function usageOf({ input, cached, output, reasoning }: Billed): Json {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}
