import { Problem } from '../core/problem.ts';
import type { GitPath, SafetySnapshot } from '../run/git-port.ts';
import type { View } from './checkpoint.ts';
import { hasCommit } from './coverage.ts';
import { exactTree } from './exact.ts';
import { lstat } from './fingerprints.ts';
import type { Git } from './git.ts';
import { look } from './look.ts';
import { AGENT_ENVIRONMENT } from './identity.ts';
import { statusWith } from './overlooked.ts';
import { PrivateIndex } from './private-index.ts';
import { pathsToRead, readIntoIndex } from './staging.ts';
import { ABSENT, dirtyPaths } from './status.ts';
import type { Status, TrackedEntry } from './status.ts';

/** Where the user's uncommitted state is kept. */
export const SAFETY = 'refs/autoloop/safety/';

const LARGE = 50 * 1024 * 1024;

export const SNAPSHOT_SUBJECT = 'autoloop: snapshot';

export interface SnapshotOrder {
  /** Of the reference, below `SAFETY`. */
  readonly name: string;
  /** Paths of the program's own state, which are not kept. */
  readonly isOurs: (path: GitPath) => boolean;
  /** Files that git was told to overlook, whose edits are kept as well. */
  readonly overlooked?: readonly GitPath[];
}

/**
 * Keeps what no commit holds (dirty, staged, untracked and not ignored) as a commit: its tree are the files, its second parent the
 * index; a third one has those files to the byte that git converts. Eight processes, whatever the number of files; none when nothing is
 * dirty. Null: nothing to keep. Where somebody writes the index meanwhile it looks again, and rejects
 * with a Problem when that does not end.
 */
export async function takeSnapshot(git: Git, view: View, order: SnapshotOrder): Promise<SafetySnapshot | null> {
  const { overlooked = [] } = order;
  let { status, stamp } = view;
  for (let left = MOST_LOOKS; left > 0; left -= 1) {
    if (overlooked.length === 0 && theirs(status, order).length === 0) return null;
    const own = PrivateIndex.copy(git.place, stamp);
    if (own !== null) return keep(git, { status, overlooked, own, order });
    ({ status, stamp } = await look(git));
  }
  throw new Problem(
    'unsettled',
    'the index is written again and again, so that what no commit holds could not be kept; nothing was changed',
    'Let what works in the repository come to its end, then try again.',
  );
}

const MOST_LOOKS = 5;

function theirs(status: Status, { isOurs }: SnapshotOrder): GitPath[] {
  return [...dirtyPaths(status)].filter((path) => !isOurs(path));
}

interface Kept {
  readonly status: Status;
  readonly overlooked: readonly GitPath[];
  readonly own: PrivateIndex;
  readonly order: SnapshotOrder;
}

async function keep(git: Git, { overlooked, own, order, ...before }: Kept): Promise<SafetySnapshot | null> {
  try {
    const status = overlooked.length === 0 ? before.status : await statusWith(git, own.file, overlooked);
    const dirty = theirs(status, order);
    if (dirty.length === 0) return null;
    const large = dirty.filter((path) => Number(lstat(git.place.top, path)?.size ?? 0) > LARGE);
    const wanted = pathsToRead(status, dirty).filter((path) => !large.includes(path));
    const { commit, skipped, exact } = await commitFiles(git, { status, index: own.file, wanted });
    const ref = await referTo(git, commit, order.name);
    const leftOut = [
      ...large.map((path) => ({ path, why: 'over 50 MB' })),
      ...skipped.map((path) => ({ path, why: 'git could not read it' })),
    ];
    const kept = dirty.filter((path) => !leftOut.some((left) => left.path === path));
    return { ref, commit, paths: kept, exact, ...otherThanFiles(status, kept), leftOut };
  } finally {
    own.remove();
  }
}

interface Wanted {
  readonly status: Status;
  readonly index: string;
  readonly wanted: readonly GitPath[];
}

