import type { JsonObject } from '../json.ts';
import { listOf, objectOf, parseObject, textOf } from '../json.ts';
import type { ActivityReader, Deed } from '../provider.ts';
import { chunkText } from './answer.ts';
import { isOver, type ToolCall, Tools } from './tools.ts';

/** What is kept of a message that is shown, in characters. */
const MOST_CHARACTERS = 100_000;

/** Tells what an agent does from its updates: tools, plans and messages, each when it is whole. Never what it thinks. */
export class Progress {
  readonly #show: (deed: Deed) => void;
  #message: { readonly id: string | null; text: string } | null = null;
  #plan = '';

  constructor(show: (deed: Deed) => void) {
    this.#show = show;
  }

  /** Takes an update; `told` is what it, or a permission request, says of a tool. */
  update(update: JsonObject): void {
    if (update['sessionUpdate'] === 'agent_message_chunk') this.#chunk(update);
    if (update['sessionUpdate'] === 'plan') this.#planned(update);
  }

  tool({ call, before }: ReturnType<Tools['note']>): void {
    this.end();
    if (call.isBlank || (before !== null && isOver(before))) return;
    if (call.status === 'failed') this.#show({ kind: 'notice', text: `failed: ${call.title}` });
    else if (before === null || before.isBlank || before.title !== call.title) this.#show(deedOf(call));
  }

  /** The message that has been said so far is whole. */
  end(): void {
    const text = this.#message?.text.trim() ?? '';
    this.#message = null;
    if (text !== '') this.#show({ kind: 'message', text });
  }

  #chunk(update: JsonObject): void {
    const id = textOf(update['messageId']);
    if (this.#message !== null && this.#message.id !== id) this.end();
    this.#message ??= { id, text: '' };
    const room = MOST_CHARACTERS - this.#message.text.length;
    this.#message.text += (chunkText(update) ?? '').slice(0, Math.max(0, room));
  }

  #planned(update: JsonObject): void {
    const entries = listOf(update['entries']).map((each) => objectOf(each) ?? {});
    const now = textOf(entries.find((entry) => entry['status'] === 'in_progress')?.['content']) ?? '';
    if (now !== '' && now !== this.#plan) this.#show({ kind: 'notice', text: `plan: ${now}` });
    this.#plan = now;
  }
}

function deedOf({ kind, title, paths }: ToolCall): Deed {
  if (kind === 'execute') return { kind: 'command', text: title };
  const [path] = paths;
  if (kind === 'edit' || kind === 'delete' || kind === 'move') return { kind: 'file', text: path ?? title };
  return { kind: 'notice', text: title };
}

/** What the lines of a turn's log say. What a session that is gone on with repeats of itself is passed over. */
export function acpActivity(): ActivityReader {
  let deeds: Deed[] = [];
  let isRepeating = false;
  const tools = new Tools();
  const progress = new Progress((deed) => deeds.push(deed));
  const take = (message: JsonObject): void => {
    const params = objectOf(message['params']) ?? {};
    const result = objectOf(message['result']);
    if (message['method'] === undefined) {
      // Between the answer to `initialize` and the next one, a session is being opened.
      isRepeating = result?.['protocolVersion'] !== undefined;
      if (result?.['stopReason'] !== undefined || message['error'] !== undefined) progress.end();
    } else if (isRepeating) return;
    if (message['method'] === 'session/request_permission')
      progress.tool(tools.note(objectOf(params['toolCall']) ?? {}));
    if (message['method'] !== 'session/update') return;
    const update = objectOf(params['update']) ?? {};
    if (isToolUpdate(update)) progress.tool(tools.note(update));
    else progress.update(update);
  };
  return (line) => {
    deeds = [];
    const message = parseObject(line);
    if (message !== null) take(message);
    return deeds;
  };
}

export function isToolUpdate(update: JsonObject): boolean {
  return update['sessionUpdate'] === 'tool_call' || update['sessionUpdate'] === 'tool_call_update';
}
