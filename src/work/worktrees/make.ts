import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CONFIG_FILE_NAMES } from '../../config/load.ts';
import { Problem } from '../../core/problem.ts';
import { lookAt } from '../../files/door.ts';
import type { Git } from '../../git/git.ts';
import { look } from '../../git/look.ts';
import { toText } from '../../git/paths.ts';
import type { Status } from '../../git/status.ts';
import { gitFailure } from '../../git/runner.ts';
import { stateFiles } from '../../store/layout.ts';
import { requireOwnConfiguration } from '../frozen-config.ts';
import { lockFor } from '../locks.ts';
import { type Beginning, type Making, mendMaking, noteDown, tipOf } from './making.ts';
import { isArchived } from './archive.ts';
import { checkoutsOf } from './checkouts.ts';
import { carryConfiguration } from './configuration.ts';
import { openHere } from './open-here.ts';
import { freePlace, usualPlace } from './place.ts';
import { bringStateBack, keepState } from './rescue.ts';
import { mendRemoval } from './removal.ts';
import { gitFolderOf, noteOf, type TaskTree, taskTrees, writeRecord } from './record.ts';

/** What is said of the work tree that a task is to get; null: not said. */
export interface TreeWish {
  readonly workspace: string;
  readonly taskId: string;
  /** Absolute. */
  readonly place: string | null;
  readonly branch: string | null;
  readonly base: string | null;
  readonly acceptConfig: boolean;
  /** It had one: nothing is begun anew. */
  readonly isResume?: boolean;
}

export interface Says {
  line(text: string): void;
  warn(text: string): void;
}

interface Maker extends Beginning {
  readonly wish: TreeWish;
  readonly says: Says;
}

/**
 * The workspace in the task's own work tree, which is made if it is not there: on a branch of its own, with the workspace's configuration
 * file. What an earlier start did not finish is set aside and made anew. Rejects with a Problem where that cannot be.
 */
export async function taskWorkspace(wish: TreeWish, says: Says): Promise<string> {
  const { workspace, taskId } = wish;
  requireOwnConfiguration(workspace, wish.acceptConfig);
  const { git } = await openHere(workspace);
  try {
    const { commonDir } = git.place;
    const lock = await lockFor(path.join(commonDir, `autoloop-${taskId}.lock`), { workspace, runId: taskId });
    try {
      const maker = { git, wish, says, note: noteOf(commonDir, taskId) };
      const begun = await mendMaking(maker, taskId, (text) => says.warn(text));
      const removed = await mendRemoval(git, taskId);
      if (removed !== null)
        says.line(`[*] The removal of the work tree ${removed.place} was broken off, and is finished`);
      const known = taskTrees(commonDir).find((tree) => tree.taskId === taskId);
      if (known === undefined && begun === null && wish.isResume === true) throw goneOnPurpose(taskId);
      if (known !== undefined) return await takeUp(maker, known);
      return begun === null ? await make(maker) : await makeAgain(maker, begun);
    } finally {
      await lock.release();
    }
  } finally {
    await git.close();
  }
}

function goneOnPurpose(taskId: string): Problem {
  return new Problem(
    'usage',
    `the work tree of task ${taskId} was removed`,
    `Start it again with autoloop --worktree --task-id ${taskId}.`,
  );
}

async function make(maker: Maker): Promise<string> {
  const { git, wish } = maker;
  const { taskId, workspace } = wish;
  if (lookAt(path.join(stateFiles(workspace).tasks, taskId)) !== null && !isArchived(workspace, taskId)) {
    throw new Problem(
      'usage',
      `--worktree: task ${taskId} is in the workspace itself already`,
      'Give another --task-id, or leave --worktree out.',
    );
  }
  const branch = wish.branch ?? `autoloop/${taskId}`;
  const base = await commitNamed(git, wish.base ?? 'HEAD');
  const tip = await freeBranch(maker, branch);
  const place = freePlace(wish.place ?? usualPlace(git.place, taskId), git.place.commonDir);
  const { branch: current } = await sayWhatStays(maker);
  const making = {
    place,
    branch,
    base: tip === null ? base : await sharedBase(git, base, tip),
    baseBranch: wish.base === null ? current : await branchNamed(git, wish.base),
  };
  await noteDown(maker, making);
  await addTree(git, tip === null ? ['--no-track', '-b', branch, place, base] : [place, branch]);
  return finish(maker, making);
}

/** The task has one: it is gone on with, or made again on its branch. */
async function takeUp(maker: Maker, known: TaskTree): Promise<string> {
  const { wish, says } = maker;
  const { taskId, branch, top, base } = known;
  const differs = [
    wish.branch !== null && wish.branch !== branch ? `--branch ${wish.branch}` : null,
    wish.place !== null && wish.place !== top ? `--worktree=${wish.place}` : null,
    wish.base === null ? null : `--base ${wish.base}`,
  ].find((option) => option !== null);
  if (differs !== undefined) {
    throw new Problem('usage', `${differs}: task ${taskId} has the work tree ${top} on the branch ${branch} already`);
  }
  if (known.isThere) {
    bringStateBack(top);
    says.line(`[*] Work tree ${top}, branch ${branch}: made before`);
    return known.workspace;
  }
  says.warn(`the work tree ${top} is gone; what was not committed there went with it`);
  return makeAgain(maker, { place: top, branch, base, baseBranch: known.baseBranch });
}

