import { lstatSync, readdirSync } from 'node:fs';
import type { RunEvent } from '../core/events.ts';
import { Problem } from '../core/problem.ts';
import { names } from '../git/coverage.ts';
import type { Git } from '../git/git.ts';
import { hiddenEdits } from '../git/overlooked.ts';
import { absolute, isStateBelow } from '../git/paths.ts';
import { type Entry, sameEntry, treeDifferences, treeEntries } from '../git/entries.ts';
import type { PathChange } from '../git/put-back.ts';
import { dirtyPaths, type Status } from '../git/status.ts';
import type { GitPath } from '../run/git-port.ts';
import { type BranchCommit, ownCommits } from './own-commits.ts';
import type { Ground, UndoFacts } from './undo-plan.ts';

/** What is to be undone: the commit to go back to, and the run. */
export interface Goal {
  readonly head: string;
  readonly target: string;
  readonly status: Status;
  readonly runId: string;
  /** Whose commits go back. */
  readonly isOwn: (commits: readonly BranchCommit[]) => ReadonlySet<string>;
}

/** Whose commits a log says are the run's. */
export function byLog(events: readonly RunEvent[], run: { runId: string; checkpoints: number }): Goal['isOwn'] {
  return (commits) => ownCommits(events, run, commits);
}

/** Gathers what `planUndo` decides by. A constant number of processes. Throws a Problem where HEAD's history has not the target. */
export async function undoFacts(git: Git, goal: Goal): Promise<UndoFacts> {
  const { head, target, status } = goal;
  await requireAncestor(git, target, head);
  const commits = await commitsBetween(git, target, head);
  const own = goal.isOwn(commits);
  const changed = await pathsOf(git, commits);
  const pick = (isOwn: boolean) =>
    new Set(commits.filter(({ id }) => own.has(id) === isOwn).flatMap(({ id }) => changed.get(id) ?? []));
  const differences = (await treeDifferences(git, head, target)).filter(
    ({ path }) => !isStateBelow(git.place.prefix, path),
  );
  const dirty = new Set([...dirtyPaths(status), ...(await hiddenEdits(git))]);
  return { differences, own: pick(true), foreign: pick(false), dirty, ground: groundOf(git) };
}

/** The trees that the run's own files are taken from. */
export interface StateTrees {
  readonly head: string;
  /** What the commit gets, the index, and the files. */
  readonly to: string;
  readonly index: string;
  readonly file: string;
}

/**
 * How the run's own files (artifacts, sessions, run.json) go back: all of them, also where they are not committed. None where the
 * commit to go back to does not hold them. `folder`: the run's, in the repository.
 */
export async function stateChanges(
  git: Git,
  { head, to, index, file }: StateTrees,
  { folder, status }: { readonly folder: GitPath; readonly status: Status },
): Promise<readonly PathChange[]> {
  const within = [`${folder}artifacts/`, `${folder}sessions/`, `${folder}run.json`];
  const found = new Map<string, ReadonlyMap<GitPath, Entry>>();
  for (const tree of new Set([head, to, index, file])) found.set(tree, await treeEntries(git, tree, within));
  const at = (tree: string, path: GitPath) => found.get(tree)?.get(path) ?? null;
  if (found.get(to)?.size === 0) return [];
  const dirty = new Set([...dirtyPaths(status)].filter((path) => within.some((part) => path.startsWith(part))));
  const paths = [...new Set([...[...found.values()].flatMap((tree) => [...tree.keys()]), ...dirty])].sort();
  return paths
    .map((path) => ({
      path,
      from: at(head, path),
      to: at(to, path),
      index: at(index, path),
      file: at(file, path),
    }))
    .filter((change) => dirty.has(change.path) || !isSettled(change));
}

function isSettled({ from, to, index = null, file = null }: PathChange): boolean {
  return [to, index, file].every((entry) => sameEntry(from, entry));
}

async function requireAncestor(git: Git, target: string, head: string): Promise<void> {
  if ((await git.run(['merge-base', '--is-ancestor', target, head])).code === 0) return;
  throw new Problem(
    'usage',
    `commit ${target.slice(0, 10)} is not in the history of HEAD: the branch was switched or rewritten since`,
    'Switch to the branch on which the run worked, then try again.',
  );
}

async function commitsBetween(git: Git, target: string, head: string): Promise<BranchCommit[]> {
  const output = await git.output(['rev-list', '--parents', '--format=%B%x00', `${target}..${head}`, '--']);
  const pieces = output.toString().split('\0\n').slice(0, -1);
  return pieces.map((piece) => {
    const [line = '', ...message] = piece.split('\n');
    const [id = '', ...parents] = line.replace(/^commit /, '').split(' ');
    return { id, parents, message: message.join('\n') };
  });
}

/** The paths that each commit changed, against its first parent. One process. */
async function pathsOf(git: Git, commits: readonly BranchCommit[]): Promise<ReadonlyMap<string, readonly GitPath[]>> {
  const listing = ['diff-tree', '--stdin', '-r', '-z', '--root', '--always', '--name-only', '--no-renames', '-m'];
  const input = Buffer.from(commits.map(({ id }) => `${id}\n`).join(''));
  const output = commits.length === 0 ? Buffer.alloc(0) : await git.output([...listing, '--first-parent'], { input });
  const found = new Map<string, GitPath[]>();
  let at: GitPath[] = [];
  const left = commits.map(({ id }) => id);
  for (const name of names(output)) {
    if (name === left[0]) {
      at = [];
      found.set(name, at);
      left.shift();
    } else at.push(name);
  }
  return found;
}

/** What stands in the work tree now. */
export function groundOf(git: Git): Ground {
  const { top } = git.place;
  const below = (path: GitPath): GitPath[] => {
    if (kindOf(path) !== 'folder') return kindOf(path) === 'file' ? [path] : [];
    return readdirSync(absolute(top, path), { encoding: 'latin1' }).flatMap((name) => below(`${path}/${name}`));
  };
  const kindOf = (path: GitPath) => {
    try {
      return lstatSync(absolute(top, path)).isDirectory() ? 'folder' : 'file';
    } catch {
      return 'nothing'; // Or not to be looked at: git will say so when it comes to it.
    }
  };
  return { kindOf, below };
}
