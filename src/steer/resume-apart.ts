import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { makeFolder } from '../files/folders.ts';
import { cyclesToGoOn } from '../inspect/resume-command.ts';
import { type RunView, viewRun } from '../inspect/run-view.ts';
import { launchApart } from './apart.ts';

/**
 * Resumes a run in a process and a session of its own, which outlives us; what it prints is kept in the run's `turns/resumed.out`.
 * Where its last cycle failed it is given one more, as the command for it says. Resolves once the run goes on. Rejects with a usage Problem
 * where somebody works in the workspace already, and with the program's last words where it refuses.
 */
export async function resumeApart(
  workspace: string,
  { found, layout, holder, known, standing }: RunView,
): Promise<void> {
  if (holder !== null && holder.alive !== false) {
    throw new Problem('usage', `resume: ${holder.runId} is at work in this workspace`, 'Wait for it, or stop it.');
  }
  makeFolder(layout.turns);
  const { taskId, runId } = found;
  const before = known.state.seq;
  const cycles = standing === 'failed' ? cyclesToGoOn(known.state) : null;
  const more = cycles === null ? [] : ['--max-iterations', String(cycles)];
  await launchApart({
    workspace,
    args: ['--resume', '--task-id', taskId, '--run-id', runId, ...more],
    input: '',
    output: path.join(layout.turns, 'resumed.out'),
    hasBegun: async () => (await viewRun(workspace, found)).known.state.seq > before,
  });
}
