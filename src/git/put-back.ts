import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import type { GitPath } from '../run/git-port.ts';
import { type Entry, sameEntry } from './entries.ts';
import type { Git } from './git.ts';
import { AGENT_ENVIRONMENT } from './identity.ts';
import { lstat } from './fingerprints.ts';
import { type Marks, overlooked } from './overlooked.ts';
import { absolute, nulTerminated } from './paths.ts';
import { PrivateIndex, waitForLock } from './private-index.ts';
import { indexLine, SET_ENTRIES } from './recovery.ts';
import { gitFailure } from './runner.ts';
import { ABSENT } from './status.ts';

/** A path that is to change, and what it becomes in the commit, the index and the work tree; null: it is not there. */
export interface PathChange {
  readonly path: GitPath;
  readonly from: Entry | null;
  readonly to: Entry | null;
  /** Where the index or the file becomes something else than the commit's; absent: they become the same. */
  readonly index?: Entry | null;
  readonly file?: Entry | null;
}

export interface CommitOrder {
  /** The commit that it is made from, and stands on. */
  readonly head: string;
  readonly changes: readonly PathChange[];
  readonly message: string;
  readonly identityMissing: boolean;
  /** Whose it is and since when, as git writes it; absent: whoever commits, now. */
  readonly author?: Author;
  /** What it stands on; absent: `head`. */
  readonly parents?: readonly string[];
}

export interface Author {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

/** Makes a commit that no reference names yet; null where it would change nothing. Four processes. */
export async function commitOf(git: Git, order: CommitOrder): Promise<string | null> {
  const { head, changes, parents = [head] } = order;
  const own = PrivateIndex.empty(git.place);
  const env = { GIT_INDEX_FILE: own.file };
  try {
    await git.output(['read-tree', head], { env });
    await git.output(SET_ENTRIES, {
      env,
      input: linesFor(
        git,
        changes.map(({ path, to }) => [path, to]),
      ),
    });
    const tree = (await git.output(['write-tree'], { env })).toString().trim();
    const before = await git.treeOf(head);
    return tree === before && parents.length === 1 ? null : await commitTree(git, { ...order, tree, parents });
  } finally {
    own.remove();
  }
}

/** Makes a commit of a tree that no reference names yet. */
export async function commitTree(
  git: Git,
  made: Pick<CommitOrder, 'message' | 'identityMissing' | 'author'> & { tree: string; parents: readonly string[] },
): Promise<string> {
  const parents = made.parents.flatMap((parent) => ['-p', parent]);
  const { author } = made;
  const theirs = author && {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: author.date,
  };
  const env = { ...(made.identityMissing ? AGENT_ENVIRONMENT : {}), ...theirs };
  const args = ['commit-tree', '--no-gpg-sign', made.tree, ...parents, '-F', '-'];
  return (await git.output(args, { env, input: Buffer.from(made.message) })).toString().trim();
}

/** Moves HEAD (and its branch) from one commit to another; false: it is not there any more. */
export async function moveHead(git: Git, { from, to, why }: { from: string; to: string; why: string }) {
  const args = ['update-ref', '-m', why, 'HEAD', to, from];
  const output = await git.run(args);
  if (output.code === 0) return true;
  if ((await git.headCommit()) !== from) return false;
  throw gitFailure(args, output, git.hint);
}

/** Gives the user's index these entries. Two processes at most. */
async function setIndex(git: Git, changes: readonly PathChange[], lockWaitMs: number): Promise<void> {
  await writeIndex(git, changes.map(indexOf), lockWaitMs);
}

/**
 * Gives index and work tree what these changes say, whatever is there: what must not be lost was kept before. Folders that become
 * empty go. What git was told to overlook it overlooks afterwards, and what a sparse checkout leaves out stays out. Five processes, and
 * two where there are such files.
 */
export async function setIndexAndFiles(git: Git, changes: readonly PathChange[], lockWaitMs: number): Promise<void> {
  if (changes.length === 0) return;
  const { top } = git.place;
  const marks = await overlooked(git);
  const isLeftOut = ({ path }: PathChange) => marks.get(path)?.skipWorktree === true && lstat(top, path) === null;
  const leftOut = new Set(changes.filter(isLeftOut).map(({ path }) => path));
  await writeIndex(git, changes.map(fileOf), lockWaitMs);
  for (const change of changes) if (fileOf(change)[1] === null) removeFile(top, change.path);
  const written = changes.map(fileOf).filter(([path, to]) => to !== null && !leftOut.has(path));
  for (const [path] of written) removeEmptyFolder(top, path);
  const input = nulTerminated(written.map(([path]) => path));
  if (written.length > 0) await git.output(WRITE_FILES, { input, isLong: true });
  const apart = changes.filter((change) => !sameEntry(fileOf(change)[1], indexOf(change)[1]));
  await setIndex(git, apart, lockWaitMs);
  const kept = changes.filter((change) => indexOf(change)[1] !== null).map(({ path }) => path);
  await mark(git, kept, marks);
}

/** Entries that were set anew have lost what git was told of them. */
async function mark(git: Git, paths: readonly GitPath[], marks: ReadonlyMap<GitPath, Marks>): Promise<void> {
  for (const [option, has] of [
    ['--assume-unchanged', (path: GitPath) => marks.get(path)?.assumeUnchanged],
    ['--skip-worktree', (path: GitPath) => marks.get(path)?.skipWorktree],
  ] as const) {
    const marked = paths.filter((path) => has(path) === true);
    if (marked.length > 0)
      await git.output(['update-index', option, '-z', '--stdin'], { input: nulTerminated(marked) });
  }
}

/** With what the index keeps to tell an edit by: without it the next command would take the files for edited ones. */
const WRITE_FILES = ['checkout-index', '--force', '--index', '-z', '--stdin'];

type Place = readonly [path: GitPath, entry: Entry | null];
const indexOf = ({ path, to, index = to }: PathChange): Place => [path, index];
const fileOf = ({ path, to, file = to }: PathChange): Place => [path, file];

async function writeIndex(git: Git, places: readonly Place[], lockWaitMs: number): Promise<void> {
  if (places.length === 0) return;
  await waitForLock(git.place, lockWaitMs);
  await git.output(SET_ENTRIES, { input: linesFor(git, places) });
}

/** What goes comes first: a file and a folder of its name are not in an index together. */
function linesFor(git: Git, places: readonly Place[]): Buffer {
  const ordered = [...places].sort(([, a], [, b]) => Number(a !== null) - Number(b !== null));
  return nulTerminated(ordered.map(([path, to]) => indexLine(to?.mode ?? ABSENT, to?.id ?? git.nullId, path)));
}

/** A file or link, and the folders that it leaves empty. What is no file stays. */
function removeFile(top: string, path: GitPath): void {
  try {
    unlinkSync(absolute(top, path));
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (!removeFolder(absolute(top, path.slice(0, end)))) return;
  }
}

/** A folder in the place of a file, with nothing but folders in it. */
function removeEmptyFolder(top: string, path: GitPath): void {
  const place = absolute(top, path);
  if (lstatSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const name of readdirSync(place, { encoding: 'latin1' })) removeEmptyFolder(top, `${path}/${name}`);
  removeFolder(place);
}

function removeFolder(place: string | Buffer): boolean {
  try {
    rmdirSync(place);
    return true;
  } catch (error) {
    if (isExpected(error)) return false;
    throw error;
  }
}

function isExpected(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'EEXIST', 'EPERM'].includes(code);
}
