import { Problem } from '../core/problem.ts';
import type { GitPath, SafetySnapshot } from '../run/git-port.ts';
import type { View } from './checkpoint.ts';
import { lstat } from './fingerprints.ts';
import type { Git } from './git.ts';
import { look } from './look.ts';
import { AGENT_ENVIRONMENT } from './identity.ts';
import { PrivateIndex } from './private-index.ts';
import { pathsToRead, readIntoIndex } from './staging.ts';
import { ABSENT, dirtyPaths } from './status.ts';
import type { Status, TrackedEntry } from './status.ts';

/** Where the user's uncommitted state is kept. */
export const SAFETY = 'refs/autoloop/safety/';

const LARGE = 50 * 1024 * 1024;

export const SNAPSHOT_SUBJECT = 'autoloop: snapshot';

/**
 * Keeps what no commit holds (dirty, staged, untracked and not ignored) as a commit: its tree are the files, its second parent the
 * index. Six processes, whatever the number of files; none when nothing is dirty. `isOurs`: paths of the program's own state.
 * Null: nothing to keep. Where somebody writes the index meanwhile it looks again, and rejects with a Problem when that does not end.
 */
export async function takeSnapshot(
  git: Git,
  view: View,
  { name, isOurs }: { readonly name: string; readonly isOurs: (path: GitPath) => boolean },
): Promise<SafetySnapshot | null> {
  let { status, stamp } = view;
  for (let left = MOST_LOOKS; left > 0; left -= 1) {
    const dirty = [...dirtyPaths(status)].filter((path) => !isOurs(path));
    if (dirty.length === 0) return null;
    const own = PrivateIndex.copy(git.place, stamp);
    if (own !== null) return keep(git, { status, dirty, own, name });
    ({ status, stamp } = await look(git));
  }
  throw new Problem(
    'unsettled',
    'the index is written again and again, so that what no commit holds could not be kept; nothing was changed',
    'Let what works in the repository come to its end, then try again.',
  );
}

const MOST_LOOKS = 5;

interface Kept {
  readonly status: Status;
  readonly dirty: readonly GitPath[];
  readonly own: PrivateIndex;
  readonly name: string;
}

async function keep(git: Git, { status, dirty, own, name }: Kept): Promise<SafetySnapshot> {
  try {
    const large = dirty.filter((path) => Number(lstat(git.place.top, path)?.size ?? 0) > LARGE);
    const hasStaged = [...status.tracked.values()].some(({ staged }) => staged !== '.');
    const env = { GIT_INDEX_FILE: own.file };
    const indexTree = hasStaged || status.head === null ? await writeTree(git, env) : `${status.head}^{tree}`;
    const wanted = pathsToRead(status, dirty).filter((path) => !large.includes(path));
    const parents = status.head === null ? [] : [status.head];
    const [skipped, index] = await Promise.all([
      readIntoIndex(git, own.file, wanted),
      commitTree(git, indexTree, parents, `${SNAPSHOT_SUBJECT} of the index`),
    ]);
    const tree = await writeTree(git, env);
    const commit = await commitTree(git, tree, [...parents, index], SNAPSHOT_SUBJECT);
    const ref = await referTo(git, commit, name);
    const leftOut = [
      ...large.map((path) => ({ path, why: 'over 50 MB' })),
      ...skipped.map((path) => ({ path, why: 'git could not read it' })),
    ];
    const kept = dirty.filter((path) => !leftOut.some((left) => left.path === path));
    return { ref, commit, paths: kept, ...otherThanFiles(status, kept), leftOut };
  } finally {
    own.remove();
  }
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

async function writeTree(git: Git, env: Readonly<Record<string, string>>): Promise<string> {
  return (await git.output(['write-tree'], { env })).toString().trim();
}

async function commitTree(git: Git, tree: string, parents: readonly string[], subject: string): Promise<string> {
  const args = ['commit-tree', '--no-gpg-sign', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  const made = await git.output(args, { env: AGENT_ENVIRONMENT, input: Buffer.from(`${subject}\n`) });
  return made.toString().trim();
}
