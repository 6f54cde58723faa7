import { addUsage } from '../../core/totals.ts';
import type { Usage } from '../../core/vocabulary.ts';
import { UNKNOWN_USAGE } from '../../core/vocabulary.ts';
import type { Activity } from '../../run/agent-port.ts';
import { shorten } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import { countOf, listOf, objectOf, textOf } from '../json.ts';
import type { ActivityReader, Deed } from '../provider.ts';
import type { LimitEvent } from './classify.ts';
import { callUsage, eventsIn } from './output.ts';
import { ownValue } from '../../core/own-value.ts';

/** What the lines of `stream-json` say that the agent did. */
export function claudeActivity(): ActivityReader {
  let deeds: Deed[] = [];
  const reader = new ProgressReader((activity) => {
    if (activity.kind !== 'usage') deeds.push(activity);
  });
  return (line) => {
    deeds = [];
    for (const event of eventsIn(line)) reader.take(event);
    return deeds;
  };
}

/** Tells what claude is doing from the events of `stream-json`. */
export class ProgressReader {
  readonly #show: (activity: Activity) => void;
  /** Of each request to the model, by message: its blocks come one by one and repeat the figures. */
  readonly #usage = new Map<string, Usage>();
  /** Requests that claude began anew. */
  retries = 0;
  /** Whether there are events at all: `json` prints only the result. */
  heard = false;
  /** What was said of the account's limits last. */
  limitEvent: LimitEvent | null = null;
  /** What the session was begun with, as claude says it first; null when its output does not tell. */
  init: Readonly<Record<string, unknown>> | null = null;

  constructor(show: (activity: Activity) => void) {
    this.#show = show;
  }

  take(event: JsonObject): void {
    if (event['type'] === 'assistant') this.#assistant(objectOf(event['message']) ?? {});
    if (event['type'] === 'rate_limit_event') this.limitEvent = limitIn(event) ?? this.limitEvent;
    if (event['type'] !== 'system') return;
    this.heard = true;
    if (event['subtype'] === 'init') this.init = startedWith(event);
    if (event['subtype'] === 'api_retry') this.#retry(event);
    if (event['subtype'] === 'permission_denied') this.#show({ kind: 'notice', text: denied(event) });
  }

  #assistant(message: JsonObject): void {
    for (const item of listOf(message['content'])) {
      const block = objectOf(item) ?? {};
      const text = textOf(block['text']);
      if (block['type'] === 'text' && text !== null) this.#show({ kind: 'message', text });
      if (block['type'] === 'tool_use')
        this.#show(toolActivity(textOf(block['name']) ?? '', objectOf(block['input']) ?? {}));
    }
    const id = textOf(message['id']);
    if (id === null || objectOf(message['usage']) === null) return;
    this.#usage.set(id, callUsage(message));
    this.#show({ kind: 'usage', usage: [...this.#usage.values()].reduce(addUsage, UNKNOWN_USAGE) });
  }

  #retry(event: JsonObject): void {
    this.retries += 1;
    const reason = textOf(event['error']) ?? 'an error';
    this.#show({ kind: 'notice', text: `trying again after ${reason} (${countOf(event['attempt']) ?? this.retries})` });
  }
}

const INIT_FIELDS = ['permissionMode', 'model', 'claude_code_version'];

function startedWith(event: JsonObject): JsonObject {
  return Object.fromEntries(
    INIT_FIELDS.filter((name) => ownValue(event, name) !== undefined).map((name) => [name, ownValue(event, name)]),
  );
}

/** Told at once: a turn whose tools are denied may go on for an hour. */
function denied(event: JsonObject): string {
  const why = textOf(event['message']);
  return `denied: ${textOf(event['tool_name']) ?? 'a tool'}${why === null ? '' : ` (${shorten(why)})`}`;
}

function limitIn(event: JsonObject): LimitEvent | null {
  const info = objectOf(event['rate_limit_info']) ?? event;
  const status = textOf(info['status']);
  const seconds = countOf(info['resetsAt']);
  if (status === null && seconds === null) return null;
  return { rejected: status === 'rejected', resetsAt: seconds === null ? null : new Date(seconds * 1000) };
}

function toolActivity(tool: string, input: JsonObject): Activity {
  const command = textOf(input['command']);
  if (tool === 'Bash' && command !== null) return { kind: 'command', text: command };
  const file = textOf(input['file_path']) ?? textOf(input['notebook_path']);
  if (file !== null && /^(Write|Edit|MultiEdit|NotebookEdit)$/.test(tool)) return { kind: 'file', text: file };
  return { kind: 'notice', text: file === null ? tool : `${tool} ${file}` };
}
