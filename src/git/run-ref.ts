import type { Git } from './git.ts';

/** The reference that keeps a run's checkpoints, whatever becomes of the branch: it points to the latest one. */
export function runRef(runId: string): string {
  return `refs/autoloop/runs/${runId}`;
}

/** Moves it there. One process. */
export async function markRun(git: Git, runId: string, commit: string): Promise<void> {
  await git.output(['update-ref', '-m', 'autoloop: checkpoint', runRef(runId), commit]);
}
