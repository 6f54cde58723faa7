import type { Asker } from '../run/ports.ts';
import { tooLong } from '../core/bounds.ts';
import { answerText, questionText } from '../work/given-answer.ts';
import { InputLines } from './input-lines.ts';

/** Without a terminal, how long standard input may stay silent before the run pauses. */
const SILENCE_MS = 10_000;

/**
 * Asks whoever is at standard input. At a terminal a paste of several lines is one
 * answer and an empty one asks again; without a terminal every line is an answer, and its end or silence is none.
 */
export function createAsker(print: (text: string) => void): Asker {
  const input = new InputLines(process.stdin);
  return {
    async ask(question, stop) {
      print(`${questionText(question)}\n`);
      const isTerminal = process.stdin.isTTY;
      for (;;) {
        if (isTerminal) print('Your answer (skip to leave it open): ');
        const text = isTerminal ? await input.paste(stop) : await input.line(SILENCE_MS, stop);
        if (text === null || stop.aborted) return { kind: 'none' };
        const flaw = tooLong(text);
        if (flaw !== null) print(`The answer was not taken: ${flaw}.\n`);
        else if (text.trim() !== '') return { kind: 'answer', text: answerText(text.trim()) };
      }
    },
  };
}
