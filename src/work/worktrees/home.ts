import { compareRuns, taskIdFromOption } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { OLDER_STATE_FOLDER, STATE_FOLDER } from '../../core/state-folder.ts';
import { isThere, lookAt } from '../../files/door.ts';
import { runLayout, stateFiles, taskFiles } from '../../store/layout.ts';
import { runsOf } from '../../store/tasks/dating.ts';
import type { RunQuery } from '../../store/tasks/lookup.ts';
import { listTaskIds } from '../../store/tasks/listing.ts';
import { noSuchTask } from '../../store/tasks/not-found.ts';
import { runIdsOf as namesOfRuns } from '../../store/tasks/task.ts';
import { sha1 } from '../ids.ts';
import { taskIdsOf, treesBeside } from './beside.ts';
import { noteOf, repositoryAround, type TaskTree } from './record.ts';

/**
 * The workspace in which the run of a query is: the given one, or the work tree of its task. Reads files only. Throws a Problem of
 * kind `usage` where the task's work tree is gone, or neither the workspace nor a work tree has the task.
 */
export function homeOf({ workspace, taskId, runId }: RunQuery): string {
  const trees = treesBeside(workspace);
  if (trees.length === 0) return workspace;
  if (taskId !== null) {
    const tree = treeNamed(trees, taskId);
    return tree === undefined ? withTask(workspace, taskId) : placeOf(tree);
  }
  const there = trees.filter((tree) => tree.isThere);
  if (runId !== null) return there.find((tree) => hasRun(tree, runId))?.workspace ?? workspace;
  return isLinked(workspace, trees) ? workspace : newestOf(workspace, there);
}

/** Whether a task has a work tree that is gone, or was not finished, so that a resume has to make it first. */
export function isHomeGone(workspace: string, typed: string): boolean {
  const around = repositoryAround(workspace);
  // What is typed names no file: it may be longer than a name can be, or a path.
  const taskId = typed.trim() === '' ? null : taskIdFromOption(typed, sha1, () => false);
  if (around !== null && taskId !== null && lookAt(noteOf(around.commonDir, taskId)) !== null) return true;
  return treeNamed(treesBeside(workspace), typed)?.isThere === false;
}

/** The work tree of the task that is meant: by its id, or by what its id was made from. */
export function treeNamed(trees: readonly TaskTree[], typed: string): TaskTree | undefined {
  const hasTree = (id: string) => trees.some(({ taskId }) => taskId === id);
  if (hasTree(typed) || typed.trim() === '') return trees.find(({ taskId }) => taskId === typed);
  const id = taskIdFromOption(typed, sha1, hasTree);
  return trees.find(({ taskId }) => taskId === id);
}

/** The ids of the runs of one task, or of all (null), the newest first. Reads nothing but folder names. */
export function runIdsOf(workspace: string, taskId: string | null): string[] {
  const tasks = taskIdsOf(workspace).filter((id) => taskId === null || id === taskId);
  const trees = treesBeside(workspace);
  const files = tasks.flatMap((id) => {
    const home = trees.find((tree) => tree.taskId === id)?.workspace ?? workspace;
    return [STATE_FOLDER, OLDER_STATE_FOLDER].map((root) => taskFiles(stateFiles(home, root), id));
  });
  return [...new Set(files.flatMap(namesOfRuns))].sort().reverse();
}

/** A workspace with the work trees beside it, for those who look at it and know nothing of git. */
export function seenFrom(workspace: string) {
  return {
    workspace,
    elsewhere: () => treesBeside(workspace),
    homeOf: (runId: string | null) => homeOf({ workspace, taskId: null, runId }),
  };
}

/** A workspace that has the task. What is no name of a task is for others to refuse. Throws a Problem of kind `usage` where no task has it. */
function withTask(workspace: string, typed: string): string {
  const ids = taskIdsOf(workspace);
  const meant = taskIdFromOption(typed, sha1, (id) => ids.includes(id));
  if (/^\s*$|[/\\\0]/.test(typed) || ids.includes(typed) || ids.includes(meant)) return workspace;
  throw noSuchTask(typed, ids);
}

/** Throws a Problem of kind `usage` where it is gone. */
function placeOf({ taskId, branch, top, workspace, isThere }: TaskTree): string {
  if (isThere) return workspace;
  throw new Problem(
    'usage',
    `the work tree of task ${taskId}, ${top}, is gone or something else stands there; what was committed is on the branch ${branch}`,
    `Move it back (git worktree repair), or have it made again from its branch: autoloop --resume --task-id ${taskId}`,
  );
}

function hasRun({ workspace, taskId }: TaskTree, runId: string): boolean {
  return isThere(runLayout(taskFiles(stateFiles(workspace), taskId), runId).events);
}

function isLinked(workspace: string, trees: readonly TaskTree[]): boolean {
  return trees.some((tree) => tree.workspace === workspace);
}

/** Where the run that began last is. */
function newestOf(workspace: string, trees: readonly TaskTree[]): string {
  const own = listTaskIds(workspace).map((taskId) => ({ workspace, taskId }));
  const all = [...own, ...trees].flatMap(({ workspace: home, taskId }) =>
    runsOf(taskFiles(stateFiles(home), taskId)).map((run) => ({ home, run })),
  );
  return all.sort((a, b) => compareRuns(b.run, a.run))[0]?.home ?? workspace;
}
