import { stateDisk } from '../disk.ts';
import { relativeTo, runLayout, stateFiles, taskFiles } from '../layout.ts';
import type { FoundRun } from '../lookup.ts';
import { fillRun } from './fill-run.ts';

/**
 * Makes a run in `.autoloop` that an older release began ready to go on where it is (`fillRun`); nothing happens to one of
 * today's. Resolves with what there is to tell the operator, one line each. The caller holds the workspace's lock.
 */
export async function adoptRun(workspace: string, found: FoundRun, now = new Date()): Promise<readonly string[]> {
  const state = stateFiles(workspace);
  const layout = runLayout(taskFiles(state, found.taskId), found.runId);
  return fillRun({ disk: stateDisk(state), layout, relative: relativeTo(workspace, layout.run), now });
}
