import { printDocument } from '../inspect/print.ts';
import { listTaskIds } from '../store/tasks/listing.ts';

/** `--list-tasks`: the ids, sorted, one a line. */
export async function listTasks(workspace: string, asJson: boolean): Promise<number> {
  if (asJson) {
    const { taskDocument } = await import('../inspect/task-document.ts');
    await printDocument(await taskDocument(workspace));
    return 0;
  }
  const ids = listTaskIds(workspace);
  process.stdout.write(ids.length === 0 ? '(no tasks found)\n' : `${ids.join('\n')}\n`);
  return 0;
}
