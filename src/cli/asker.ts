import type { Approval, Person, PlanToApprove } from '../run/ports.ts';
import { tooLong } from '../core/bounds.ts';
import { screenLine } from '../core/screen.ts';
import { answerText, questionText } from '../work/given-answer.ts';
import { InputLines } from './input-lines.ts';

/** Without a terminal, how long standard input may stay silent before the run pauses. */
const SILENCE_MS = 10_000;

/**
 * Asks whoever is at standard input. At a terminal a paste of several lines is one
 * answer and an empty one asks again; without a terminal every line is an answer, and its end or silence is none.
 */
export function createAsker(print: (text: string) => void): Person {
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
    approve: (shown, stop) => approveAt({ input, print }, shown, stop),
  };
}

interface Terminal {
  readonly input: InputLines;
  readonly print: (text: string) => void;
}

/** Only at a terminal: what is piped in was written before there was a plan. */
async function approveAt({ input, print }: Terminal, shown: PlanToApprove, stop: AbortSignal): Promise<Approval> {
  if (!process.stdin.isTTY) return { kind: 'none' };
  print(planText(shown));
  const said = async (prompt: string) => {
    print(prompt);
    const text = await input.paste(stop);
    return stop.aborted ? null : (text?.trim() ?? null);
  };
  for (;;) {
    const verdict = (await said('Go on with this plan? (y, or n to send it back) '))?.toLowerCase();
    if (verdict === undefined) return { kind: 'none' };
    if (verdict === 'y' || verdict === 'yes') return { kind: 'approved' };
    if (verdict === 'n' || verdict === 'no') break;
  }
  for (;;) {
    const text = await said('What must change: ');
    if (text === null) return { kind: 'none' };
    const flaw = tooLong(text);
    if (flaw !== null) print(`The text was not taken: ${flaw}.\n`);
    else if (text !== '') return { kind: 'rejected', text };
  }
}

function planText({ file, plan }: PlanToApprove): string {
  const phases = (plan?.phases ?? []).map(
    ({ phaseId, title }) => `  ${screenLine(phaseId, 96)}: ${screenLine(title, 200)}\n`,
  );
  return `\n[PLAN] ${file}\n${phases.join('')}`;
}
