import type { AgentProcess } from './launch.ts';
import { atMost } from './wait.ts';

/** What a process can close and go on. */
export type DeafStream = 'input' | 'output';

/** How long one that has closed a stream may take to end, in ms. */
const END_MS = 2000;

/** Tells when a process goes on with which nobody can talk any more: it has closed its standard input, as a write has shown, or its output. */
export function watchDeafness(agent: AgentProcess, tell: (stream: DeafStream) => void): void {
  let hasEnded = false;
  const ended = agent.exited.then(() => (hasEnded = true));
  const look = async (stream: DeafStream): Promise<void> => {
    await atMost(END_MS, ended);
    if (!hasEnded) tell(stream);
  };
  agent.stdin.once('error', () => void look('input'));
  agent.stdout.once('end', () => void look('output'));
}
