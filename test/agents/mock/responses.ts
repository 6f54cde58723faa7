import { randomUUID } from 'node:crypto';
import type { Billed, Deed, Dialect, Json, Spoken } from './api.ts';
import { joinedText, objectsIn, textIn } from './api.ts';

/** OpenAI's Responses API, as codex 0.169.0 uses it. */
export const responses: Dialect = {
  handles: (path) => path === '/v1/responses',
  read(body) {
    const items = objectsIn(body['input']);
    const sinceUser = items.slice(items.findLastIndex(isUserText) + 1);
    const results = sinceUser.filter((item) => textIn(item['type']).endsWith('_output'));
    const others = items.filter((item) => item['role'] === 'developer' || item['role'] === 'system');
    return {
      model: textIn(body['model']),
      system: [textIn(body['instructions']), ...others.map((item) => joinedText(item['content']))].join('\n'),
      userTexts: items.filter(isUserText).map((item) => joinedText(item['content'])),
      toolResults: results.map((item) => joinedText(item['output'])),
      isStreamed: body['stream'] === true,
    };
  },
  events(reply, model, billed) {
    const done = responses.whole(reply, model, billed);
    const begun = { ...done, status: 'in_progress', output: [], usage: null };
    const [item] = objectsIn(done['output']);
    return [
      { type: 'response.created', response: begun },
      { type: 'response.output_item.added', output_index: 0, item },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: done },
    ].map((event, at) => ({ ...event, sequence_number: at }));
  },
  whole(reply, model, billed) {
    const id = `resp_${randomUUID()}`;
    return { id, object: 'response', model, status: 'completed', output: [itemOf(reply)], usage: usageOf(billed) };
  },
};

function isUserText(item: Json): boolean {
  return item['type'] === 'message' && item['role'] === 'user';
}

function itemOf(reply: Spoken): Json {
  if ('do' in reply) return toolCall(reply.do);
  const content = [{ type: 'output_text', text: reply.say, annotations: [] }];
  return { type: 'message', id: `msg_${randomUUID()}`, role: 'assistant', status: 'completed', content };
}

function toolCall(deed: Deed): Json {
  const call = { id: `tool_${randomUUID()}`, call_id: `call_${randomUUID()}`, status: 'completed' };
  if ('run' in deed) {
    // The command has a minute before codex hands its output so far to the model.
    const input = JSON.stringify({ cmd: deed.run, yield_time_ms: 60_000 });
    return { ...call, type: 'function_call', name: 'exec_command', arguments: input };
  }
  const added = deed.text
    .trimEnd()
    .split('\n')
    .map((line) => `+${line}`);
  const patch = ['*** Begin Patch', `*** Add File: ${deed.create}`, ...added, '*** End Patch'];
  return { ...call, type: 'custom_tool_call', name: 'apply_patch', input: patch.join('\n') };
}

function usageOf({ input, cached, output, reasoning }: Billed): Json {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
