import { OwnTime } from '../../supervision/own-time.ts';
import type { JsonObject } from '../json.ts';
import { objectOf } from '../json.ts';
import { ownValue } from '../../core/own-value.ts';

/** How long the right answer may take after one that reached nobody but can only have been meant for it, in ms. */
const PATIENCE_MS = 5000;

/** What only the answer to that request has. */
const OWN_FIELDS: Readonly<Record<string, string>> = {
  initialize: 'protocolVersion',
  'session/new': 'sessionId',
  'session/prompt': 'stopReason',
};

/** What an agent says while it works. */
const WORK = ['tool_call', 'tool_call_update', 'agent_message_chunk', 'agent_thought_chunk', 'plan'];

/**
 * Whether an answer under an id that was never asked was meant for the request `id` of `method`: the same number in another type, what
 * only that answer has, or an error, which by JSON-RPC comes under `null` where the request could not be read.
 */
export function isMeantFor(answer: JsonObject, id: unknown, method: string): boolean {
  if (String(answer['id']) === String(id) || objectOf(answer['error']) !== null) return true;
  const field = ownValue(OWN_FIELDS, method);
  return field !== undefined && ownValue(objectOf(answer['result']), field) !== undefined;
}

/** Whether a message with a method shows that the agent is still at work: it asks for something, or tells what it does. */
export function isAtWork(message: JsonObject): boolean {
  if (message['id'] !== undefined) return true;
  return WORK.some((kind) => objectOf(objectOf(message['params'])?.['update'])?.['sessionUpdate'] === kind);
}

/** The time that is left for the right answer. Only time in which this program was there to hear it counts. */
export class Patience {
  #forget: (() => void) | null = null;

  /** Begins once; `over` is called at its end. */
  begin(over: () => void): void {
    this.#forget ??= new OwnTime().when(PATIENCE_MS, over);
  }

  end(): void {
    this.#forget?.();
    this.#forget = null;
  }
}
