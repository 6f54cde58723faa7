import type { Asker } from '../run/ports.ts';
import { tooLong } from '../core/bounds.ts';
import { screenText } from '../core/screen.ts';
import { InputLines } from './input-lines.ts';

/** What `skip` records (spec: cli.md, questions). */
const SKIPPED = '[User skipped providing an answer]';
/** Without a terminal, how long standard input may stay silent before the run pauses. */
const SILENCE_MS = 10_000;

/**
 * Asks whoever is at standard input. An answer given with `--answer` comes first. At a terminal a paste of several lines is one
 * answer and an empty one asks again; without a terminal every line is an answer, and its end or silence is none.
 */
export function createAsker(answer: string | null, print: (text: string) => void): Asker {
  const input = new InputLines(process.stdin);
  let given = answer;
  return {
    async ask(question, stop) {
      print(`\n[AGENT QUESTION]\n${screenText(question)}\n`);
      if (given !== null) {
        const text = given;
        given = null;
        return { kind: 'answer', text: orSkipped(text) };
      }
      const isTerminal = process.stdin.isTTY;
      for (;;) {
        if (isTerminal) print('Your answer (skip to leave it open): ');
        const text = isTerminal ? await input.paste(stop) : await input.line(SILENCE_MS, stop);
        if (text === null || stop.aborted) return { kind: 'none' };
        const flaw = tooLong(text);
        if (flaw !== null) print(`The answer was not taken: ${flaw}.\n`);
        else if (text.trim() !== '') return { kind: 'answer', text: orSkipped(text.trim()) };
      }
    },
  };
}

function orSkipped(text: string): string {
  return text.trim().toLowerCase() === 'skip' ? SKIPPED : text;
}
