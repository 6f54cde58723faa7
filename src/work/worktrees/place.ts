import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { STATE_FOLDER } from '../../core/state-folder.ts';
import { machineFolder } from '../../files/places.ts';
import { isErrno } from '../../files/disk-problem.ts';
import { isWithin, realPathOf } from '../../files/work-tree.ts';
import { type AroundFolder, repositoryAround } from './record.ts';

/** Where the work tree of a task goes if nobody says: beside the repository, in a folder of its name. */
export function usualPlace({ top, commonDir }: Pick<AroundFolder, 'top' | 'commonDir'>, taskId: string): string {
  const main = path.basename(commonDir) === '.git' ? path.dirname(commonDir) : top;
  const beside = folderBeside(main);
  const holder = existsSync(beside) ? beside : path.dirname(main);
  return path.join(isWritable(holder) ? beside : machinePlace(commonDir, main), taskId);
}

/** The folder for the work trees of a repository's tasks that is named after it. */
export function folderBeside(repository: string): string {
  return `${repository}${STATE_FOLDER}`;
}

/** Among what belongs to this machine, by a name that tells the repository. */
function machinePlace(commonDir: string, main: string): string {
  const hash = createHash('sha256').update(commonDir).digest('hex').slice(0, 8);
  return path.join(path.dirname(machineFolder(main)), 'worktrees', `${path.basename(main)}-${hash}`);
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Refuses a place in which a work tree must not be made: something stands there, or it lies in a work tree of the same repository, whose
 * tools would take its files for their own. Resolves links on the way. Throws a Problem of kind `usage`.
 */
export function freePlace(wanted: string, commonDir: string): string {
  const refuse = (what: string): never => {
    throw new Problem('usage', `--worktree: ${wanted} ${what}`, 'Give another folder: --worktree=DIR');
  };
  const stats = standsThere(wanted, refuse);
  if (stats !== undefined && !stats.isDirectory()) refuse('is there already, and is no folder');
  if (stats !== undefined && readdirSync(wanted).length > 0) refuse('is there already, and is not empty');
  const place = realPathOf(wanted);
  if (liesInTree(place, commonDir) || isWithin(place, commonDir)) {
    refuse('lies in the repository itself, where its tools would take the files for their own');
  }
  return place;
}

function standsThere(wanted: string, refuse: (what: string) => never): Stats | undefined {
  try {
    return lstatSync(wanted, { throwIfNoEntry: false });
  } catch (error) {
    if (!isErrno(error)) throw error;
    return refuse(`can be no folder (${error.code}), because of what is on its way`);
  }
}

/** Whether it lies in a work tree of the repository, be that within another repository's. */
function liesInTree(place: string, commonDir: string): boolean {
  const around = repositoryAround(place);
  if (around === null) return false;
  const outside = path.dirname(around.top);
  return around.commonDir === commonDir || (outside !== around.top && liesInTree(outside, commonDir));
}
