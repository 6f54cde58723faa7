import type { GitPath, SafetySnapshot } from '../run/git-port.ts';
import { fileEntries, sameEntry, treeDifferences } from './entries.ts';
import type { Git } from './git.ts';

/** A snapshot that an earlier start has made, with only those of its paths whose files are something else now. Null: it is there no more. */
export async function changedSince(git: Git, ref: string): Promise<SafetySnapshot | null> {
  const found = await git.run(['rev-list', '--parents', '--max-count=1', ref, '--']);
  if (found.code !== 0) return null;
  const [commit = '', ...parents] = found.out.toString().trim().split(' ');
  // One of release 0.2.0 has no parent but the index where there was no commit yet.
  const [base, index = ''] = parents.length > 1 ? parents : [git.emptyTree, ...parents];
  const [files, staged] = [
    await treeDifferences(git, base ?? '', commit),
    await treeDifferences(git, base ?? '', index),
  ];
  const inIndex = new Map(staged.map(({ path, to }) => [path, to]));
  const was = new Map([
    ...staged.map(({ path, from }) => [path, from] as const),
    ...files.map(({ path, to }) => [path, to] as const),
  ]);
  const now = await fileEntries(git, [...was.keys()]);
  const paths = [...was.keys()].filter((path) => !sameEntry(was.get(path) ?? null, now.get(path) ?? null));
  const only = (isIt: (path: GitPath) => boolean) => new Set(paths.filter(isIt));
  return {
    ref,
    commit,
    paths,
    exact: await convertedIn(git, commit, parents[2]),
    staged: only((path) => {
      const entry = inIndex.get(path) ?? null;
      return entry !== null && !sameEntry(entry, was.get(path) ?? null);
    }),
    gone: only((path) => (was.get(path) ?? null) === null),
    leftOut: [],
  };
}

/** The paths that a snapshot has otherwise than they were. */
async function convertedIn(git: Git, commit: string, exact: string | undefined): Promise<ReadonlySet<GitPath>> {
  if (exact === undefined) return new Set();
  return new Set((await treeDifferences(git, commit, exact)).map(({ path }) => path));
}
