import path from 'node:path';
import { readText } from '../../files/door.ts';

/** What a context.md of the first releases holds (docs/state.md); null: nothing. */
export interface Context {
  readonly request: string | null;
  /** The answers that were appended to it. */
  readonly clarifications: string | null;
}

/** The context.md in `folder`, as far as there is one that can be read. */
export function readContext(folder: string): Context {
  try {
    return parseContext(readText(path.join(folder, 'context.md')) ?? '');
  } catch {
    return parseContext(''); // Without it a request is a placeholder, which is said.
  }
}

/** The request is the text up to the first `### Clarification`, without the heading over it. */
export function parseContext(text: string): Context {
  const at = text.search(/^### Clarification/m);
  const request = at < 0 ? text : text.slice(0, at);
  return {
    request: request.replace(/^\s*# Product Context[ \t]*(?:\r?\n|$)/, '').trim() || null,
    clarifications: at < 0 ? null : text.slice(at).trim(),
  };
}
