import { compareRuns } from '../../core/ids.ts';
import { listed } from '../../core/listed.ts';
import { Problem } from '../../core/problem.ts';
import { nearestFirst } from '../../core/similar.ts';
import { OLDER_STATE_FOLDER } from '../../core/state-folder.ts';
import { runsOf } from './dating.ts';
import { inTheWay } from './in-the-way.ts';
import type { TaskFiles } from '../layout.ts';
import { flatTask } from '../legacy/flat.ts';

interface Sought {
  readonly workspace: string;
  readonly taskId: string | null;
  readonly runId: string | null;
}

/** Why there is no such run, to resume or to look at, with what there is instead. */
export function notFound({ workspace, taskId, runId }: Sought, all: readonly TaskFiles[]): Problem {
  const ids = [...new Set(all.map((task) => task.taskId))].sort();
  const flat = flatTask(workspace);
  if (flat !== null && runId === null && (flat.taskId === taskId || (taskId === null && ids.length === 0))) {
    return new Problem(
      'state',
      `task ${flat.taskId} was left in ${OLDER_STATE_FOLDER} by the first release, which kept no record of its runs: it cannot be resumed`,
      `Start it anew: autoloop --intent-file ${OLDER_STATE_FOLDER}/context.md`,
    );
  }
  if (ids.length === 0) {
    const none = `there is no run in ${workspace}: it has no task yet`;
    return inTheWay(workspace) ?? new Problem('usage', none, 'Start one: autoloop --intent TEXT');
  }
  if (runId !== null) return runNotFound(runId, taskId, all);
  if (taskId === null) return new Problem('usage', `no task has a run: ${listed(ids, LISTED)}`, START_TASK);
  return ids.includes(taskId) ? new Problem('usage', `task ${taskId} has no run`, START_TASK) : noSuchTask(taskId, ids);
}

/** For one that is among none of these, which are not empty. */
export function noSuchTask(typed: string, ids: readonly string[]): Problem {
  const there = listed(nearestFirst(typed, ids), LISTED);
  return new Problem('usage', `there is no task ${JSON.stringify(typed)}; there is ${there}`);
}

const START_TASK = 'Start one: autoloop --task-id ID';

function runNotFound(runId: string, taskId: string | null, all: readonly TaskFiles[]): Problem {
  const perTask = all.flatMap((task) => runsOf(task).map((run) => ({ ...run, taskId: task.taskId })));
  const runs = perTask.sort((a, b) => compareRuns(b, a));
  const owner = runs.find((run) => run.runId === runId)?.taskId;
  if (taskId !== null && owner !== undefined) {
    return new Problem('usage', `run ${runId} is not one of task ${taskId}: it belongs to task ${owner}`);
  }
  const names = runs.map((run) => run.runId);
  const there = names.length === 0 ? 'no task has a run' : `there is ${listed([...new Set(names)], LISTED)}`;
  return new Problem('usage', `there is no run ${runId}; ${there}`);
}

const LISTED = 8;
