import { Problem } from '../../core/problem.ts';
import type { RunState } from '../../core/state.ts';
import { runLayout, stateFiles, taskFiles } from '../../store/layout.ts';
import { readState } from '../../store/log/event-log.ts';
import { runsOf } from '../../store/tasks/dating.ts';
import type { TaskTree } from './record.ts';

export interface LatestState {
  readonly runId: string;
  readonly state: RunState;
}

/** The task's latest run; null: its work tree is gone, or it has none. */
export async function latestOf({ isThere, workspace, taskId }: TaskTree): Promise<LatestState | null> {
  const task = taskFiles(stateFiles(workspace), taskId);
  const runId = isThere ? runsOf(task).at(-1)?.runId : undefined;
  return runId === undefined ? null : { runId, state: await readState(runLayout(task, runId).events) };
}

/** Throws a Problem of kind `usage` unless it came to its end. */
export function requireSuccess({ taskId, workspace, isThere }: TaskTree, latest: LatestState | null): void {
  const status = latest?.state.finished?.status ?? null;
  if (status === 'success') return;
  const why =
    latest === null
      ? isThere
        ? 'it has no run'
        : `its work tree ${workspace} is gone`
      : `its run is ${status ?? 'not at its end'}`;
  throw new Problem(
    'usage',
    `task ${taskId} is not merged: ${why}`,
    `Go on with it (autoloop --resume --task-id ${taskId}), or merge what there is: --force.`,
  );
}
