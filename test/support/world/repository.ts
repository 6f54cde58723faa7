import { afterCommit, compareObservations, decodeObservation, encodeObservation } from '../../../src/git/changes.ts';
import { isMachineState, selectPaths } from '../../../src/git/selection.ts';
import type { CommitRequest, GitPath, Observation, WorkTree } from '../../../src/run/git-port.ts';
import type { Disk } from './disk.ts';
import type { Operations } from './operations.ts';

/** The user's repository in memory. What can be decided without git is decided by the program's own rules. */
export function repository(disk: Disk, operations: Operations, commitEverything: boolean): WorkTree {
  const treeOf = (id: string | null) =>
    disk.commits.find((commit) => commit.id === id)?.tree ?? new Map<string, string>();
  return {
    observe: () =>
      operations.look('git status', () => ({
        head: disk.head?.id ?? null,
        branch: disk.branch,
        dirty: dirtyPaths(disk),
      })),
    changes: (before, after) =>
      operations.look('git diff-tree', () => {
        const inCommits = before.head === after.head ? [] : differing(treeOf(before.head), treeOf(after.head));
        return compareObservations(before, after, inCommits);
      }),
    knows: (id) => operations.look('git cat-file', () => disk.commits.some((commit) => commit.id === id)),
    select: (changed: readonly GitPath[], before: Observation) =>
      selectPaths(
        { changed, dirtyBefore: before.dirty, commitEverything },
        {
          prefix: '',
          isNew: (path) => disk.head?.tree.has(path) !== true,
          size: (path) => disk.files.get(path)?.length ?? null,
          inHead: () => false,
        },
      ),
    cleanHead: () => {
      const isClean = [...dirtyPaths(disk).keys()].every((path) => path.startsWith('.autoloop/'));
      return isClean ? (disk.head?.id ?? null) : null;
    },
    afterCommit,
    encode: encodeObservation,
    decode: decodeObservation,
    commit: ({ paths, subject, id, trailers = [] }: CommitRequest) =>
      operations.write('git commit', () => {
        const ours = paths.filter((path) => !isMachineState(path, ''));
        return { commit: disk.commit(subject, [`Autoloop-Checkpoint: ${id}`, ...trailers], ours), skipped: [] };
      }),
    find: (id, head) =>
      operations.look('git rev-list', () => {
        const since = disk.commits.findIndex((commit) => commit.id === head) + 1;
        const found = disk.commits.slice(since).find(({ trailers }) => trailers.includes(`Autoloop-Checkpoint: ${id}`));
        return found?.id ?? null;
      }),
    keepDropped: () => Promise.resolve(null),
    markRun: () => Promise.resolve(),
    snapshot: () => Promise.resolve(null),
    withNewTokens: () => Promise.resolve([]),
    prints: () => new Map(),
    keepAgain: () => Promise.resolve(true),
    changedSince: () => Promise.resolve(null),
    dropSnapshot: () => Promise.resolve(),
    operationInProgress: () => null,
    toWorkspace: (path) => path,
    fromWorkspace: (path) => path,
    show: (path) => path,
    pasted: { git: 'git', show: (revision, path) => `git show ${revision}:${path}` },
  };
}

/** What differs from HEAD, with a fingerprint each; ignored state aside. */
export function dirtyPaths(disk: Disk): Map<string, string> {
  const head = disk.head?.tree ?? new Map<string, string>();
  const dirty = new Map<string, string>();
  for (const [path, content] of disk.files) {
    if (head.get(path) !== content && !isMachineState(path, '')) dirty.set(path, `f:${content}`);
  }
  for (const path of head.keys()) if (!disk.files.has(path)) dirty.set(path, 'gone');
  return dirty;
}

function differing(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path));
}
