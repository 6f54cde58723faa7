import { type ChildProcess, spawn } from 'node:child_process';
import { LineSplitter } from '../../supervision/lines.ts';
import { atMost } from '../../supervision/wait.ts';
import { shorten } from '../failure.ts';
import type { Environment } from '../program.ts';
import { Conversation, Gone } from './conversation.ts';
import { introduce, type Introduction } from './setup.ts';
import { SetupProblem } from './step-time.ts';

export type Greeting =
  | ({ readonly kind: 'said' } & Introduction)
  /** It had not answered in time, which on a busy machine says nothing. */
  | { readonly kind: 'late'; readonly text: string }
  | { readonly kind: 'failed'; readonly text: string; readonly hint: string | null };

const GREETING_MS = 10_000;
const LEAVE_MS = 2000;
const LONGEST_LINE = 1 << 20;
const NOBODY = { update: () => undefined, permission: () => ({ outcome: 'cancelled' }), prompted: () => undefined };

interface Greeted {
  /** What it is started with, the program first. */
  readonly words: readonly string[];
  readonly name: string;
  readonly cwd: string;
  readonly env: Environment;
}

/** Starts an agent only to hear what it says of itself: no session, no request to a model. Never rejects. */
export async function greet({ words, name, cwd, env }: Greeted): Promise<Greeting> {
  const talk = await Conversation.prepare(name, NOBODY);
  const [program = '', ...args] = words;
  const child = spawn(program, args, { cwd, env: { ...env }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const over = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(`it ended with ${code ?? signal ?? 'nothing'}`));
  });
  let stderr = '';
  const lines = new LineSplitter(LONGEST_LINE, (line) => talk.line(line));
  child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4000)));
  child.stdin.on('error', () => undefined); // It ended without reading.
  talk.speakTo({ send: (text) => void child.stdin.write(text), closed: over });
  try {
    return { kind: 'said', ...(await introduce(talk, name, GREETING_MS)) };
  } catch (error) {
    return failed(name, error, error instanceof Gone ? await over : '', stderr);
  } finally {
    child.stdin.end();
    await atMost(LEAVE_MS, over);
    endGroup(child);
  }
}

function failed(name: string, error: unknown, end: string, stderr: string): Greeting {
  if (error instanceof SetupProblem) {
    const { message, hint } = error.verdict;
    if (error.verdict.class === 'hang_idle') return { kind: 'late', text: `${message}; a turn waits for a minute` };
    return { kind: 'failed', text: message, hint };
  }
  const words = shorten(stderr.trimEnd().split('\n').slice(-2).join('\n'));
  const why = error instanceof Gone ? [end, words].filter((part) => part !== '').join(': ') : String(error);
  return {
    kind: 'failed',
    text: `${name} did not answer initialize: ${why}`,
    hint: 'Check provider.acp.command: the program must speak the Agent Client Protocol on its standard input and output.',
  };
}

/** With what it started. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended by itself.
  }
}
