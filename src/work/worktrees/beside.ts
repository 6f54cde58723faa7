import path from 'node:path';
import { listTaskIds } from '../../store/tasks/listing.ts';
import { checkoutTops, repositoryAround, type TaskTree, taskTrees } from './record.ts';

/** The ids of a workspace's tasks and of those that have a work tree beside it, sorted, each once. */
export function taskIdsOf(workspace: string): string[] {
  const [own, elsewhere] = [listTaskIds(workspace), treesBeside(workspace).map(({ taskId }) => taskId)];
  return elsewhere.length === 0 ? own : [...new Set([...own, ...elsewhere])].sort();
}

/** The work trees of tasks for this workspace: those of its repository, of the same folder below the top. */
export function treesBeside(workspace: string): readonly TaskTree[] {
  const around = repositoryAround(workspace);
  if (around === null) return [];
  const folder = path.relative(around.top, workspace);
  return taskTrees(around.commonDir).filter((tree) => path.relative(tree.top, tree.workspace) === folder);
}

/** The same folder in all checkouts of the repository, this one first, whoever made them. Reads files only. */
export function checkoutsBeside(workspace: string): readonly string[] {
  const around = repositoryAround(workspace);
  if (around === null) return [workspace];
  const folder = path.relative(around.top, workspace);
  return [...new Set([workspace, ...checkoutTops(around.commonDir).map((top) => path.join(top, folder))])];
}
