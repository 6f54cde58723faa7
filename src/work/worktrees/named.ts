import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { nearestFirst } from '../../core/similar.ts';
import { treesBeside } from './beside.ts';
import { treeNamed } from './home.ts';
import { repositoryAround, type TaskTree } from './record.ts';

/** The work tree of the task that is meant. Throws a Problem of kind `usage` where the task has none. */
export function treeOfTask(workspace: string, typed: string): TaskTree {
  const tree = treeNamed(treesBeside(workspace), typed);
  if (tree === undefined) throw noSuchTree(workspace, typed);
  return tree;
}

export function noSuchTree(workspace: string, typed: string): Problem {
  const known = treesBeside(workspace).map((one) => one.taskId);
  const there = nearestFirst(typed, known).slice(0, 8);
  return new Problem(
    'usage',
    `task ${JSON.stringify(typed)} has no work tree of its own here; ${there.length === 0 ? 'no task has' : `there are those of ${there.join(', ')}`}`,
    'A task gets one by autoloop --worktree.',
  );
}

/**
 * The same workspace in a checkout that is no task's own: the given one, else the repository's main one. Throws a Problem of kind
 * `usage` where there is none.
 */
export function mainWorkspace(workspace: string): string {
  const own = treesBeside(workspace).find((tree) => tree.workspace === workspace);
  if (own === undefined) return workspace;
  const commonDir = repositoryAround(workspace)?.commonDir ?? '';
  if (path.basename(commonDir) === '.git') return path.join(path.dirname(commonDir), own.folder);
  throw new Problem('usage', `${workspace} is the work tree of task ${own.taskId}`, 'Call this in another checkout.');
}
