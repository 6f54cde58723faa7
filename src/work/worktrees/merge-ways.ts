import { Problem } from '../../core/problem.ts';
import type { MergeStrategy } from '../../core/settings.ts';
import { commitsBeyond } from '../../git/branch-graph.ts';
import { names } from '../../git/coverage.ts';
import { treeDifferences } from '../../git/entries.ts';
import type { Git } from '../../git/git.ts';
import { commitOf, commitTree } from '../../git/put-back.ts';
import { gitFailure } from '../../git/runner.ts';
import type { GitPath } from '../../run/git-port.ts';

/** What is to be brought into a branch. */
export interface MergeOrder {
  /** The commit of that branch, and the one that comes. */
  readonly before: string;
  readonly source: string;
  /** Which files stay out, where a new commit can leave them out. */
  readonly isLeftOut: (path: GitPath) => boolean;
  readonly message: string;
  readonly identityMissing: boolean;
}

export interface MergeOutcome {
  /** Null: nothing is to be brought in, or there are conflicts. */
  readonly commit: string | null;
  readonly conflicts: readonly GitPath[];
}

/** Makes the commit that the branch gets; no reference names it yet, and no file is touched. Throws a Problem where the way is closed. */
export async function mergeCommit(git: Git, strategy: MergeStrategy, order: MergeOrder): Promise<MergeOutcome> {
  const { before, source } = order;
  if (strategy !== 'squash' && (await isAncestor(git, source, before))) return NOTHING;
  switch (strategy) {
    case 'squash':
      return squash(git, order);
    case 'no-ff':
      return join(git, order);
    case 'ff-only':
      if (await isAncestor(git, before, source)) return { commit: source, conflicts: [] };
      throw new Problem(
        'usage',
        'the branch has commits that the task’s has not: it cannot only move forward, and nothing was changed',
        'Give --squash, --no-ff or --rebase.',
      );
    case 'rebase':
      return replay(git, order);
  }
}

const NOTHING: MergeOutcome = { commit: null, conflicts: [] };

async function squash(git: Git, order: MergeOrder): Promise<MergeOutcome> {
  const { before, source, isLeftOut, message, identityMissing } = order;
  const { tree, conflicts } = await mergedTree(git, before, source);
  const own = conflicts.filter((path) => !isLeftOut(path));
  if (own.length > 0) return { commit: null, conflicts: own };
  const changes = (await treeDifferences(git, before, tree)).filter(({ path }) => !isLeftOut(path));
  if (changes.length === 0) return NOTHING;
  return { commit: await commitOf(git, { head: before, changes, message, identityMissing }), conflicts: [] };
}

async function join(git: Git, { before, source, message, identityMissing }: MergeOrder): Promise<MergeOutcome> {
  const { tree, conflicts } = await mergedTree(git, before, source);
  if (conflicts.length > 0) return { commit: null, conflicts };
  return {
    commit: await commitTree(git, { tree, parents: [before, source], message, identityMissing }),
    conflicts: [],
  };
}

/** Each commit again, on top of the branch; those that change nothing there are left out. */
async function replay(git: Git, { before, source, isLeftOut, identityMissing }: MergeOrder): Promise<MergeOutcome> {
  let tip = before;
  for (const commit of await oneAfterTheOther(git, before, source)) {
    const { tree, conflicts } = await pickedTree(git, tip, commit);
    const own = conflicts.filter((path) => !isLeftOut(path));
    if (own.length > 0) return { commit: null, conflicts: own };
    const all = await treeDifferences(git, tip, tree);
    const changes = all.filter(({ path }) => !isLeftOut(path));
    if (changes.length === 0) continue;
    const { message, author } = await wordsOf(git, commit.id);
    const made = await commitOf(git, { head: tip, changes, message, identityMissing, author });
    tip = made ?? tip;
  }
  return { commit: tip === before ? null : tip, conflicts: [] };
}

interface Picked {
  readonly id: string;
  readonly parent: string;
}

/** From the first to the last. Throws a Problem of kind `usage` where two lines of them come together. */
async function oneAfterTheOther(git: Git, before: string, source: string): Promise<readonly Picked[]> {
  const graph = await commitsBeyond(git, [source], [before]);
  const all = [...graph].map(([id, [parent = git.emptyTree, ...more]]) => ({ id, parent, isMerge: more.length > 0 }));
  if (all.some(({ isMerge }) => isMerge)) {
    throw new Problem(
      'usage',
      'the task’s branch has merges in it, which a rebase would take apart; nothing was changed',
      'Give --squash or --no-ff.',
    );
  }
  return all.reverse();
}

/**
 * What a commit makes of another one. git merges two commits over the one that they share: the tip's files on top of the commit's
 * parent are such a one, whatever the histories are.
 */
async function pickedTree(git: Git, tip: string, { id, parent }: Picked) {
  if (parent === git.emptyTree) return mergedTree(git, tip, id);
  const stand = {
    tree: await git.treeOf(tip),
    parents: [parent],
    message: 'autoloop: stand-in\n',
    identityMissing: true,
  };
  return mergedTree(git, await commitTree(git, stand), id);
}

async function wordsOf(git: Git, commit: string) {
  const format = ['show', '--no-patch', '--format=%an%x00%ae%x00%aI%x00%B', commit];
  const [name = '', email = '', date = '', message = ''] = (await git.output(format)).toString().split('\0');
  return { message: `${message.trimEnd()}\n`, author: { name, email, date } };
}

/** The files of both, as a tree; conflicts: paths in which they do not go together, and which hold both sides there. One process. */
export async function mergedTree(git: Git, into: string, source: string) {
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', into, source];
  const output = await git.run(args, { isLong: true });
  if (output.code !== 0 && output.code !== 1) throw gitFailure(args, output, 'autoloop merge needs git 2.38 or later.');
  const [tree = '', ...paths] = names(output.out);
  return { tree, conflicts: [...new Set(paths)].filter((path) => path !== '') };
}

/** Whether a commit is another one, or in its history. One process. */
export async function isAncestor(git: Git, commit: string, of: string): Promise<boolean> {
  return (await git.run(['merge-base', '--is-ancestor', commit, of])).code === 0;
}
