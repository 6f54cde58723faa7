import path from 'node:path';
import { listed } from '../../core/listed.ts';
import { Problem } from '../../core/problem.ts';
import type { Git } from '../../git/git.ts';
import { look } from '../../git/look.ts';
import { keepAll } from '../../history/undo.ts';
import { hiddenEdits } from '../../git/overlooked.ts';
import { pathDisplay } from '../../git/paths.ts';
import { referTo } from '../../git/snapshot.ts';
import { lockFor, lockWorkTree } from '../locks.ts';
import { checkoutsOf } from './checkouts.ts';
import { type TreeFacts, treeFacts } from './facts.ts';
import { treesBeside } from './beside.ts';
import { treeNamed } from './home.ts';
import { type Inside, reasonsToKeep } from './keep.ts';
import { latestOf } from './merge-source.ts';
import { isAncestor } from './merge-ways.ts';
import { mainWorkspace, noSuchTree } from './named.ts';
import { openHere } from './open-here.ts';
import type { TaskTree } from './record.ts';
import { asideOf, begunRemovals, mendRemoval, performRemoval, type Removal, type Warn } from './removal.ts';
import { tearDown } from './setup.ts';
import { freeSlot } from './slot.ts';
import { treeSettings } from './tree-settings.ts';
import { workedInSubmodules } from './submodules.ts';

export interface RemoveRequest {
  readonly workspace: string;
  readonly taskId: string;
  /** Also what is dirty or not merged: what no commit holds is kept as a snapshot, and the branch stays. */
  readonly force: boolean;
}

export interface RemovedTree {
  readonly taskId: string;
  readonly path: string;
  readonly branch: string;
  readonly branchDeleted: boolean;
  /** The reference that keeps what was not committed; null: nothing was. */
  readonly snapshot: string | null;
}

/**
 * Removes the work tree of a task, and its branch if another one has all of it; what is known of the task moves to the workspace.
 * Rejects with a Problem where something would be lost or somebody works there; nothing is changed then.
 */
export async function removeTree(request: RemoveRequest, warn: (text: string) => void): Promise<RemovedTree> {
  const workspace = mainWorkspace(request.workspace);
  const { git } = await openHere(workspace);
  try {
    const begun = begunRemovals(git.place.commonDir).find((taskId) => taskId === request.taskId);
    const tree = treeNamed(treesBeside(workspace), request.taskId);
    const taskId = tree?.taskId ?? begun;
    if (taskId === undefined) throw noSuchTree(workspace, request.taskId);
    const lock = await lockFor(path.join(git.place.commonDir, `autoloop-${taskId}.lock`), { workspace, runId: taskId });
    try {
      const mended = await mendRemoval(git, taskId, warn);
      if (mended !== null) return reportOf(mended);
      if (tree === undefined) throw noSuchTree(workspace, request.taskId);
      return await removeHeld(git, tree, { ...request, workspace, warn });
    } finally {
      await lock.release();
    }
  } finally {
    await git.close();
  }
}

/** Finishes the removals in a repository that were broken off. */
export async function mendRemovals(git: Git, workspace: string, warn: Warn): Promise<void> {
  for (const taskId of begunRemovals(git.place.commonDir)) {
    const file = path.join(git.place.commonDir, `autoloop-${taskId}.lock`);
    try {
      const lock = await lockFor(file, { workspace, runId: taskId });
      await mendRemoval(git, taskId, warn).finally(() => lock.release());
    } catch (error) {
      if (!(error instanceof Problem && error.kind === 'busy')) throw error; // Busy: it is being removed now.
    }
  }
}

type Removing = RemoveRequest & { readonly warn: (text: string) => void };

async function removeHeld(git: Git, tree: TaskTree, request: Removing): Promise<RemovedTree> {
  if (!tree.isThere) return removeDecided(git, tree, request);
  const { workspace, taskId, admin } = tree;
  const lock = await lockWorkTree({ workspace, runId: taskId, gitFolder: admin });
  try {
    return await removeDecided(git, tree, request);
  } finally {
    await lock.release();
  }
}

