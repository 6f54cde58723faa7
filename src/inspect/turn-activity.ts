import type { ProviderName } from '../core/vocabulary.ts';
import { ProgressReader } from '../providers/claude/progress.ts';
import { decodeEvent } from '../providers/codex/events.ts';
import { parseObject } from '../providers/json.ts';
import type { Deed } from './deed-text.ts';

/**
 * Reads the lines of a turn's log. A provider that prints nothing while it works (claude without stream, a command) yields
 * nothing. What is said twice in a row is said once.
 */
export function deedReader(provider: ProviderName): (line: string) => readonly Deed[] {
  const decode = decoderOf(provider);
  let last = '';
  return (line) =>
    decode(line).filter((deed) => {
      const said = `${deed.kind} ${deed.text}`;
      const isNew = said !== last;
      last = said;
      return isNew;
    });
}

function decoderOf(provider: ProviderName): (line: string) => readonly Deed[] {
  switch (provider) {
    case 'codex':
    case 'rehearsal':
      return codexDeeds;
    case 'claude':
      return claudeDeeds();
    case 'command':
      return () => [];
  }
}

function codexDeeds(line: string): readonly Deed[] {
  const event = decodeEvent(line);
  switch (event?.kind) {
    case 'message':
      return [{ kind: 'message', text: event.text }];
    case 'command':
      return [
        event.failure === null ? commandDeed(event.command) : { kind: 'notice', text: `failed: ${event.command}` },
      ];
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

function commandDeed(text: string): Deed {
  return { kind: 'command', text };
}

function claudeDeeds(): (line: string) => readonly Deed[] {
  let deeds: Deed[] = [];
  const reader = new ProgressReader((activity) => {
    if (activity.kind !== 'usage') deeds.push(activity);
  });
  return (line) => {
    const event = parseObject(line);
    if (event !== null) reader.take(event);
    const found = deeds;
    deeds = [];
    return found;
  };
}
