import { screenText } from '../core/screen.ts';
import type { Asker } from '../run/ports.ts';
import type { Io } from './ports.ts';

/** What `skip` records. */
const SKIPPED = '[User skipped providing an answer]';

/** Asks whom `io` asks; the first question has its answer already when one was given with the resume. */
export function askerOf({ asker, line }: Pick<Io, 'asker' | 'line'>, answer: string | null): Asker {
  let left = answer;
  return {
    ask: (question, stop) => asker.ask(question, stop),
    approve: (shown, stop) => asker.approve(shown, stop),
    given(question) {
      if (left === null) return null;
      line(questionText(question));
      const text = left;
      left = null;
      return answerText(text);
    },
  };
}

/** An agent's question as it is shown. */
export function questionText(question: string): string {
  return `\n[AGENT QUESTION]\n${screenText(question)}`;
}

/** What is recorded for an answer as it was given. */
export function answerText(text: string): string {
  return text.trim().toLowerCase() === 'skip' ? SKIPPED : text;
}
