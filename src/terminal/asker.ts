import type { Approval, Person, PlanToApprove } from '../run/ports.ts';
import { suppositionIn } from '../core/control.ts';
import { tooLong } from '../core/bounds.ts';
import { screenLine } from '../core/screen.ts';
import { answerText, questionText } from '../work/given-answer.ts';
import { InputLines } from './input-lines.ts';
import type { Screen } from './screen-output.ts';
import type { TerminalInput } from './terminal-input.ts';

/** Without a terminal, how long standard input may stay silent before the run pauses. */
const SILENCE_MS = 10_000;

/**
 * Asks whoever is at standard input. At a terminal it rings, Enter alone takes the agent's supposition, and a paste of several lines is one
 * answer; without a terminal every line is an answer, and its end or silence is none.
 */
export function createAsker(screen: Pick<Screen, 'out' | 'text'>): Person {
  const lines = new InputLines(process.stdin);
  let opened: Promise<TerminalInput> | null = null;
  const terminal = () => (opened ??= openTerminal(screen));
  const print = (text: string) => screen.text(text);
  const ring = (text: string) => {
    if (isThere()) screen.out(bell(text));
  };
  return {
    async ask(question, stop) {
      print(`${questionText(question)}\n`);
      ring(`Autoloop asks: ${question}`);
      const isTerminal = process.stdin.isTTY;
      const supposition = suppositionIn(question);
      if (isTerminal) print(`${keysText(supposition !== null)}\n`);
      for (;;) {
        const text = isTerminal
          ? await (await terminal()).text('Your answer: ', stop)
          : await lines.line(SILENCE_MS, stop);
        if (text === null || stop.aborted) return { kind: 'none' };
        const flaw = tooLong(text);
        if (flaw !== null) print(`The answer was not taken: ${flaw}.\n`);
        else if (text.trim() !== '') return { kind: 'answer', text: answerText(text.trim()) };
        else if (isTerminal && supposition !== null) return { kind: 'answer', text: supposition };
      }
    },
    approve(shown, stop) {
      if (process.stdin.isTTY) ring('Autoloop: a plan waits for approval');
      return approveAt({ terminal, print }, shown, stop);
    },
  };
}

/** Most runs ask nobody: what asks at a terminal is loaded for the first question. */
async function openTerminal(screen: Pick<Screen, 'out'>): Promise<TerminalInput> {
  const { TerminalInput: Input } = await import('./terminal-input.ts');
  return new Input(
    process.stdin,
    (text) => screen.out(text),
    () => process.stdout.columns || 80,
  );
}

/** Whether a person sees this output: elsewhere a bell is a sign in a file. */
function isThere(): boolean {
  return process.stdout.isTTY && process.env.TERM !== 'dumb';
}

/** Rings, and shows a notification where the terminal has them (OSC 9). */
function bell(text: string): string {
  return `\u0007\u001b]9;${screenLine(text, 120)}\u0007`;
}

function keysText(hasSupposition: boolean): string {
  const enter = hasSupposition
    ? 'Enter: go on with the supposition; or an answer, then Enter'
    : 'An answer, then Enter';
  return `${enter}; skip: leave it open; Ctrl-C: stop, and answer another time.`;
}

interface AtTerminal {
  readonly terminal: () => Promise<TerminalInput>;
  readonly print: (text: string) => void;
}

/** Only at a terminal: what is piped in was written before there was a plan. */
async function approveAt({ terminal, print }: AtTerminal, shown: PlanToApprove, stop: AbortSignal): Promise<Approval> {
  if (!process.stdin.isTTY) return { kind: 'none' };
  print(planText(shown));
  const said = async (prompt: string) => {
    const text = await (await terminal()).text(prompt, stop);
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