/** On the branch that the task has. */
async function makeAgain(maker: Maker, making: Making): Promise<string> {
  const { git, says, wish } = maker;
  const { place, branch } = making;
  keepState(place);
  freeAgain(place, git.place.commonDir, wish.taskId);
  await noteDown(maker, making);
  // Twice: also where git was told to keep the entry of one that is missing.
  await addTree(git, ['--force', '--force', place, branch]);
  says.line(`[*] It is made again from its branch ${branch}`);
  if (bringStateBack(place)) says.line('[*] The log of its runs was kept, and is there again');
  return finish(maker, making);
}

function freeAgain(place: string, commonDir: string, taskId: string): void {
  try {
    if (freePlace(place, commonDir) === place) return;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  throw new Problem(
    'usage',
    `the work tree of task ${taskId} is gone from ${place}, and something else stands there`,
    'Move that away, then try again.',
  );
}

async function addTree(git: Git, args: readonly string[]): Promise<void> {
  const all = ['worktree', 'add', '--quiet', ...args];
  const output = await git.run(all, { isLong: true });
  if (output.code !== 0)
    throw gitFailure(all, output, 'Nothing of yours was changed; the next start clears up what is left of it.');
}

async function finish({ git, wish, says, note }: Maker, { place, branch, base, baseBranch }: Making): Promise<string> {
  const folder = toText(git.place.prefix);
  const workspace = path.join(place, folder);
  mkdirSync(workspace, { recursive: true });
  says.line(`[*] Work tree ${place}, branch ${branch}, from ${base.slice(0, 10)}`);
  const carried = carryConfiguration(wish.workspace, workspace);
  if (carried !== null) says.line(`[*] ${carried.name} goes with it as it is in ${wish.workspace}`);
  const admin = gitFolderOf(place);
  if (admin === null)
    throw new Problem('git', `the work tree ${place} was taken away while it was made`, 'Start again.');
  await writeRecord(admin, {
    version: 1,
    task: wish.taskId,
    branch,
    base,
    folder,
    baseBranch,
    carried: carried?.hash ?? null,
  });
  rmSync(note, { force: true });
  return workspace;
}

/** The commit of a branch that is the task's from before; null: there is none. Throws a Problem of kind `usage` for one that cannot be. */
async function freeBranch({ git, wish: { taskId, base } }: Maker, name: string): Promise<string | null> {
  const checked = await git.run(['check-ref-format', '--branch', name]);
  if (checked.code !== 0 || checked.out.toString().trim() !== name) {
    throw new Problem('usage', `--branch ${JSON.stringify(name)} is no name that git takes for a branch`);
  }
  const tip = await tipOf(git, name);
  if (tip === null) return null;
  const [checkout] = await checkoutsOf(git, name);
  const state = `${toText(git.place.prefix)}.autoloop/tasks/${taskId}`;
  const isOurs = base === null && (await git.run(['cat-file', '-e', `${tip}:${state}`])).code === 0;
  if (isOurs && checkout === undefined) return tip;
  throw new Problem(
    'usage',
    `the branch ${name} exists already, ${checkout === undefined ? 'and is not of this task' : `and is checked out in ${checkout}`}`,
    'Give another one: --branch NAME',
  );
}

/** The commit from which both come; where there is none, the first. */
async function sharedBase(git: Git, base: string, tip: string): Promise<string> {
  const output = await git.run(['merge-base', base, tip]);
  return output.code === 0 ? output.out.toString().trim() : base;
}

async function commitNamed(git: Git, name: string): Promise<string> {
  const output = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  if (output.code === 0) return output.out.toString().trim();
  const [what, hint] =
    name === 'HEAD'
      ? ['the repository has no commit yet: a work tree needs one to begin with', 'Commit something first.']
      : [`--base ${JSON.stringify(name)} names no commit`, null];
  throw new Problem('usage', what, hint);
}

/** Uncommitted changes do not travel. */
async function sayWhatStays({ git, wish, says }: Maker): Promise<Status> {
  const { status } = await look(git);
  const { tracked, untracked } = status;
  const state = `${toText(git.place.prefix)}.autoloop/`;
  const all = [...tracked.keys(), ...untracked].map(toText).filter((name) => !name.startsWith(state));
  const dirty = all.filter((name) => !CONFIG_FILE_NAMES.some((own) => name === `${toText(git.place.prefix)}${own}`));
  if (dirty.length === 0) return status;
  const files = dirty.length === 1 ? '1 file' : `${dirty.length} files`;
  says.warn(`${files} in ${wish.workspace} with uncommitted changes: the work tree begins without them`);
  return status;
}

/** Null: it is a commit, and no branch. */
async function branchNamed(git: Git, name: string): Promise<string | null> {
  return (await tipOf(git, name)) === null ? null : name;
}
