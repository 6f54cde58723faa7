import { randomUUID } from 'node:crypto';
import type { Billed, Deed, Dialect, Json, SentEvent, Spoken } from './api.ts';
import { joinedText, objectsIn, textIn } from './api.ts';

/** Anthropic's Messages API, as Claude Code 2.1.330 uses it. */
export const messages: Dialect = {
  handles: (path) => path === '/v1/messages',
  read(body) {
    const turns = objectsIn(body['messages']).filter((turn) => turn['role'] === 'user');
    const isText = (turn: Json): boolean => resultsIn(turn).length === 0;
    const sinceText = turns.slice(turns.findLastIndex(isText) + 1);
    return {
      model: textIn(body['model']),
      system: joinedText(body['system']),
      userTexts: turns.filter(isText).map((turn) => joinedText(turn['content'])),
      toolResults: sinceText.flatMap((turn) => resultsIn(turn).map((result) => joinedText(result['content']))),
      isStreamed: body['stream'] === true,
    };
  },
  events(reply, model, billed) {
    const { content, stop_reason, usage, ...message } = messages.whole(reply, model, billed);
    // claude counts what is told here of a message that breaks off.
    const firstUsage = { ...usageOf(billed), output_tokens: Math.min(1, billed.output) };
    const begun = { ...message, content: [], stop_reason: null, usage: firstUsage };
    return [
      { type: 'message_start', message: begun },
      ...objectsIn(content).flatMap(blockEvents),
      { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage },
      { type: 'message_stop' },
    ];
  },
  whole(reply, model, billed) {
    const stopReason = 'say' in reply ? 'end_turn' : 'tool_use';
    const message = { id: `msg_${randomUUID()}`, type: 'message', role: 'assistant', model, stop_sequence: null };
    return { ...message, content: [blockOf(reply)], stop_reason: stopReason, usage: usageOf(billed) };
  },
};

function resultsIn(turn: Json): Json[] {
  return objectsIn(turn['content']).filter((part) => part['type'] === 'tool_result');
}

function blockOf(reply: Spoken): Json {
  if ('say' in reply) return { type: 'text', text: reply.say };
  return { type: 'tool_use', id: `toolu_${randomUUID().replaceAll('-', '')}`, ...toolUse(reply.do) };
}

function toolUse(deed: Deed): Json {
  if ('run' in deed) return { name: 'Bash', input: { command: deed.run, description: 'What the test needs' } };
  return { name: 'Write', input: { file_path: deed.create, content: deed.text } };
}

function blockEvents(block: Json, index: number): SentEvent[] {
  const isText = block['type'] === 'text';
  const empty = isText ? { ...block, text: '' } : { ...block, input: {} };
  const delta = isText
    ? { type: 'text_delta', text: block['text'] }
    : { type: 'input_json_delta', partial_json: JSON.stringify(block['input']) };
  return [
    { type: 'content_block_start', index, content_block: empty },
    { type: 'content_block_delta', index, delta },
    { type: 'content_block_stop', index },
  ];
}

function usageOf({ input, cached, output, reasoning }: Billed): Json {
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output,
    output_tokens_details: { thinking_tokens: reasoning },
    service_tier: 'standard',
  };
}
