import type { Observation, WorkTree } from '../../../src/run/git-port.ts';
import type { Fate } from './failures.ts';
import type { Memory } from './memory.ts';

/** A repository of one branch in memory: what differs from its last commit is dirty. */
export function repositoryIn(memory: Memory, fate: Fate): WorkTree {
  const head = () => memory.commits.at(-1)?.id ?? null;
  return {
    observe: () => fate.op(() => ({ head: head(), branch: 'main', dirty: dirtyIn(memory) })),
    changes: (before, after) => fate.op(() => changesBetween(before, after)),
    select: (changed, before) => ({
      commit: changed.filter((path) => !before.dirty.has(path)),
      leftOut: changed.filter((path) => before.dirty.has(path)).map((path) => ({ path, why: 'yours' })),
    }),
    afterCommit: ({ branch, dirty }, paths, commit) => ({
      head: commit,
      branch,
      dirty: new Map([...dirty].filter(([path]) => !paths.includes(path))),
    }),
    encode: ({ head: at, branch, dirty }) => ({ at, branch, dirty: [...dirty] }),
    decode(document) {
      if (document === null) return null;
      const { at, branch, dirty } = document as { at: string; branch: string; dirty: [string, string][] };
      return { head: at, branch, dirty: new Map(dirty) };
    },
    commit: ({ paths, subject, id, trailers = [] }) =>
      fate.op(() => {
        const taken = paths.filter((path) => memory.files.get(path) !== memory.committed.get(path));
        if (taken.length === 0) return { commit: null, skipped: [] };
        const sources = new Map<string, string>();
        for (const path of taken) {
          const text = memory.files.get(path) ?? '';
          memory.committed.set(path, text);
          if (!path.startsWith('.autoloop/')) sources.set(path, text);
        }
        const commit = `c${memory.commits.length + 1}`;
        memory.commits.push({ id: commit, checkpoint: id, subject, recovered: trailers.length > 0, sources });
        return { commit, skipped: [] };
      }),
    find: (id) => fate.op(() => memory.commits.find(({ checkpoint }) => checkpoint === id)?.id ?? null),
    operationInProgress: () => null,
    toWorkspace: (path) => path,
    fromWorkspace: (path) => path,
    show: (path) => path,
  };
}

function dirtyIn(memory: Memory): Map<string, string> {
  const dirty = [...memory.files].filter(([path, text]) => memory.committed.get(path) !== text);
  return new Map(dirty.map(([path, text]) => [path, `text ${text}`]));
}

function changesBetween(before: Observation, after: Observation) {
  const paths = [...after.dirty].filter(([path, print]) => before.dirty.get(path) !== print).map(([path]) => path);
  return { paths, headMoved: false, branchSwitch: null, vanished: [] };
}
