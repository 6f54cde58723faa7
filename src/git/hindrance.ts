import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { readCarefully } from '../files/careful-read.ts';
import { isWorkTreeTop, realPathOf, workTreeAround } from '../files/work-tree.ts';
import type { Git } from './git.ts';
import type { Operation } from './operation.ts';
import type { Status } from './status.ts';
import { unbornFlaw } from './unborn.ts';

/** Why no checkpoint can be made in a repository with this status; null: one can. Operations that leave files are told by those. */
export async function hindrance(git: Git, status: Status): Promise<Problem | null> {
  if (status.unmerged.length > 0) return inTheMiddle('unmerged paths');
  return status.head === null ? unbornFlaw(git) : null;
}

/** What a person has to end first. */
type Hindering = Operation | 'unmerged paths';

/** The refusal that says how to end it. */
export function inTheMiddle(operation: Hindering): Problem {
  return new Problem('git', `the repository is in the middle of something: ${operation}`, WAY_OUT[operation]);
}

const WAY_OUT: Readonly<Record<Hindering, string>> = {
  merge: 'git merge --abort (or --continue), or run with --no-git',
  rebase: 'git rebase --abort (or --continue), or run with --no-git',
  am: 'git am --abort (or --continue), or run with --no-git',
  'cherry-pick': 'git cherry-pick --abort (or --continue), or run with --no-git',
  revert: 'git revert --abort (or --continue), or run with --no-git',
  bisect: 'git bisect reset, or run with --no-git',
  'unmerged paths': 'git status shows them; git add each once it is mended, or run with --no-git',
};

/** Why git, which finds no repository around a workspace, is not to make one there; null: it may. */
export function damagedRepository(workspace: string): Problem | null {
  const top = workTreeAround(workspace);
  if (!isWorkTreeTop(top)) return null;
  const dotGit = path.join(top, '.git');
  const head = readCarefully(path.join(dotGit, 'HEAD'))?.toString() ?? '';
  // One above may be whole, and out of git's sight: behind GIT_CEILING_DIRECTORIES or a mount.
  if (top !== realPathOf(workspace) && /^(?:ref:\s*refs\/|[0-9a-f]{40})/.test(head)) return null;
  return new Problem(
    'git',
    `${dotGit} is there, and git takes it for no repository`,
    'Mend it, or move it away; or run with --no-git.',
  );
}
