import { Problem } from '../../core/problem.ts';
import { type TreeFacts, treeFacts } from './facts.ts';
import { treesBeside } from './beside.ts';
import { reasonsToKeep } from './keep.ts';
import { mainWorkspace } from './named.ts';
import { openToLook } from './open-here.ts';
import { lookInside, mendRemovals, type RemovedTree, removeTree, runOf } from './remove.ts';

export interface CleanReport {
  /** Removed, or what would be. */
  readonly removed: readonly RemovedTree[];
  readonly kept: readonly { readonly taskId: string; readonly path: string; readonly why: readonly string[] }[];
}

/** Removes the work trees of all tasks that are merged and clean; none whose run is at work or has not begun. Rejects with a Problem. */
export async function cleanTrees(
  { workspace: given, isDry }: { readonly workspace: string; readonly isDry: boolean },
  warn: (text: string) => void,
): Promise<CleanReport> {
  const workspace = mainWorkspace(given);
  const { git } = await openToLook(workspace);
  try {
    if (!isDry) await mendRemovals(git, workspace, warn);
    const removed: RemovedTree[] = [];
    const kept: CleanReport['kept'][number][] = [];
    for (const facts of await treeFacts(treesBeside(workspace), { git, workspace, target: null })) {
      const { taskId, top: path, branch, isThere } = facts.tree;
      const run = isThere ? await runOf(facts.tree) : 'none';
      const { reasons } = reasonsToKeep(facts, { run });
      const why = isThere && run === 'none' ? [...reasons, 'it has no run yet'] : [...reasons];
      if (isDry && isThere && why.length === 0) why.push(...(await reasonsInside(facts, run)));
      if (why.length > 0) kept.push({ taskId, path, why });
      else if (isDry) removed.push({ taskId, path, branch, branchDeleted: facts.tip !== null, snapshot: null });
      else
        await removeTree({ workspace, taskId, force: false }, warn).then(
          (one) => removed.push(one),
          (error: unknown) => kept.push({ taskId, path, why: [expected(error).message] }),
        );
    }
    return { removed, kept };
  } finally {
    await git.close();
  }
}

/** The removal itself looks again. */
async function reasonsInside(facts: TreeFacts, run: string): Promise<readonly string[]> {
  const { git } = await openToLook(facts.tree.workspace);
  try {
    return reasonsToKeep(facts, { inside: await lookInside(git, facts), run }).reasons;
  } finally {
    await git.close();
  }
}

/** Whoever works there, or what changed since the look: the others are gone on with. */
function expected(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}
