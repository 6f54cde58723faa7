import { constants, copyFileSync, lstatSync, readlinkSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { STATE_FOLDER } from '../../core/state-folder.ts';
import { readCarefully } from '../../files/careful-read.ts';
import { lookAt } from '../../files/door.ts';
import { makeFolder } from '../../files/folders.ts';
import { isWithin, realPathOf } from '../../files/work-tree.ts';
import { names } from '../../git/coverage.ts';
import type { Git } from '../../git/git.ts';
import { nulTerminated, pathDisplay, toText } from '../../git/paths.ts';
import { gitFailure } from '../../git/runner.ts';
import type { GitPath } from '../../run/git-port.ts';

export const INCLUDE_FILE = '.worktreeinclude';

/** What of the ignored files goes into a new work tree. */
export interface Inclusion {
  readonly copied: number;
  /** Links that lead out, and what has no place there: paths for the screen. */
  readonly leftOut: readonly string[];
}

/**
 * Copies the ignored files that `.worktreeinclude` at the top of the repository names; none that is tracked, none of the program's own,
 * nothing by a link that leads out. Null: there is no such file.
 */
export async function includeFiles(git: Git, target: string): Promise<Inclusion | null> {
  const { top } = git.place;
  const list = path.join(top, INCLUDE_FILE);
  if (readCarefully(list) === null) return null;
  const wanted = await ignoredIn(git, list);
  const leftOut = wanted.filter((file) => !copied(top, target, toText(file)));
  return { copied: wanted.length - leftOut.length, leftOut: leftOut.map(pathDisplay) };
}

/** Throws a Problem of kind `usage` where they are more than so many MB. */
export async function requireSmallInclusion(git: Git, mostMb: number): Promise<void> {
  const { top } = git.place;
  const list = path.join(top, INCLUDE_FILE);
  if (readCarefully(list) !== null) refuseLarge(top, await ignoredIn(git, list), mostMb);
}

/** Untracked, named by the list, and ignored. Two processes. */
async function ignoredIn(git: Git, list: string): Promise<readonly GitPath[]> {
  const listing = ['ls-files', '--others', '--ignored', '-z', `--exclude-from=${list}`];
  const named = names(await git.output(listing, { isLong: true })).filter(
    (file) => !isOwn(file) && !file.endsWith('/'),
  );
  if (named.length === 0) return [];
  const args = ['check-ignore', '-z', '--stdin'];
  const answer = await git.run(args, { input: nulTerminated(named) });
  if (answer.code !== 0 && answer.code !== 1) throw gitFailure(args, answer, git.hint);
  return names(answer.out);
}

function isOwn(file: GitPath): boolean {
  return file.split('/').some((part) => part === STATE_FOLDER || part === '.git');
}

function refuseLarge(top: string, files: readonly GitPath[], mostMb: number): void {
  const sizes = files.map((file) => [file, sizeOf(path.join(top, toText(file)))] as const);
  const all = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (all <= mostMb * 1e6) return;
  const [file, size] = sizes.reduce((most, one) => (one[1] > most[1] ? one : most));
  throw new Problem(
    'usage',
    `${INCLUDE_FILE} names ${megabytes(all)} MB of files, and worktree.include_max_mb is ${mostMb}; the largest is ${pathDisplay(file)} (${megabytes(size)} MB)`,
    'Name less, or set worktree.include_max_mb.',
  );
}

const NOTHING = { throwIfNoEntry: false } as const;

function sizeOf(file: string): number {
  const found = lstatSync(file, NOTHING);
  return found?.isFile() === true ? found.size : 0;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}

/** Where the file system can, both share the bytes until one of them writes. False: it has no place there, or leads out. */
function copied(top: string, target: string, file: string): boolean {
  const [from, to] = [path.join(top, file), path.join(target, file)];
  const found = lstatSync(from, NOTHING);
  if (found === undefined || !isWithin(realPathOf(path.dirname(from)), top)) return false;
  try {
    makeFolder(path.dirname(to));
    if (lookAt(to) !== null) return false;
    if (found.isSymbolicLink()) return linked(top, from, to);
    if (!found.isFile()) return false;
    copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false; // A link, or a file, where its folder would be.
    throw error;
  }
}

/** A link that stays below the top by a relative way leads to the same place in the other tree. */
function linked(top: string, from: string, to: string): boolean {
  const leads = readlinkSync(from);
  if (path.isAbsolute(leads) || !isWithin(path.resolve(path.dirname(from), leads), top)) return false;
  if (!isWithin(realPathOf(from), top)) return false;
  symlinkSync(leads, to);
  return true;
}
