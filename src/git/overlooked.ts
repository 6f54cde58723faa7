import type { GitPath } from '../run/git-port.ts';
import { fileEntries, indexEntries, sameEntry } from './entries.ts';
import { lstat } from './fingerprints.ts';
import type { Git } from './git.ts';
import { nulTerminated } from './paths.ts';
import { parseStatus, type Status, STATUS } from './status.ts';

/** How git was told to overlook a tracked file. Both is possible. */
export interface Marks {
  readonly assumeUnchanged: boolean;
  /** Also what a sparse checkout leaves out. */
  readonly skipWorktree: boolean;
}

/** The tracked files that git was told to overlook. One process. */
export async function overlooked(git: Git): Promise<ReadonlyMap<GitPath, Marks>> {
  const lines = (await git.output(['ls-files', '-v', '-z'])).toString('latin1');
  const marked = lines.matchAll(/(?<=^|\0)[a-zS] [^\0]+/g); // Of a hundred thousand files hardly any is.
  return new Map(
    Array.from(marked, ([line]) => {
      const skipWorktree = /^s/i.test(line);
      return [line.slice(2), { assumeUnchanged: /^[a-z]/.test(line), skipWorktree }] as const;
    }),
  );
}

/** Those of them that are there: what a sparse checkout leaves out is not edited. One process. */
export async function overlookedFiles(git: Git): Promise<GitPath[]> {
  const marked = [...(await overlooked(git)).keys()];
  return marked.filter((path) => lstat(git.place.top, path)?.isDirectory() === false);
}

/** A status that shows the edits of these files as well. `index`: a copy of the user's, which loses the marks by it. Three processes. */
export async function statusWith(git: Git, index: string, files: readonly GitPath[]): Promise<Status> {
  const env = { GIT_INDEX_FILE: index };
  const input = nulTerminated(files);
  for (const option of ['--no-assume-unchanged', '--no-skip-worktree']) {
    await git.output(['update-index', option, '-z', '--stdin'], { env, input });
  }
  return parseStatus(await git.output(STATUS, { env }));
}

/** Edits that no status shows, because git was told to overlook the file. A file that is not there is none. One process, four where there are marks. */
export async function hiddenEdits(git: Git): Promise<ReadonlySet<GitPath>> {
  const there = await overlookedFiles(git);
  if (there.length === 0) return new Set();
  const [index, files] = [await indexEntries(git), await fileEntries(git, there)];
  return new Set(there.filter((path) => !sameEntry(index.get(path) ?? null, files.get(path) ?? null)));
}
