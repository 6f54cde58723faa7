import { LABEL } from './final-text.ts';

export const QUESTION =
  'Should --from read unusual numerals such as IIII or IC? ' +
  'Reading them is friendlier; refusing them finds typing errors. (The rehearsal is scripted: it goes on with refusing, whatever the answer.)';

export const SUPPOSITION = 'Refuse them: only the standard form of a number is a numeral.';

/** The turn that answers a question in the user’s stead: its own is answered, of others it knows nothing. */
export function answer(prompt: string): string {
  if (prompt.includes(QUESTION.slice(0, QUESTION.indexOf('?') + 1))) {
    return `${LABEL} Refuse them. Only the standard form of a number is a numeral, and a refused typing error is cheaper than a wrong number.`;
  }
  return `${LABEL} Take the safest reading of the request. This answer is scripted and does not know the question.`;
}
