import type { GitPath } from '../run/git-port.ts';
import type { Git } from './git.ts';
import { toText } from './paths.ts';
import { gitFailure } from './runner.ts';

/** Whether a folder of the workspace is ignored; `tracked`: it is, and HEAD or the index has files in it all the same. */
export type IgnoreState = 'visible' | 'ignored' | 'tracked';

export async function ignoreStateOf(git: Git, folder: string): Promise<IgnoreState> {
  const prefix = toText(git.place.prefix);
  const args = ['check-ignore', '--no-index', '-z', '--stdin'];
  const answer = await git.run(args, { input: Buffer.from(`${prefix}${folder}\0`) });
  if (answer.code === 1) return 'visible';
  if (answer.code !== 0) throw gitFailure(args, answer, git.hint);
  const tracked = ['ls-files', '-z', '--', `:(top,literal)${prefix}${folder}`];
  return (await git.output(tracked)).length > 0 ? 'tracked' : 'ignored';
}

/** Names as git prints them with `-z`. */
export function names(output: Buffer): GitPath[] {
  return output.toString('latin1').split('\0').slice(0, -1);
}

/** Whether the repository has this commit. */
export async function hasCommit(git: Git, commit: string): Promise<boolean> {
  return (await git.run(['cat-file', '-e', `${commit}^{commit}`])).code === 0;
}

/** The paths in which two commits differ; null: no commit. Empty where the repository has not the first one (any more). */
export async function changedBetween(git: Git, from: string | null, to: string | null): Promise<GitPath[]> {
  const ends = [from ?? git.emptyTree, to ?? git.emptyTree];
  try {
    return names(await git.output(['diff-tree', '-r', '-z', '--name-only', '--no-renames', ...ends, '--']));
  } catch (error) {
    if (from === null || (await hasCommit(git, from))) throw error;
    return []; // Pruned meanwhile: only the work tree tells what changed.
  }
}
