import { createHash } from 'node:crypto';
import path from 'node:path';
import { isRunId, taskIdFromOption } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { lookAt } from '../../files/door.ts';
import { creationTime, runsOf } from './dating.ts';
import { guardPath } from '../disk/guard.ts';
import { isTaskFolderName, runLayout, stateFiles, taskFiles } from '../layout.ts';
import type { TaskFiles } from '../layout.ts';
import { STATE_ROOTS, isTask, taskIdsIn } from './listing.ts';
import type { StateRoot } from './listing.ts';
import { notFound } from './not-found.ts';

/** What the operator named; null: not named. The task id as typed: it is slugified where no folder has it. */
export interface RunQuery {
  readonly workspace: string;
  readonly taskId: string | null;
  readonly runId: string | null;
}

/** Where a run is: in this program's state or in that of the releases before it. */
export interface FoundRun {
  readonly root: StateRoot;
  readonly taskId: string;
  readonly runId: string;
  /** Absolute. */
  readonly folder: string;
}

/**
 * The run that `--resume` means (docs/loop.md, resuming): the first of `.autoloop` and `.superloop` that has it. Rejects with
 * a Problem that says what there is instead, or that an id is not one.
 */
export async function findRun(query: RunQuery): Promise<FoundRun> {
  checkIds(query);
  for (const root of STATE_ROOTS) {
    const tasks = tasksMeant(query, root);
    const found = query.runId === null ? await latestRun(tasks) : withRun(tasks, query.runId);
    if (found !== null) return foundRun(found.task, { root, runId: found.runId });
  }
  const { workspace, taskId, runId } = query;
  const meant = taskId === null ? null : idMeant(workspace, 'autoloop', taskId);
  throw notFound(
    { workspace, taskId: meant, runId },
    STATE_ROOTS.flatMap((root) => tasksIn(workspace, root)),
  );
}

interface Candidate {
  readonly task: TaskFiles;
  readonly runId: string;
}

/** Ids become parts of paths: what climbs or descends is refused before it is looked for. */
function checkIds({ taskId, runId }: RunQuery): void {
  if (taskId !== null && /^\.*$|[/\\\0]/.test(taskId)) {
    throw new Problem('usage', `--task-id ${JSON.stringify(taskId)} is not a task id: it must not be a path`);
  }
  if (runId !== null && !isRunId(runId)) {
    const given = JSON.stringify(runId);
    throw new Problem('usage', `--run-id ${given} has not the form of a run id: run-YYYYMMDDTHHMMSSZ-xxxxxxxx`);
  }
}

function tasksMeant({ workspace, taskId }: RunQuery, root: StateRoot): readonly TaskFiles[] {
  if (taskId === null) return tasksIn(workspace, root);
  const task = taskFiles(stateFiles(workspace, `.${root}`), idMeant(workspace, root, taskId));
  guardPath(task.state, task.folder);
  return isTask(task.folder) ? [task] : [];
}

/** A folder's own name, else the id that a new task would get. */
function idMeant(workspace: string, root: StateRoot, typed: string): string {
  const { tasks } = stateFiles(workspace, `.${root}`);
  const exists = (id: string) => isTaskFolderName(id) && lookAt(path.join(tasks, id)) !== null;
  return exists(typed) ? typed : taskIdFromOption(typed, sha1, exists);
}

function tasksIn(workspace: string, root: StateRoot): readonly TaskFiles[] {
  const state = stateFiles(workspace, `.${root}`);
  return taskIdsIn(state).map((id) => taskFiles(state, id));
}

function withRun(tasks: readonly TaskFiles[], runId: string): Candidate | null {
  const task = tasks.find(({ runs }) => lookAt(path.join(runs, runId)) !== null);
  return task === undefined ? null : { task, runId };
}

/** The latest run of the task that was created last; a task without runs has nothing to resume and is passed over. */
async function latestRun(tasks: readonly TaskFiles[]): Promise<Candidate | null> {
  let latest: (Candidate & { readonly created: number }) | null = null;
  for (const task of tasks) {
    const runs = runsOf(task);
    const runId = runs.at(-1)?.runId;
    if (runId === undefined) continue;
    const created = (await creationTime(task, runs)) ?? 0;
    const isLater =
      latest === null || created > latest.created || (created === latest.created && task.taskId > latest.task.taskId);
    if (isLater) latest = { task, runId, created };
  }
  return latest;
}

function foundRun(task: TaskFiles, { root, runId }: { root: StateRoot; runId: string }): FoundRun {
  const folder = runLayout(task, runId).run;
  guardPath(task.state, folder);
  return { root, taskId: task.taskId, runId, folder };
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
