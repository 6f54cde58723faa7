import { Problem } from '../core/problem.ts';
import type { Git } from '../git/git.ts';
import { look } from '../git/look.ts';
import { isStateBelow, pathDisplay } from '../git/paths.ts';
import type { Status } from '../git/status.ts';
import { newBranch, requireBranchName } from './worktrees/branches.ts';
import { tipOf } from './worktrees/making.ts';

/**
 * Makes the branch `name` where HEAD is and checks it out (docs/worktrees.md), which touches neither a file nor the index; one that is
 * checked out already was made by a start that was broken off, and is gone on with. To be called under the workspace's lock. Rejects with
 * a Problem of kind `usage`, before anything has changed, for a name that cannot be or is taken, and where tracked files are edited: whose
 * work they are would not be told on the new branch.
 */
export async function beginBranch(git: Git, name: string, line: (text: string) => void): Promise<void> {
  await requireBranchName(git, name);
  const ref = `refs/heads/${name}`;
  const tip = await tipOf(git, name);
  const { status } = await look(git);
  if (tip !== null && status.branch === name) {
    line(`[*] On the branch ${name} already`);
    return;
  }
  if (tip !== null) {
    throw new Problem(
      'usage',
      `the branch ${name} exists already; nothing was started`,
      `Give another --branch, or work on it: git switch ${name}, then the same without --branch.`,
    );
  }
  const edited = editedFiles(git, status);
  if (edited.length > 0) {
    const [first = ''] = edited;
    const others = edited.length === 1 ? '' : ` and ${edited.length - 1} more`;
    throw new Problem(
      'usage',
      `--branch switches to a new branch, and tracked files are edited: ${first}${others}; nothing was started`,
      'Commit or stash them, or give --worktree too, which leaves your checkout alone.',
    );
  }
  if (status.head !== null)
    await newBranch(git, name, ['update-ref', '-m', `branch: created by autoloop`, ref, status.head, git.nullId]);
  await git.output([
    'symbolic-ref',
    '-m',
    `checkout: moving from ${status.branch ?? status.head ?? 'nothing'} to ${name}`,
    'HEAD',
    ref,
  ]);
  line(`[*] On the new branch ${name}${status.branch === null ? '' : `, from ${status.branch}`}`);
}

/** As a person reads them, without the state of tasks, which runs write. */
function editedFiles({ place }: Git, { tracked, unmerged }: Status): string[] {
  return [...tracked.keys(), ...unmerged]
    .filter((file) => !isStateBelow(place.prefix, file))
    .map((file) => pathDisplay(file));
}
