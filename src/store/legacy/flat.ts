import { createHash } from 'node:crypto';
import path from 'node:path';
import { taskIdFromIntent } from '../../core/ids.ts';
import { OLDER_STATE_FOLDER } from '../../core/state-folder.ts';
import { isThere, readText } from '../../files/door.ts';
import { listFolder } from '../../files/folders.ts';
import { isTaskFolderName, stateFiles } from '../layout.ts';
import { parseContext } from './context.ts';

/** State of the first release: one task directly under `.superloop`, without runs. It can be listed, not resumed. */
export interface FlatTask {
  /** The id that its request gives a task without `--task-id`; `superloop` without a request. */
  readonly taskId: string;
  readonly request: string | null;
}

/** Null unless `.superloop` holds such state and no tasks: a later release left the old files where they were. */
export function flatTask(workspace: string): FlatTask | null {
  const { folder, tasks } = stateFiles(workspace, OLDER_STATE_FOLDER);
  if (!FLAT_FILES.some((name) => isThere(path.join(folder, name))) || hasTasks(tasks)) return null;
  const { request } = parseContext(contentOf(path.join(folder, 'context.md')));
  return { taskId: request === null ? 'superloop' : taskIdFromIntent(request, sha1), request };
}

const FLAT_FILES = ['context.md', 'run_log.md', 'raw_phase_log.md'];

function hasTasks(folder: string): boolean {
  try {
    return listFolder(folder).some(({ name }) => isTaskFolderName(name));
  } catch {
    return false; // No such folder: no tasks.
  }
}

function contentOf(file: string): string {
  try {
    return readText(file) ?? '';
  } catch {
    return ''; // Without its request it is still a task.
  }
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
