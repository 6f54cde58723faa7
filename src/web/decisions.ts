import type { RunEvent } from '../core/events.ts';
import type { Decision } from './documents.ts';

/** What people and agents decided in a run: what was asked, answered, noted, approved and sent back, and by whom. Null: the event is none of it. */
export function decisionOf(event: RunEvent): Decision | null {
  const { ts: at } = event;
  switch (event.event_type) {
    case 'question':
      return { kind: 'question', at, text: event.text ?? '', by: event.phase };
    case 'clarified': {
      const { question, answer: text, source } = event.clarification;
      const by = event.by ?? (source === 'auto' ? 'an agent' : 'terminal');
      return { kind: question === null ? 'note' : 'answer', at, text, by };
    }
    case 'approval_given':
      return { kind: event.verdict, at, text: event.text ?? '', by: event.by };
    default:
      return null;
  }
}
