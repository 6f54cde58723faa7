import { lstatSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { leadsNowhere } from './disk-problem.ts';

/** The nearest folder at or above the workspace that is the top of a work tree; the workspace when none is. Real path. */
export function workTreeAround(workspace: string): string {
  const start = realPathOf(workspace);
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (isWorkTreeTop(folder)) return folder;
    if (folder === path.dirname(folder)) return start;
  }
}

/**
 * Whether git would look at the `.git` here. It passes by a folder of that name without a HEAD: sandboxes leave empty ones behind, also in
 * the folder for temporary files.
 */
export function isWorkTreeTop(folder: string): boolean {
  const dotGit = path.join(folder, '.git');
  try {
    const isFolder = statSync(dotGit).isDirectory();
    return !isFolder || lstatSync(path.join(dotGit, 'HEAD'), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // What leads nowhere git passes by, or says what is wrong with it; what we may not enter is one.
    return !leadsNowhere(error);
  }
}

/** Whether a place is this folder or below it, by their names; both absolute. */
export function isWithin(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder.endsWith(path.sep) ? folder : `${folder}${path.sep}`);
}

/** The real path of a place; of what is not there yet, that of the part that is. */
export function realPathOf(place: string): string {
  try {
    return realpathSync(place);
  } catch {
    const parent = path.dirname(place);
    return parent === place ? place : path.join(realPathOf(parent), path.basename(place));
  }
}
