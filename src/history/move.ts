import { changedBetween } from '../git/coverage.ts';
import { fileEntries, indexEntries, isBeginningOf, sameEntry } from '../git/entries.ts';
import type { Git } from '../git/git.ts';
import { moveHead, type PathChange, setIndexAndFiles } from '../git/put-back.ts';

/** A step of HEAD with its files, decided and written down: it is done whole or not at all. */
export interface Move {
  readonly head: string;
  /** Null: HEAD stays. */
  readonly commit: string | null;
  /** Of sources, that nobody else touches; and of a run's own files, whatever stands there. */
  readonly changes: readonly PathChange[];
  readonly state: readonly PathChange[];
}

/** Moves HEAD, index and files; false: HEAD is not there any more, and nothing was changed. */
export async function performMove(git: Git, move: Move, why: string, lockWaitMs: number): Promise<boolean> {
  const { head, commit, changes, state } = move;
  if (commit !== null && !(await moveHead(git, { from: head, to: commit, why }))) return false;
  await setIndexAndFiles(git, [...changes, ...state], lockWaitMs);
  return true;
}

/** A move that a crash broke off: finished where HEAD has moved already; false where nothing has. */
export async function finishMove(git: Git, move: Move, lockWaitMs: number): Promise<boolean> {
  const { head, commit, state } = move;
  const now = await git.headCommit();
  const hasMoved = commit === null || (now !== null && now !== head && (await contains(git, commit, now)));
  if (!hasMoved) return false;
  const touched = commit === null ? [] : await changedBetween(git, commit, now);
  const changes = move.changes.filter(({ path }) => !touched.includes(path));
  await setIndexAndFiles(git, [...(await unfinished(git, changes)), ...state], lockWaitMs);
  return true;
}

async function contains(git: Git, commit: string, head: string): Promise<boolean> {
  return (await git.run(['merge-base', '--is-ancestor', commit, head])).code === 0;
}

/** The paths that the crash left as they were, or half way: what a person changed since stays. */
async function unfinished(git: Git, changes: readonly PathChange[]): Promise<readonly PathChange[]> {
  const [index, files] = [await indexEntries(git), await fileEntries(git, changes.map(pathOf))];
  const left: PathChange[] = [];
  for (const change of changes) {
    const { path: at, from, to } = change;
    const staged = index.get(at) ?? null;
    const found = files.get(at) ?? null;
    const isIndexOurs = sameEntry(from, staged) || sameEntry(to, staged);
    const isFileOurs = found === null || sameEntry(from, found) || sameEntry(to, found);
    const isHalf = !isFileOurs && to !== null && (await isBeginningOf(git, at, to));
    if (isIndexOurs && (isFileOurs || isHalf)) left.push(change);
  }
  return left;
}

const pathOf = (change: PathChange) => change.path;
