import { existsSync } from 'node:fs';
import path from 'node:path';
import { apart, onlyThere, reachable } from '../../core/commit-graph.ts';
import { readCarefully } from '../../files/careful-read.ts';
import { branchTips, commitsBeyond, commitsNotShared, commitsThere } from '../../git/branch-graph.ts';
import type { Git } from '../../git/git.ts';
import { readHead } from '../../git/head.ts';
import { look } from '../../git/look.ts';
import { type Operation, readOperation } from '../../git/operation.ts';
import { absolute, fromText, pathDisplay, stateFolderIn } from '../../git/paths.ts';
import { createRunner } from '../../git/runner.ts';
import { dirtyPaths, type Status } from '../../git/status.ts';
import { mergeTaskOf } from './agent-merge.ts';
import { isCarried } from './configuration.ts';
import { gitIn, openToLook } from './open-here.ts';
import type { TaskTree } from './record.ts';

/** Where the work of a task stands. */
export interface TreeFacts {
  readonly tree: TaskTree;
  /** The commit of its branch; null: the branch is gone. */
  readonly tip: string | null;
  /** Commits that the branch has and the other one has not, and the other way round; null: there is nothing to compare. */
  readonly ahead: number | null;
  readonly behind: number | null;
  /** Commits that no other branch has, of a remote neither, and that no merge brought in. */
  readonly unmerged: number;
  /** What its work tree has that no commit holds, as paths for the screen; the state of the task itself aside. */
  readonly dirty: readonly string[];
  /** Repositories within it that are no submodules. */
  readonly nested: readonly string[];
  /** What somebody is in the middle of there. */
  readonly operation: Operation | null;
  /** Why it is locked for git; null: it is not. */
  readonly locked: string | null;
}

export interface Comparison {
  readonly git: Git;
  /** The workspace that is compared with. */
  readonly workspace: string;
  /** The commit that the branches are compared with; null: none. */
  readonly target: string | null;
}

/**
 * Where the branches and work trees of tasks stand: six processes, and one more for each work tree that is there. Rejects with a
 * Problem where git refuses one of them.
 */
export async function treeFacts(trees: readonly TaskTree[], comparison: Comparison): Promise<readonly TreeFacts[]> {
  const { git, target } = comparison;
  const views = await inFours(trees, (tree) => viewOf(tree, comparison));
  const tips = await branchTips(git);
  const tipOf = ({ branch }: TaskTree) => tips.get(`refs/heads/${branch}`) ?? null;
  const own = new Set(trees.map(({ branch }) => `refs/heads/${branch}`));
  const others = [...tips].filter(([name]) => !own.has(name)).map(([, commit]) => commit);
  const merges = await commitsThere(
    git,
    trees.flatMap(({ merged }) => (merged === null ? [] : [merged.commit, merged.tip])),
  );
  const heads = trees.flatMap((tree, at) => [tipOf(tree), views[at]?.head ?? null]).filter(isCommit);
  const graph = await commitsBeyond(git, [...heads, ...merges], others);
  const shared = await commitsNotShared(git, [...heads, target].filter(isCommit));
  return trees.map((tree, at) => {
    const tip = tipOf(tree);
    const { head, ...seen } = views[at] ?? UNSEEN;
    const kept = trees
      .filter((other) => other !== tree && other.branch !== tree.branch)
      .map(tipOf)
      .filter(isCommit);
    const { merged } = tree;
    const isKept = merged !== null && [merged.commit, merged.tip].every((commit) => merges.has(commit));
    const isIn = isKept && (!graph.has(merged.commit) || reachable(graph, kept).has(merged.commit));
    const standing = { tips: [tip, head].filter(isCommit), kept, merged: isIn ? [merged.tip] : [] };
    const counts = tip === null || target === null ? { ahead: null, behind: null } : apart(shared, tip, target);
    return { tree, tip, ...counts, unmerged: onlyThere(graph, standing).length, ...seen };
  });
}

type Seen = Pick<TreeFacts, 'dirty' | 'nested' | 'operation' | 'locked'> & { readonly head: string | null };
const UNSEEN: Seen = { head: null, dirty: [], nested: [], operation: null, locked: null };

async function viewOf(tree: TaskTree, { git, workspace }: Comparison): Promise<Seen> {
  const locked = lockReason(tree);
  // A work tree that is gone has a HEAD still, which may be all that has its commits.
  if (!tree.isThere) {
    const head = readHead({ gitDir: tree.admin, commonDir: git.place.commonDir })?.commit ?? null;
    return { ...UNSEEN, head, locked };
  }
  const runner = createRunner({ workspace });
  // What git would execute for this work tree alone is looked at before.
  const hasOwn = existsSync(path.join(tree.admin, 'config.worktree'));
  const there = hasOwn ? (await openToLook(tree.workspace, runner)).git : gitIn(tree, git, runner);
  const { status } = await look(there);
  const seen = { head: status.head, ...unkept(tree, status, workspace), locked };
  return { ...seen, operation: readOperation(tree.admin) };
}

/** What a work tree has that no commit holds. What the program wrote of the task itself is moved with it, and not lost. */
function unkept(tree: TaskTree, status: Status, workspace: string): Pick<TreeFacts, 'dirty' | 'nested'> {
  const { top, folder, taskId, carried } = tree;
  const state = stateFolderIn(fromText(folder === '' ? '' : `${folder}/`));
  const tasks = [taskId, mergeTaskOf(taskId)].map((id) => `${state}/tasks/${id}/`);
  const own = [...tasks, `${state}/.gitignore`];
  const isLeft = (path: string) =>
    !own.some((part) => path === part || path.startsWith(part)) &&
    !isCarried(absolute(top, path).toString(), { carried, workspace });
  return {
    dirty: [...dirtyPaths(status)].filter(isLeft).map(pathDisplay),
    nested: status.nested.map(pathDisplay),
  };
}

/** Why git was told to keep it; the empty text where nobody said why. */
function lockReason({ admin }: TaskTree): string | null {
  return readCarefully(path.join(admin, 'locked'))?.toString().trim() ?? null;
}

function isCommit(value: string | null): value is string {
  return value !== null;
}

async function inFours<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  const left = [...items.entries()];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return results;
}
