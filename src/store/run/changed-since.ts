import path from 'node:path';
import { DEPENDENCY_FOLDERS } from '../../core/dependency-folders.ts';
import { STATE_FOLDER } from '../../core/state-folder.ts';
import { lookAt } from '../../files/door.ts';
import { lookInto } from '../../files/folders.ts';
import { diskProblem, isErrno, isMissing } from '../../files/disk-problem.ts';
import { promised } from '../../files/operations.ts';
import type { RunLayout } from '../layout.ts';

/**
 * Whether something in the workspace outside the state, or an artifact, changed after `turnLog` was begun. For runs without
 * git, where this is all there is to see what a turn did. `started` (ms since 1970) stands in where the log is missing or its
 * file system does not say when it was begun; without it everything counts as a change, because a run is not stopped for
 * want of progress on a guess.
 */
export async function changedSince(layout: RunLayout, turnLog: string, started: number | null): Promise<boolean> {
  const since = begun(turnLog) ?? started;
  if (since === null) return true;
  return (await isChanged(layout.artifacts, since, 'files')) || isChanged(layout.workspace, since, 'files and folders');
}

/** Rebuilt by tools on their own, or too large to walk; `.git` and the state are not the agent's work. */
const SKIPPED: ReadonlySet<string> = new Set(['.git', STATE_FOLDER, ...DEPENDENCY_FOLDERS]);

function begun(file: string): number | null {
  const birth = lookAt(file)?.birthMs ?? 0;
  return birth > 0 ? birth : null;
}

/** A folder's own time tells of files that were removed; in the artifacts it tells of our temporary files as well. */
async function isChanged(folder: string, since: number, what: 'files' | 'files and folders'): Promise<boolean> {
  try {
    const { self, inside } = await promised(() => lookInto(folder));
    if (what === 'files and folders' && self.writtenMs > since) return true;
    for (const [name, { kind, changedMs }] of inside) {
      if (kind !== 'folder') {
        if (changedMs > since) return true;
      } else if (!SKIPPED.has(name) && (await isChanged(path.join(folder, name), since, what))) return true;
    }
    return false;
  } catch (error) {
    // There may be no artifacts yet; elsewhere, gone while we looked is a change.
    if (isMissing(error)) return what === 'files and folders';
    // What we may not look into, an agent of ours could not change.
    if (isErrno(error) && (error.code === 'EACCES' || error.code === 'EPERM')) return false;
    throw diskProblem(error, folder, 'read');
  }
}