/** The commit of a snapshot, the paths that git could not take, and those that it has otherwise than they are. */
async function commitFiles(git: Git, { status, index, wanted }: Wanted) {
  const hasStaged = [...status.tracked.values()].some(({ staged }) => staged !== '.');
  const env = { GIT_INDEX_FILE: index };
  const base = status.head ?? (await commitTree(git, await noFiles(git), [], `${SNAPSHOT_SUBJECT} of no commit`));
  const indexTree = hasStaged || status.head === null ? await writeTree(git, env) : `${base}^{tree}`;
  const [skipped, indexCommit] = await Promise.all([
    readIntoIndex(git, index, wanted),
    commitTree(git, indexTree, [base], `${SNAPSHOT_SUBJECT} of the index`),
  ]);
  const tree = await writeTree(git, env);
  const paths = wanted.filter((path) => !skipped.includes(path));
  const exact = await exactTree(git, { index, tree, paths });
  const parents = [base, indexCommit];
  if (exact !== null) parents.push(await commitTree(git, exact.tree, [base], `${SNAPSHOT_SUBJECT} to the byte`));
  const commit = await commitTree(git, tree, parents, SNAPSHOT_SUBJECT);
  return { commit, skipped, exact: exact?.paths ?? new Set<GitPath>() };
}

/** The empty tree as an object: git knows it without, and a reference may not lead to what is not there. */
async function noFiles(git: Git): Promise<string> {
  return (await git.output(['mktree'], { input: Buffer.alloc(0) })).toString().trim();
}

/** Of which paths the index held something of its own, and which were no files any more. */
function otherThanFiles({ tracked, untracked }: Status, paths: readonly GitPath[]) {
  // What was taken out of the index and is still there is both.
  const known = paths.filter((path) => !untracked.has(path));
  const entries = known.map((path) => ({ path, entry: tracked.get(path) }));
  const only = (isIt: (entry: TrackedEntry) => boolean) =>
    new Set(entries.flatMap(({ path, entry }) => (entry !== undefined && isIt(entry) ? [path] : [])));
  return {
    staged: only(({ staged, unstaged, indexMode }) => staged !== '.' && unstaged !== '.' && indexMode !== ABSENT),
    gone: only(({ fileMode }) => fileMode === ABSENT),
  };
}

/** A reference of this name, or the next free one with a number: an earlier start's snapshot is never replaced. */
export async function referTo(git: Git, commit: string, name: string): Promise<string> {
  const base = `${SAFETY}${name}`;
  for (let number = 1; ; number += 1) {
    const ref = number === 1 ? base : `${base}.${number}`;
    const made = await git.run(['update-ref', '-m', SNAPSHOT_SUBJECT, ref, commit, git.nullId]);
    if (made.code === 0) return ref;
    if (number === 1000 || (await git.run(['rev-parse', '--verify', '--quiet', ref])).code !== 0) {
      await git.output(['update-ref', ref, commit]); // Its failure is the words to say.
      return ref;
    }
  }
}

/** Lets its reference lead to a snapshot again, wherever somebody has led it; false: the repository has the snapshot no more. */
export async function keepAgain(git: Git, { ref, commit }: SafetySnapshot): Promise<boolean> {
  if (!(await hasCommit(git, commit))) return false;
  await git.output(['update-ref', '-m', SNAPSHOT_SUBJECT, ref, commit]);
  return true;
}

async function writeTree(git: Git, env: Readonly<Record<string, string>>): Promise<string> {
  return (await git.output(['write-tree'], { env })).toString().trim();
}

async function commitTree(git: Git, tree: string, parents: readonly string[], subject: string): Promise<string> {
  const args = ['commit-tree', '--no-gpg-sign', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  const made = await git.output(args, { env: AGENT_ENVIRONMENT, input: Buffer.from(`${subject}\n`) });
  return made.toString().trim();
}
