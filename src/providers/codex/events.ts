import type { Usage } from '../../core/vocabulary.ts';
import type { JsonObject } from '../json.ts';
import { countOf, listOf, objectOf, parseObject, textOf } from '../json.ts';

/** The lines of `codex exec --json` that matter to a turn (seen with codex 0.169.0). */
export type CodexEvent =
  | { readonly kind: 'thread'; readonly id: string }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'command'; readonly command: string; readonly failure: string | null }
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'warning'; readonly text: string }
  /** An error that codex may still get over: `Reconnecting... 1/5`. */
  | { readonly kind: 'error'; readonly text: string }
  /** `totals` count the whole thread. */
  | { readonly kind: 'completed'; readonly totals: Usage }
  | { readonly kind: 'failed'; readonly text: string }
  /** An event of a kind that says nothing to us. */
  | { readonly kind: 'other' };

/** Null for what is not an event: codex, or what it starts, may print other things too. */
export function decodeEvent(line: string): CodexEvent | null {
  const event = parseObject(line);
  const type = textOf(event?.['type']);
  if (event === null || type === null) return null;
  switch (type) {
    case 'thread.started': {
      const id = textOf(event['thread_id']);
      return id === null ? { kind: 'other' } : { kind: 'thread', id };
    }
    case 'item.started':
    case 'item.updated':
    case 'item.completed':
      return decodeItem(objectOf(event['item']) ?? {}, type === 'item.completed');
    case 'error':
      return { kind: 'error', text: textOf(event['message']) ?? '' };
    case 'turn.completed':
      return { kind: 'completed', totals: decodeUsage(objectOf(event['usage']) ?? {}) };
    case 'turn.failed':
      return { kind: 'failed', text: textOf(objectOf(event['error'])?.['message']) ?? textOf(event['message']) ?? '' };
    default:
      return { kind: 'other' };
  }
}

function decodeItem(item: JsonObject, complete: boolean): CodexEvent {
  switch (item['type']) {
    case 'agent_message':
      return complete ? { kind: 'message', text: textOf(item['text']) ?? '' } : { kind: 'other' };
    case 'error':
      return complete ? { kind: 'warning', text: textOf(item['message']) ?? '' } : { kind: 'other' };
    case 'command_execution': {
      const failed = complete && (item['status'] === 'failed' || (countOf(item['exit_code']) ?? 0) > 0);
      const failure = failed ? (textOf(item['aggregated_output']) ?? '') : null;
      return { kind: 'command', command: withoutShell(textOf(item['command']) ?? ''), failure };
    }
    case 'file_change': {
      const paths = listOf(item['changes']).map((change) => textOf(objectOf(change)?.['path']));
      return { kind: 'files', paths: paths.filter((path) => path !== null) };
    }
    default:
      return { kind: 'other' };
  }
}

function decodeUsage(usage: JsonObject): Usage {
  return {
    inputTokens: countOf(usage['input_tokens']),
    cachedInputTokens: countOf(usage['cached_input_tokens']),
    outputTokens: countOf(usage['output_tokens']),
    reasoningTokens: countOf(usage['reasoning_output_tokens']),
    costUsd: null,
  };
}

/** codex runs everything as `/bin/bash -lc "…"`: the script says more. */
function withoutShell(command: string): string {
  const script = /^\S*sh -l?c (.+)$/s.exec(command)?.[1];
  return script === undefined ? command : unquoted(script);
}

/** What a POSIX shell makes of one word: codex quotes a script piece by piece, each as suits it. */
function unquoted(word: string): string {
  return word.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs, (_, single?: string, double?: string, bare?: string) => {
    return single ?? bare ?? (double ?? '').replace(/\\([\\"$`])/g, '$1');
  });
}
