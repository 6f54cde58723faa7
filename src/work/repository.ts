import { Problem } from '../core/problem.ts';
import type { Settings } from '../core/settings.ts';
import { initRepository, openRepository } from '../git/repository.ts';
import type { GitWorkTree } from '../git/work-tree.ts';
import type { Io } from './ports.ts';

/** A repository that may be worked in. `open` makes it one first where the workspace is in none. */
export interface PreparedGit {
  open(): Promise<OpenedGit | null>;
}

export interface OpenedGit {
  readonly tree: GitWorkTree;
  /** Says which repositories within this one hold changes that no checkpoint covers: each once. */
  nameUncovered(): Promise<void>;
}

/**
 * Looks at the repository before anything is written. Null: git is not installed, and the run goes on without. Throws a
 * Problem while a merge, a rebase or the like is in progress (spec: git.md).
 */
export async function prepareGit(workspace: string, settings: Settings, io: Io): Promise<PreparedGit | null> {
  const options = { commitEverything: settings.runtime.commitEverything };
  const opened = await openRepository(workspace, options);
  if (opened.kind === 'missing') {
    io.warn('git is not installed: the run goes on without checkpoints');
    return null;
  }
  if (opened.kind === 'repository') {
    await requireQuiet(opened.tree);
    return { open: async () => introduce(opened.tree, io) };
  }
  return {
    open: async () => {
      const made = await initRepository(workspace, options);
      if (made.kind !== 'repository') return null;
      io.line(`[*] ${workspace} is now a git repository`);
      io.line(
        '[*] Files that were here before stay out of checkpoints; to change that: git add -A && git commit -m "Before Autoloop"',
      );
      return introduce(made.tree, io);
    },
  };
}

async function requireQuiet(tree: GitWorkTree): Promise<void> {
  let busy = tree.operationInProgress();
  if (busy === null) {
    await tree.observe();
    busy = tree.operationInProgress();
  }
  if (busy === null) return;
  throw new Problem(
    'git',
    `the repository is in the middle of something: ${busy}`,
    'Finish or abort it first, or run with --no-git.',
  );
}

async function introduce(tree: GitWorkTree, io: Io): Promise<OpenedGit> {
  if (tree.identityMissing) {
    io.warn('git knows no user.name and user.email: checkpoints are made as Autoloop Agent <autoloop@localhost>');
  }
  const said = new Set<string>();
  const nameUncovered = async () => {
    const names = (await tree.uncovered()).map((path) => tree.show(path)).filter((name) => !said.has(name));
    for (const name of names) said.add(name);
    if (names.length > 0) io.warn(`not covered by checkpoints (repositories of their own): ${names.join(', ')}`);
  };
  await nameUncovered();
  return { tree, nameUncovered };
}
