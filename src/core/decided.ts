import type { EventOf, RunEvent } from './events.ts';
import { parseTimestamp } from './time.ts';

/** What somebody asked or decided in a run, and who: a role, `terminal`, `cli`, `page`, `mcp`, or `an agent`. */
export interface Decided {
  readonly kind: 'question' | 'answer' | 'note' | 'approved' | 'rejected';
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
  readonly by: string;
}

/** How a report heads the list of them, on disk as on the page. */
export const DECIDED_TITLE = 'What was asked and decided';

export const DECIDED_WORDS: Readonly<Record<Decided['kind'], string>> = {
  question: 'Question',
  answer: 'Answer',
  note: 'Note',
  approved: 'Plan approved',
  rejected: 'Plan sent back',
};

/** What people and agents decided in a run: what was asked, answered, noted, approved and sent back. Null: the event is none of it. */
function decidedBy(event: RunEvent): Decided | null {
  const { ts: at } = event;
  switch (event.event_type) {
    case 'question':
      return { kind: 'question', at, text: event.text ?? '', by: event.phase };
    case 'clarified': {
      const { question, answer: text } = event.clarification;
      return { kind: question === null ? 'note' : 'answer', at, text, by: saidBy(event) };
    }
    case 'approval_given': {
      const by = event.command_id === null ? 'terminal' : event.by;
      return { kind: event.verdict, at, text: event.text ?? '', by };
    }
    default:
      return null;
  }
}

/** Who gave an answer or a note. */
export function saidBy({ by, clarification }: EventOf<'clarified'>): string {
  return by ?? (clarification.source === 'auto' ? 'an agent' : 'terminal');
}

/** The same state, with what the event decided. */
export function alsoDecided<S extends { readonly decided: readonly Decided[] }>(state: S, event: RunEvent): S {
  const one = decidedBy(event);
  return one === null ? state : { ...state, decided: [...state.decided, one] };
}

/** The head of one of them as a report on disk has it, which is read anywhere: `Plan sent back · page · 2026-11-29 12:03 UTC`. */
export function decidedHead({ kind, by, at }: Decided): string {
  const ms = parseTimestamp(at);
  const when = ms === null ? '' : ` · ${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `${DECIDED_WORDS[kind]} · ${by}${when}`;
}
