import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import type { Git } from '../../git/git.ts';
import { pruneExpire } from '../../git/prune-expire.ts';
import { gitFailure } from '../../git/runner.ts';

/** Free space that is wanted: so many checkouts. */
const CHECKOUTS = 2;

/** Throws a Problem of kind `usage` where the disk has not the room for a work tree of a commit twice. One process. */
export async function requireRoom(git: Git, place: string, commit: string): Promise<void> {
  const rows = (await git.output(['ls-tree', '-r', '-l', '-z', commit], { isLong: true }))
    .toString('latin1')
    .split('\0');
  const bytes = rows.reduce((sum, row) => sum + (Number(/^\S+ \S+ \S+ +(\d+)\t/.exec(row)?.[1] ?? 0) || 0), 0);
  const { bavail, bsize } = statfsSync(nearest(place));
  const free = bavail * bsize;
  if (free >= CHECKOUTS * bytes) return;
  throw new Problem(
    'usage',
    `a work tree takes ${megabytes(bytes)} MB, and ${nearest(place)} has ${megabytes(free)} MB free: ${megabytes(CHECKOUTS * bytes)} MB are wanted`,
    'Make room, or give another folder: --worktree=DIR, worktree.root',
  );
}

/** What is there of the way to a place. */
function nearest(place: string): string {
  return existsSync(place) || path.dirname(place) === place ? place : nearest(path.dirname(place));
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1e6).toString();
}

/**
 * Objects that no reference has yet must outlive a `git gc` of somebody else beside the runs. Throws a Problem of kind `usage` where git is
 * told to delete such at once. One process.
 */
export async function requireSparingGc(git: Git): Promise<void> {
  const found = await pruneExpire(git);
  if (found === null) return;
  throw new Problem(
    'usage',
    `gc.pruneExpire is ${JSON.stringify(found)}: a git gc beside the run would delete what it has just written`,
    'Set it to an hour ago or longer: git config gc.pruneExpire 2.weeks.ago',
  );
}

/**
 * Fetches the submodules of a new work tree, whose folders are empty otherwise. Resolves with git's words where it could not; null: done.
 * Those that a person has initialized may come from this machine; what only `.gitmodules` names, which anybody may have written, may not.
 */
export async function initSubmodules(git: Git): Promise<string | null> {
  if (!existsSync(path.join(git.place.top, '.gitmodules'))) return null;
  const args = ['submodule', '--quiet', 'update'];
  const known = await git.run(args, { isLong: true });
  if (known.code !== 0) return gitFailure(args, known).message;
  const env = { GIT_ALLOW_PROTOCOL: 'git:http:https:ssh' };
  const output = await git.run([...args, '--init'], { isLong: true, env });
  return output.code === 0 ? null : gitFailure(args, output).message;
}

/** Tells that something takes long once it has taken a second. */
export async function told<T>(work: Promise<T>, tell: () => void): Promise<T> {
  const timer = setTimeout(tell, 1000);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
