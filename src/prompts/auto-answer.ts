import { AUTO_ANSWER } from './assets.ts';
import { block, fact } from './labels.ts';

/** What an automatic answer is given. Paths are absolute. */
export interface AutoAnswerContext {
  readonly question: string;
  readonly request: string;
  readonly requestFile: string;
  readonly rawLogFile: string;
}

/**
 * The prompt of the turn that answers a question in the user's stead (docs/loop.md). It has no preamble, by which
 * agents tell it from a turn of the loop: no line of it reads `LOOP PAIR:`, whatever question and request hold.
 */
export function autoAnswerPrompt(context: AutoAnswerContext): string {
  return [
    AUTO_ANSWER.trimEnd(),
    `${fact('REQUEST FILE', context.requestFile)}\n${fact('RAW LOG', context.rawLogFile)}`,
    block('QUESTION TO ANSWER', context.question),
    block('INITIAL REQUEST SNAPSHOT', context.request),
  ]
    .join('\n\n')
    .concat('\n');
}
