import { listTaskIds } from '../store/listing.ts';

/** What `--list-tasks --json` prints. */
export function taskDocument(workspace: string): Promise<{ version: 1; tasks: readonly { task_id: string }[] }> {
  return Promise.resolve({ version: 1, tasks: listTaskIds(workspace).map((task_id) => ({ task_id })) });
}
