import { Problem } from '../core/problem.ts';
import type { CommitRequest, GitPath } from '../run/git-port.ts';
import { commitIndex } from './commit-index.ts';
import type { Committed, Prepared } from './commit-index.ts';
import type { Git } from './git.ts';
import { nulTerminated } from './paths.ts';
import { PrivateIndex, waitForLock } from './private-index.ts';
import type { IndexStamp } from './private-index.ts';
import { findCheckpoint, SET_ENTRIES, indexLine, mendIndex } from './recovery.ts';
import { putIntoIndex } from './staged-contents.ts';
import { pathsToRead, readIntoIndex } from './staging.ts';
import type { Status } from './status.ts';

/** The status that a checkpoint is built on, and the version of the user's index that it describes. */
export interface View {
  readonly status: Status;
  readonly stamp: IndexStamp;
}

export interface CheckpointOptions {
  /** How long another git command may hold the index, in ms. */
  readonly lockWaitMs: number;
  /** Whether the commit is made under the stand-in identity. */
  readonly identityMissing: boolean;
}

export type Attempt = (
  | Exclude<Committed, { readonly kind: 'made' }>
  /** `stamp`: the user's index as it is now; null when others wrote it too. */
  | { readonly kind: 'made'; readonly commit: string; readonly stamp: IndexStamp | null }
) & { readonly skipped: readonly GitPath[] };

/**
 * One attempt at a checkpoint: the paths go into a copy of the index, the copy becomes a commit, and then the user's index.
 * Two processes, three when the user has staged files of their own.
 */
export async function attemptCheckpoint(
  git: Git,
  view: View,
  request: CommitRequest,
  options: CheckpointOptions,
): Promise<Attempt> {
  const ours = new Set(request.paths);
  if (ours.size === 0) return { kind: 'empty', skipped: [] };
  await waitForLock(git.place, options.lockWaitMs);
  const own = PrivateIndex.copy(git.place, view.stamp);
  if (own === null) return { kind: 'moved', skipped: [] };
  try {
    const { contents = new Map<GitPath, Buffer>() } = request;
    const read = pathsToRead(view.status, ours).filter((path) => !contents.has(path));
    const skipped = await readIntoIndex(git, own.file, read);
    await putIntoIndex(git, own.file, contents);
    const index = await withoutForeign(git, own, view.status, ours);
    const { identityMissing } = options;
    const committed = await commit(git, { index, head: view.status.head, identityMissing }, request);
    if (committed.kind !== 'made') return { ...committed, skipped };
    return { ...committed, stamp: await bringIndex(git, own, committed.commit, options.lockWaitMs), skipped };
  } finally {
    own.remove();
  }
}

/** Commits. Where that fails although the commit is made (a draft that cannot be put back, say), the index follows it all the same. */
async function commit(git: Git, prepared: Prepared, request: CommitRequest): Promise<Committed> {
  try {
    return await commitIndex(git, prepared, request);
  } catch (error) {
    const made = await findCheckpoint(git, request.id, prepared.head).catch(() => null);
    if (made !== null) await mendIndex(git, made, 0).catch(() => Promise.reject(behind(made, error)));
    throw error;
  }
}

/**
 * The user's index as it belongs to the commit: the copy takes its place. Where the user staged something meanwhile, or the exchange
 * fails, theirs stays and ours is added to it; null then. Without either, git would show the checkpoint's files as deleted.
 */
async function bringIndex(git: Git, own: PrivateIndex, commit: string, lockWaitMs: number): Promise<IndexStamp | null> {
  let failure: unknown = null;
  try {
    const stamp = await own.replaceOriginal(lockWaitMs);
    if (stamp !== null) return stamp;
  } catch (error) {
    failure = error;
  }
  try {
    await mendIndex(git, commit, failure === null ? lockWaitMs : 0);
    return null;
  } catch (error) {
    throw behind(commit, failure ?? error);
  }
}

function behind(commit: string, cause: unknown): Problem {
  const words = cause instanceof Error ? cause.message : String(cause);
  const problem = new Problem(
    'git',
    `The checkpoint ${commit.slice(0, 10)} is made, and the index could not follow it: ${words}`,
    [
      ...(cause instanceof Problem && cause.hint !== null ? [cause.hint] : []),
      'Until the run is resumed, git shows the files of that checkpoint as staged to be changed back: do not commit before.',
    ].join(' '),
  );
  problem.cause = cause;
  return problem;
}

/** The index to commit: when the user has staged changes of their own, a second copy with HEAD's entries in their place. */
async function withoutForeign(
  git: Git,
  own: PrivateIndex,
  status: Status,
  ours: ReadonlySet<GitPath>,
): Promise<string> {
  const foreign = [...status.tracked].filter(([path, entry]) => entry.staged !== '.' && !ours.has(path));
  if (foreign.length === 0) return own.file;
  const lines = foreign.map(([path, entry]) => indexLine(entry.headMode, entry.headId, path));
  const index = own.duplicate();
  await git.output(SET_ENTRIES, { env: { GIT_INDEX_FILE: index }, input: nulTerminated(lines) });
  return index;
}
