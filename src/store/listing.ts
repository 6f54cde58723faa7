import { readdirSync } from 'node:fs';
import { isTaskFolderName, stateFiles } from './layout.ts';

/** The ids of the tasks of both state roots, sorted, each once. Reads nothing but the two folders. */
export function listTaskIds(workspace: string): string[] {
  const ids = ['.autoloop', '.superloop'].flatMap((root) => foldersIn(stateFiles(workspace, root).tasks));
  return [...new Set(ids.filter(isTaskFolderName))].sort();
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return []; // No state there: no tasks.
  }
}
