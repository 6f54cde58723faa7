import path from 'node:path';
import { isErrno } from '../../files/disk-problem.ts';
import { lookAt } from '../../files/door.ts';
import { copyFile, listFolder, makeFolder, remove, rename } from '../../files/folders.ts';
import { stateDisk } from '../../store/disk/disk.ts';
import { stateFiles, taskFiles } from '../../store/layout.ts';
import { ignoreLocalFiles } from '../../store/run/run-folder.ts';

const IGNORE = '.gitignore';
const ALL = '*\n';

/**
 * Moves what is known of a task from one workspace to another, so that its log, turns and report can still be looked at: what is there
 * already stays as it is. Where the task was not there, git is told to pass it by. It may be called again after a kill.
 */
export async function archiveTask(from: string, to: string, taskId: string): Promise<void> {
  const source = taskFiles(stateFiles(from), taskId).folder;
  if (lookAt(source)?.kind !== 'folder') return;
  const { folder, state } = taskFiles(stateFiles(to), taskId);
  const disk = stateDisk(state);
  await ignoreLocalFiles(disk, state);
  if (lookAt(folder) === null) await disk.create(path.join(folder, IGNORE), ALL);
  pour(source, folder);
}

/** Whether all that a workspace has of a task was moved there from a work tree that is gone. */
export function isArchived(workspace: string, taskId: string): boolean {
  return lookAt(path.join(taskFiles(stateFiles(workspace), taskId).folder, IGNORE)) !== null;
}

/** Regular files and folders alone: nothing else is ours. */
function pour(from: string, to: string): void {
  makeFolder(to);
  for (const { name, kind } of listFolder(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    const there = lookAt(target);
    if (kind === 'folder' && (there === null || there.kind === 'folder')) pour(source, target);
    else if (kind === 'file' && there === null) move(source, target);
  }
}

function move(from: string, to: string): void {
  try {
    rename(from, to);
  } catch (error) {
    if (!(isErrno(error) && error.code === 'EXDEV')) throw error;
    const draft = `${to}.tmp`;
    remove(draft);
    copyFile(from, draft);
    rename(draft, to);
  }
}
