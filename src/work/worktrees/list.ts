import { look } from '../../git/look.ts';
import { type TreeFacts, treeFacts } from './facts.ts';
import { treesBeside } from './beside.ts';
import { isOutOfReach } from './keep.ts';
import { mainWorkspace } from './named.ts';
import { openToLook } from './open-here.ts';
import { begunRemovals, type Warn } from './removal.ts';
import { mendRemovals } from './remove.ts';
import { type Allowance, type FolderSize, sizeOf } from './size.ts';

/** A work tree in the list of them. */
export interface ListedTree extends TreeFacts {
  /** `gone`: its folder is not there; `out_of_reach`: nor is the disk, perhaps. */
  readonly state: 'there' | 'gone' | 'out_of_reach';
  readonly size: FolderSize | null;
}

export interface TreeList {
  readonly workspace: string;
  /** What the branches are compared with; null: HEAD is detached or has no commit. */
  readonly branch: string | null;
  readonly trees: readonly ListedTree[];
}

/** Entries of all work trees together that are looked at for their sizes: a second of work. */
const MOST_ENTRIES = 200_000;

/** The work trees of tasks beside a workspace. What a kill left of a removal is finished first. Rejects with a Problem. */
export async function listTrees(given: string, warn: Warn = () => undefined): Promise<TreeList> {
  const workspace = mainWorkspace(given);
  const { git } = await openToLook(workspace);
  try {
    if (begunRemovals(git.place.commonDir).length > 0) await mendRemovals(git, workspace, warn);
    const trees = treesBeside(workspace);
    const { status } = await look(git);
    const allowance: Allowance = { left: MOST_ENTRIES };
    const facts = await treeFacts(trees, { git, workspace, target: status.head });
    return { workspace, branch: status.branch, trees: facts.map((one) => listed(one, allowance)) };
  } finally {
    await git.close();
  }
}

function listed(facts: TreeFacts, allowance: Allowance): ListedTree {
  const { tree } = facts;
  const state = tree.isThere ? 'there' : isOutOfReach(tree) ? 'out_of_reach' : 'gone';
  return { ...facts, state, size: tree.isThere ? sizeOf(tree.top, allowance) : null };
}
