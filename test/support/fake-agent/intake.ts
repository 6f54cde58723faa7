import { Buffer } from 'node:buffer';
import { readFacts } from './facts.ts';
import { nextCall, recordCall, runNumber, type Notebook } from './notebook.ts';
import type { AgentCall, Program } from './script.ts';

/** Reads standard input to its end. `patienceMs`: how long to wait for its first byte (null: for ever). */
export async function readPrompt(patienceMs: number | null): Promise<{ text: string; late: boolean }> {
  const chunks: Buffer[] = [];
  return await new Promise((done, failed) => {
    const timer = patienceMs === null ? null : setTimeout(() => done({ text: '', late: true }), patienceMs);
    process.stdin.on('data', (chunk: Buffer) => {
      if (timer !== null) clearTimeout(timer);
      chunks.push(chunk);
    });
    process.stdin.on('end', () => {
      if (timer !== null) clearTimeout(timer);
      done({ text: Buffer.concat(chunks).toString('utf8'), late: false });
    });
    process.stdin.on('error', failed);
  });
}

export interface Intake {
  readonly program: Program;
  readonly argv: readonly string[];
  readonly prompt: string;
  readonly session: string | null;
  readonly systemPrompt: string | null;
  readonly slash?: boolean;
}

/** Records that a turn was asked for, also one that is refused next. */
export function callOf(book: Notebook, intake: Intake): AgentCall {
  const { runId, pair, role, phase, cycle, attempt } = readFacts(intake.prompt);
  const kind = pair === null ? 'auto' : intake.session === null ? 'start' : 'resume';
  const call: AgentCall = {
    n: nextCall(book),
    program: intake.program,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    argv: intake.argv,
    cwd: process.cwd(),
    env: process.env as Record<string, string>,
    prompt: intake.prompt,
    systemPrompt: intake.systemPrompt,
    kind: intake.slash === true ? 'slash' : kind,
    session: intake.session,
    runId,
    run: runId === null ? 0 : runNumber(book, runId),
    pair,
    role,
    phase,
    cycle,
    attempt,
  };
  recordCall(book, call);
  return call;
}