async function removeDecided(git: Git, tree: TaskTree, request: Removing): Promise<RemovedTree> {
  const { workspace, force, warn } = request;
  const removal = await decide(git, tree, request);
  const { teardown } = await treeSettings(workspace, false);
  await tearDown(tree, teardown).catch((error: unknown) => {
    if (!(force && error instanceof Problem)) throw error;
    warn(error.message);
  });
  await performRemoval(git, removal, warn);
  freeSlot(git.place.commonDir, tree.slot, tree.taskId);
  return reportOf(removal);
}

/** Nothing holds the work tree open any more once that is done. */
async function decide(git: Git, tree: TaskTree, { workspace, force }: Removing): Promise<Removal> {
  const { taskId, top, branch, admin, folder } = tree;
  const trees = treesBeside(workspace);
  const found = (await treeFacts(trees, { git, workspace, target: null })).find((one) => one.tree.taskId === taskId);
  if (found === undefined) throw noSuchTree(workspace, taskId);
  const there = tree.isThere ? await openHere(tree.workspace) : null;
  try {
    const inside = there === null ? {} : { inside: await lookInside(there.git, found) };
    const { reasons, isForceable } = reasonsToKeep(found, { ...inside, run: await runOf(tree) });
    if (reasons.length > 0 && !(force && isForceable)) {
      throw new Problem(
        'usage',
        `the work tree of task ${taskId} stays: ${reasons.join('; ')}`,
        isForceable
          ? 'With --force it goes: what is not committed is kept as a snapshot, and the branch stays.'
          : 'Move that first.',
      );
    }
    const isForced = reasons.length > 0 && there !== null;
    const snapshot = isForced ? await keepUnbranched(there.git, found) : null;
    const isElsewhere = (await checkoutsOf(git, branch)).some((checkout) => checkout !== top);
    const tip = found.unmerged === 0 && !isElsewhere ? found.tip : null;
    const aside = asideOf(top, new Date());
    return { version: 1, taskId, place: top, aside, admin, folder, workspace, branch, tip, snapshot };
  } finally {
    await there?.git.close();
  }
}

/** How the latest run of a task ended: `none` where it has no run, `unfinished`, `unreadable`. */
export async function runOf(tree: TaskTree): Promise<string> {
  try {
    const latest = await latestOf(tree);
    return latest === null ? 'none' : (latest.state.finished?.status ?? 'unfinished');
  } catch (error) {
    if (error instanceof Problem) return 'unreadable';
    throw error;
  }
}

/** What git's status does not show of it. Three processes, more where there is something. */
export async function lookInside(git: Git, { tree, tip }: TreeFacts): Promise<Inside> {
  return {
    submodules: await workedInSubmodules(git, tree, tip),
    hidden: [...(await hiddenEdits(git))].map(pathDisplay),
  };
}

/**
 * Keeps what no commit holds, and commits that are on no branch. Also the state of the task: it is moved, but a commit costs little. Rejects
 * with a Problem of kind `usage` where some of it cannot be kept.
 */
async function keepUnbranched(git: Git, { tree: { taskId }, tip }: TreeFacts): Promise<string | null> {
  const name = `${taskId}-removed`;
  const view = await look(git);
  const snapshot = await keepAll(git, view, name);
  const leftOut = snapshot?.leftOut ?? [];
  if (leftOut.length > 0) {
    const names = leftOut.map(({ path: at, why }) => `${pathDisplay(at)} (${why})`);
    throw new Problem(
      'usage',
      `the work tree of task ${taskId} stays: no snapshot can keep ${listed(names)}`,
      'Move that first.',
    );
  }
  if (snapshot !== null) return snapshot.ref;
  const { head } = view.status;
  const isOnBranch = tip !== null && head !== null && (await isAncestor(git, head, tip));
  return head === null || isOnBranch ? null : referTo(git, head, name);
}

function reportOf({ taskId, place, branch, tip, snapshot = null }: Removal): RemovedTree {
  return { taskId, path: place, branch, branchDeleted: tip !== null, snapshot };
}
