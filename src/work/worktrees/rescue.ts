import { STATE_FOLDER } from '../../core/state-folder.ts';
import path from 'node:path';
import { isThere, lookAt } from '../../files/door.ts';
import { listFolder, makeFolder, remove, rename } from '../../files/folders.ts';

/**
 * What is left in the place of a work tree that was deleted while a run was at work in it: the run's log, which the run itself put back.
 * It is kept beside it until the work tree stands there again. Both steps may be done again after a kill.
 */
export function keepState(top: string): void {
  const kept = keptPlace(top);
  if (isThere(kept, 'folder') || !isThere(top, 'folder')) return;
  const [first, ...others] = listFolder(top);
  if (first?.name === STATE_FOLDER && first.kind === 'folder' && others.length === 0) rename(top, kept);
}

/** Puts what was kept into the work tree that stands there again. False: nothing was. */
export function bringStateBack(top: string): boolean {
  const kept = keptPlace(top);
  if (!isThere(path.join(kept, STATE_FOLDER), 'folder')) return false;
  pour(path.join(kept, STATE_FOLDER), path.join(top, STATE_FOLDER));
  remove(kept);
  return true;
}

function keptPlace(top: string): string {
  return `${top}.kept`;
}

/** Files take the place of those of their names; no link is followed, and none is brought along. */
function pour(from: string, to: string): void {
  if (lookAt(to)?.kind !== 'folder') {
    remove(to);
    makeFolder(to);
  }
  for (const { name, kind } of listFolder(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    if (kind === 'folder') pour(source, target);
    else if (kind === 'file') {
      remove(target);
      rename(source, target);
    }
  }
}
