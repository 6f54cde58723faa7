import type { Deed } from '../provider.ts';
import type { CodexEvent } from './events.ts';
import { decodeEvent } from './events.ts';

/** What a line of `codex exec --json` says that the agent did. */
export function codexActivity(line: string): readonly Deed[] {
  const event = decodeEvent(line);
  return event === null ? [] : deedsIn(event);
}

export function deedsIn(event: CodexEvent): readonly Deed[] {
  switch (event.kind) {
    case 'message':
      return [{ kind: 'message', text: event.text }];
    case 'command':
      return event.failure === null
        ? [{ kind: 'command', text: event.command }]
        : [{ kind: 'notice', text: `failed: ${event.command}` }];
    case 'files':
      return event.paths.map((text) => ({ kind: 'file', text }));
    case 'warning':
    case 'error':
    case 'failed':
      return [{ kind: 'notice', text: event.text }];
    default:
      return [];
  }
}
