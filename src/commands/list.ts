import { print, printDocument } from '../inspect/print.ts';
import { taskIdsOf, treesBeside } from '../work/worktrees/beside.ts';

/** `--list-tasks`: the ids, sorted, one a line; those of tasks with a work tree of their own among them. */
export async function listTasks(workspace: string, asJson: boolean): Promise<number> {
  if (asJson) {
    const { taskDocument } = await import('../inspect/task-document.ts');
    await printDocument(await taskDocument(workspace, treesBeside(workspace)));
    return 0;
  }
  if (process.stdout.isTTY) return printTable(workspace);
  const ids = taskIdsOf(workspace);
  process.stdout.write(ids.length === 0 ? '(no tasks found)\n' : `${ids.join('\n')}\n`);
  return 0;
}

/** For whoever looks: where each task stands, since when, and what it is about. */
async function printTable(workspace: string): Promise<number> {
  const { taskTable } = await import('../inspect/task-table.ts');
  await print(await taskTable(workspace, treesBeside(workspace), process.stdout.columns || 80));
  return 0;
}
