import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import type { RunView } from '../inspect/run-view.ts';
import { ownArgv } from '../supervision/own-argv.ts';

/**
 * Resumes a run in a process and a session of its own, which outlives us; what it prints is kept in the run's `turns/resumed.out`.
 * Rejects with a usage Problem where somebody works in the workspace already.
 */
export async function resumeApart(workspace: string, { found, layout, holder }: RunView): Promise<void> {
  if (holder !== null && holder.alive !== false) {
    throw new Problem('usage', `resume: ${holder.runId} is at work in this workspace`, 'Wait for it, or stop it.');
  }
  await mkdir(layout.turns, { recursive: true });
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  const output = await open(path.join(layout.turns, 'resumed.out'), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  try {
    const [program = '', ...before] = ownArgv();
    const run = ['--workspace', workspace, '--resume', '--task-id', found.taskId, '--run-id', found.runId];
    const stdio: ('ignore' | number)[] = ['ignore', output.fd, output.fd];
    const child = spawn(program, [...before, ...run], { cwd: workspace, detached: true, stdio });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
  } finally {
    await output.close();
  }
}
