import os from 'node:os';
import type { ChainEnd } from '../work/chain.ts';
import type { Environment, Io } from '../work/ports.ts';
import { resumeLine } from '../inspect/resume-command.ts';
import { createAsker } from './asker.ts';
import { createNarrator } from './narrator.ts';
import { processScreen } from './screen-output.ts';
import { listenForSignals, type StopCause } from './signals.ts';

/** What the process has of its surroundings. */
export function processEnvironment(): Environment {
  return { home: os.homedir(), env: process.env };
}

/** Works on runs for whoever sits at this terminal, and tells how they ended. Resolves with the exit code. */
export async function atTerminal(workspace: string, work: (io: Io) => Promise<ChainEnd>): Promise<number> {
  const screen = processScreen();
  const signals = listenForSignals((cause) => screen.note(`[!] ${stopText(cause)}`));
  const { run, end, exitCode } = await work({
    ...signals,
    line: (text) => screen.line(text),
    warn: (text) => screen.warn(text),
    narrator: (narrated) => createNarrator(screen, narrated),
    asker: createAsker(screen),
    isAttended: process.stdin.isTTY,
    environment: processEnvironment(),
  });
  const { taskId, runId } = run;
  const { reportEnd } = await import('./run-end.ts');
  await reportEnd(screen, { workspace, taskId, runId, end });
  if (exitCode !== 0) screen.err(`${resumeLine(workspace, run)}\n`);
  return exitCode;
}

function stopText(cause: StopCause): string {
  switch (cause) {
    case 'SIGINT':
      return 'Stopping; a second Ctrl-C does not wait.';
    case 'output':
      return 'Stopping: the output is closed, or there is no space left for it.';
    default:
      return `Stopping after ${cause}; a second signal does not wait.`;
  }
}
