import path from 'node:path';
import { isThere } from '../../files/door.ts';
import { foldersWith } from '../../files/folders.ts';
import { isTaskFolderName, stateFiles } from '../layout.ts';
import type { StateFiles } from '../layout.ts';
import { flatTask } from '../legacy/flat.ts';

/** The state of this program and that of the releases before it, which is only read; in the order in which they are looked at. */
export const STATE_ROOTS = ['autoloop', 'superloop'] as const;
export type StateRoot = (typeof STATE_ROOTS)[number];

/**
 * The ids of the tasks of both roots, sorted, each once. Reads names only: ten thousand tasks take some hundredths of a second.
 * State of the first release, which knew no tasks, counts as one (`flatTask`).
 */
export function listTaskIds(workspace: string): string[] {
  const ids = STATE_ROOTS.flatMap((root) => taskIdsIn(stateFiles(workspace, `.${root}`)));
  const flat = flatTask(workspace);
  return [...new Set(flat === null ? ids : [...ids, flat.taskId])].sort();
}

/** The ids of one root, in no order. A folder with nothing in it that makes a task, or behind a link, is none. */
export function taskIdsIn({ tasks }: StateFiles): string[] {
  return foldersWith(tasks, TASK_FILES).filter(isTaskFolderName);
}

const TASK_FILES = ['task.json', 'runs', 'context.md'];

/** Whether `folder` has one of the files that the releases gave a task first. */
export function isTask(folder: string): boolean {
  return TASK_FILES.some((name) => isThere(path.join(folder, name)));
}
