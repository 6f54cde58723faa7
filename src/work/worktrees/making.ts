import { lstatSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readText } from '../../files/door.ts';
import { asideName } from '../../files/folders.ts';
import { replaceFile } from '../../files/replace.ts';
import type { Git } from '../../git/git.ts';
import { leftLock } from '../../git/left-lock.ts';
import { gitFolderOf, taskTrees } from './record.ts';

/** Written down before git is called, so that what a kill leaves is known for ours. */
export interface Making {
  readonly place: string;
  readonly branch: string;
  readonly base: string;
  /** The branch that it begins from; null: none. */
  readonly baseBranch: string | null;
}

export interface Beginning {
  readonly git: Git;
  /** Where `Making` stands. */
  readonly note: string;
}

/** Writes down what is about to be made. */
export async function noteDown({ note }: Beginning, making: Making): Promise<void> {
  await replaceFile(note, `${JSON.stringify(making)}\n`);
}

/**
 * What a kill left of a work tree that was not finished goes aside, with whatever is in it; its branch goes if it holds nothing. Resolves
 * with what there is to go on from; null: nothing. Rejects with a Problem where a lock is in the way: the note stays.
 */
export async function mendMaking(
  { git, note }: Beginning,
  taskId: string,
  warn: (text: string) => void,
): Promise<Making | null> {
  const making = readMaking(note);
  if (making === null) return null;
  const { place, branch, base } = making;
  const isReady = taskTrees(git.place.commonDir).some((tree) => tree.taskId === taskId && tree.isThere);
  if (!isReady) {
    const aside = setAside(place, git.place.commonDir);
    if (aside !== null) warn(`a work tree that an earlier start did not finish is now ${aside}: it can be deleted`);
    await git.run(['worktree', 'remove', '--force', '--force', place]);
    const tip = await tipOf(git, branch);
    if (tip !== null && tip !== base) return making;
    if (tip === base) await deleteBranch(git, branch);
  }
  rmSync(note, { force: true });
  return null;
}

/** Rejects where a lock is in the way. One that is checked out elsewhere since then is somebody's, and stays. */
async function deleteBranch(git: Git, branch: string): Promise<void> {
  const output = await git.run(['branch', '--quiet', '-D', '--', branch]);
  const lock = output.code === 0 ? null : leftLock(output.err.toString());
  if (lock !== null) throw lock;
}

/** Null: nothing of this repository stands there. */
function setAside(place: string, commonDir: string): string | null {
  const isFolder = lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  const gitDir = isFolder ? gitFolderOf(place) : null;
  if (gitDir === null || !gitDir.startsWith(path.join(commonDir, 'worktrees') + path.sep)) return null;
  const aside = asideName(place, 'aside', new Date());
  renameSync(place, aside);
  return aside;
}

function readMaking(note: string): Making | null {
  try {
    const read = JSON.parse(readText(note) ?? 'null') as Partial<Making>;
    const { place = '', branch = '', base = '', baseBranch = null } = read;
    return [place, branch, base].every((text) => typeof text === 'string' && text !== '')
      ? { place, branch, base, baseBranch }
      : null;
  } catch {
    return null; // There is none, or it is torn: nothing had begun.
  }
}

/** The commit of a branch; null: there is none of that name. */
export async function tipOf(git: Git, branch: string): Promise<string | null> {
  const output = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/heads/${branch}`]);
  return output.code === 0 ? output.out.toString().trim() : null;
}
