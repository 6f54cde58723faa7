import { closeSync, constants, fchmodSync, fsyncSync, lstatSync, writeSync } from 'node:fs';
import path from 'node:path';
import { openChecked } from '../files/door.ts';
import { remove, rename } from '../files/folders.ts';
import type { Git } from './git.ts';

/** The reference that keeps a run's checkpoints, whatever becomes of the branch: it points to the latest one. */
export function runRef(runId: string): string {
  return `refs/autoloop/runs/${runId}`;
}

/**
 * Moves it there. One process the first time; after that none, as it moves with every checkpoint: where git keeps it as a file, that file
 * is replaced (gitrepository-layout(5)). Packed, kept in another format or guarded by a lock, it is git's to move.
 */
export async function markRun(git: Git, runId: string, commit: string): Promise<void> {
  git.requireSame();
  if (replaced(path.join(git.place.commonDir, runRef(runId)), commit)) return;
  await git.output(['update-ref', '-m', 'autoloop: checkpoint', runRef(runId), commit]);
}

/** False: there is no file of its own to replace, or it cannot be replaced. */
function replaced(file: string, commit: string): boolean {
  // Of this ending, git takes nothing for a reference.
  const draft = `${file}.${process.pid}.lock`;
  try {
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found?.isFile() !== true || lstatSync(`${file}.lock`, { throwIfNoEntry: false }) !== undefined) return false;
    remove(draft);
    const descriptor = openChecked(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
    try {
      writeSync(descriptor, `${commit}\n`);
      fchmodSync(descriptor, found.mode & 0o777);
      fsyncSync(descriptor); // An empty reference, as a power cut may leave, would trouble every git command.
    } finally {
      closeSync(descriptor);
    }
    rename(draft, file);
    return true;
  } catch {
    return false; // git does it, or says why it cannot.
  }
}
