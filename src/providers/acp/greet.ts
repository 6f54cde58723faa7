import type { ProcessResult } from '../../supervision/open-process.ts';
import type { ProcessRunner } from '../../supervision/supervisor.ts';
import { howItEnded, lastWords, shorten } from '../failure.ts';
import type { Environment } from '../program.ts';
import { Conversation, CutOff, Gone, Refused } from './conversation.ts';
import { introduce, type Introduction } from './setup.ts';
import { SetupProblem } from './step-time.ts';

export type Greeting =
  | ({ readonly kind: 'said' } & Introduction)
  /** It had not answered in time, which on a busy machine says nothing. */
  | { readonly kind: 'late'; readonly text: string }
  | { readonly kind: 'failed'; readonly text: string; readonly hint: string | null };

const GREETING_MS = 10_000;
const LEAVE_MS = 2000;
/** For the case that the time of the greeting does not end it. */
const IN_ALL_MS = 60_000;
const LONGEST_LINE = 1 << 20;
const NOBODY = {
  update: () => undefined,
  permission: () => ({ outcome: 'cancelled' }),
  prompted: () => undefined,
  strange: () => undefined,
};

interface Greeted {
  /** What it is started with, the program first. */
  readonly words: readonly string[];
  readonly name: string;
  readonly cwd: string;
  readonly env: Environment;
}

/** Starts an agent only to hear what it says of itself: no session, no request to a model. */
export async function greet(runner: ProcessRunner, { words, name, cwd, env }: Greeted): Promise<Greeting> {
  const talk = await Conversation.prepare(name, NOBODY);
  const [command = '', ...args] = words;
  const process = await runner.open({
    command,
    args,
    cwd,
    env,
    logFile: null,
    maxLineBytes: LONGEST_LINE,
    onLine: (line) => talk.line(line),
    onDeaf: (stream) => talk.deaf(stream),
    idleTimeoutMs: IN_ALL_MS,
    turnTimeoutMs: IN_ALL_MS,
    graceMs: LEAVE_MS,
    stop: new AbortController().signal,
  });
  talk.speakTo({ send: (text) => process.send(text), closed: process.result });
  try {
    return { kind: 'said', ...(await introduce(talk, name, GREETING_MS)) };
  } catch (error) {
    return failed(name, error, error instanceof Gone ? await process.result : null);
  } finally {
    process.end(LEAVE_MS);
    await process.result;
  }
}

/** `ended`: how the process did, where that is why there is no answer. */
function failed(name: string, error: unknown, ended: ProcessResult | null): Greeting {
  if (error instanceof SetupProblem) {
    const { message, hint } = error.verdict;
    if (error.verdict.class === 'hang_idle') return { kind: 'late', text: `${message}; a turn waits for a minute` };
    return { kind: 'failed', text: message, hint };
  }
  const why = ended === null ? whyNot(error) : whyEnded(ended);
  return {
    kind: 'failed',
    text: `${name} did not answer initialize: ${why}`,
    hint: 'Check provider.acp.command: the program must speak the Agent Client Protocol on its standard input and output.',
  };
}

function whyNot(error: unknown): string {
  if (error instanceof CutOff) return `it ${error.message}`;
  return error instanceof Refused ? shorten(error.message) : String(error);
}

function whyEnded(ended: ProcessResult): string {
  if (ended.startError !== null) return ended.startError;
  return [`it ${howItEnded(ended)}`, lastWords(ended)].filter((part) => part !== '').join(': ');
}
