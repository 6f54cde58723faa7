import { Problem } from '../../core/problem.ts';
import type { Git } from '../../git/git.ts';
import { stateFolderIn, toText } from '../../git/paths.ts';
import { checkoutsOf } from './checkouts.ts';
import { tipOf } from './making.ts';

export interface WantedBranch {
  readonly name: string;
  readonly taskId: string;
  /** It is to begin somewhere: one that is there is another one. */
  readonly isNew: boolean;
}

/** Rejects with a Problem of kind `usage` for what can be no branch, and for what git would take for another one (`@{-1}`). */
export async function requireBranchName(git: Git, name: string): Promise<void> {
  const checked = await git.run(['check-ref-format', '--branch', name]);
  if (checked.code !== 0 || checked.out.toString().trim() !== name) {
    throw new Problem('usage', `--branch ${JSON.stringify(name)} is no name that git takes for a branch`);
  }
}

/** Calls git to make a branch. Rejects with a Problem of kind `usage` where another one has its place, as `a` has that of `a/b`. */
export async function newBranch(git: Git, name: string, args: readonly string[]): Promise<void> {
  try {
    await git.output(args);
  } catch (error) {
    if (!(error instanceof Problem) || !error.message.includes("' exists; cannot create '")) throw error;
    throw new Problem('usage', `no branch ${name} can be made: ${error.message}`, 'Give another one: --branch NAME');
  }
}

/** The commit of a branch that is the task's from before; null: there is none. Throws a Problem of kind `usage` for one that cannot be. */
export async function branchOfTask(git: Git, { name, taskId, isNew }: WantedBranch): Promise<string | null> {
  await requireBranchName(git, name);
  const tip = await tipOf(git, name);
  if (tip === null) return null;
  const [checkout] = await checkoutsOf(git, name);
  const state = `${toText(stateFolderIn(git.place.prefix))}/tasks/${taskId}`;
  const isOurs = !isNew && (await git.run(['cat-file', '-e', `${tip}:${state}`])).code === 0;
  if (isOurs && checkout === undefined) return tip;
  throw new Problem(
    'usage',
    `the branch ${name} exists already, ${checkout === undefined ? 'and is not of this task' : `and is checked out in ${checkout}`}`,
    'Give another one: --branch NAME',
  );
}

/** The commit from which both come; where there is none, the first. */
export async function sharedBase(git: Git, base: string, tip: string): Promise<string> {
  const output = await git.run(['merge-base', base, tip]);
  return output.code === 0 ? output.out.toString().trim() : base;
}

/** Throws a Problem of kind `usage` where it names no commit. */
export async function commitNamed(git: Git, name: string): Promise<string> {
  const output = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  if (output.code === 0) return output.out.toString().trim();
  const [what, hint] =
    name === 'HEAD'
      ? ['the repository has no commit yet: a work tree needs one to begin with', 'Commit something first.']
      : [`--base ${JSON.stringify(name)} names no commit`, null];
  throw new Problem('usage', what, hint);
}
