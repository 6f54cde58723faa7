import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CONFIG_FILE_NAMES } from '../../config/load.ts';
import { Problem } from '../../core/problem.ts';
import type { WorktreeSettings } from '../../core/settings.ts';
import { lookAt } from '../../files/door.ts';
import type { Git } from '../../git/git.ts';
import { look } from '../../git/look.ts';
import { isStateBelow, toText } from '../../git/paths.ts';
import type { Status } from '../../git/status.ts';
import { gitFailure } from '../../git/runner.ts';
import { stateFiles } from '../../store/layout.ts';
import { lockFor } from '../locks.ts';
import { type Beginning, type Making, mendMaking, noteDown, tipOf } from './making.ts';
import { isArchived } from './archive.ts';
import { branchOfTask, commitNamed, newBranch, sharedBase } from './branches.ts';
import { carryConfiguration } from './configuration.ts';
import { furnish, type Says } from './furnish.ts';
import { openHere } from './open-here.ts';
import { requireSmallInclusion } from './include.ts';
import { freePlace, usualPlace } from './place.ts';
import { requireRoom, requireSparingGc, told } from './preparing.ts';
import { bringStateBack, keepState } from './rescue.ts';
import { mendRemoval } from './removal.ts';
import { gitFolderOf, noteOf, type TaskTree, taskTrees, writeRecord } from './record.ts';
import { takeSlot } from './slot.ts';
import { treeSettings } from './tree-settings.ts';
import { commitOfChanges } from './with-changes.ts';

/** What is said of the work tree that a task is to get; null: not said. */
export interface TreeWish {
  readonly workspace: string;
  readonly taskId: string;
  /** Absolute. */
  readonly place: string | null;
  readonly branch: string | null;
  readonly base: string | null;
  readonly acceptConfig: boolean;
  /** What is not committed goes with it, as its first commit. */
  readonly withChanges?: boolean;
  /** It had one: nothing is begun anew. */
  readonly isResume?: boolean;
}

interface Maker extends Beginning {
  readonly wish: TreeWish;
  readonly says: Says;
  readonly settings: WorktreeSettings;
  readonly identityMissing: boolean;
}

/**
 * The workspace in the task's own work tree, which is made if it is not there: on a branch of its own, with the workspace's configuration
 * file. What an earlier start did not finish is set aside and made anew. Rejects with a Problem where that cannot be.
 */
export async function taskWorkspace(wish: TreeWish, says: Says): Promise<string> {
  const { workspace, taskId } = wish;
  const settings = await treeSettings(workspace, wish.acceptConfig);
  const { git, identityMissing } = await openHere(workspace, 'Run git init and commit first, or leave --worktree out.');
  try {
    const { commonDir } = git.place;
    const lock = await lockFor(path.join(commonDir, `autoloop-${taskId}.lock`), { workspace, runId: taskId });
    try {
      const maker = { git, wish, says, settings, identityMissing, note: noteOf(commonDir, taskId) };
      const begun = await mendMaking(maker, taskId, (text) => says.warn(text));
      const removed = await mendRemoval(git, taskId, (text) => says.warn(text));
      if (removed !== null)
        says.line(`[*] The removal of the work tree ${removed.place} was broken off, and is finished`);
      const known = taskTrees(commonDir).find((tree) => tree.taskId === taskId);
      if (known === undefined && begun === null && wish.isResume === true) throw goneOnPurpose(taskId);
      if (known !== undefined) return await takeUp(maker, known);
      return await (begun === null ? make(maker) : makeAgain(maker, begun));
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
      'Give another --task-id, or --no-worktree.',
    );
  }
  const branch = wish.branch ?? `autoloop/${taskId}`;
  const base = await commitNamed(git, wish.base ?? 'HEAD');
  const tip = await branchOfTask(git, { name: branch, taskId, isNew: wish.base !== null || wish.withChanges === true });
  const root = maker.settings.root === null ? null : path.resolve(workspace, maker.settings.root, taskId);
  const place = freePlace(wish.place ?? root ?? usualPlace(git.place, taskId), git.place.commonDir);
  await requireSparingGc(git);
  await requireRoom(git, place, tip ?? base);
  await requireSmallInclusion(git, maker.settings.includeMaxMb);
  const { start, current } = await beginningOf(maker, base);
  const making = {
    place,
    branch,
    base: tip === null ? start : await sharedBase(git, start, tip),
    baseBranch: wish.base === null ? current : (await tipOf(git, wish.base)) === null ? null : wish.base,
  };
  await noteDown(maker, making);
  // On its own, where `worktree add -b` would start the same command: only what can be repeated as it is may race with a gc.
  if (tip === null) await newBranch(git, branch, ['branch', '--quiet', '--no-track', '--', branch, start]);
  await addTree(maker, [place, branch]);
  return finish(maker, making);
}

/** The commit that it begins with, and the branch that is checked out. What is not committed travels only where that is wished for. */
async function beginningOf({ git, wish, says, identityMissing }: Maker, base: string) {
  const view = await look(git);
  const { head, branch: current } = view.status;
  if (wish.withChanges !== true) {
    sayWhatStays(git, view.status, { workspace: wish.workspace, warn: (text) => says.warn(text) });
    return { start: base, current };
  }
  if (head !== base) throw new Problem('usage', '--with-changes begins at HEAD: leave --base out');
  const start = await commitOfChanges(git, { view, head, identityMissing }, (text) => says.warn(text));
  if (start !== base) says.line(`[*] Your uncommitted changes go with it, as ${start.slice(0, 10)}`);
  return { start, current };
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
  await addTree(maker, ['--force', '--force', place, branch]);
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
    `Where the repository or the work tree was moved: git worktree repair ${place}. Else move that away, then try again.`,
  );
}

async function addTree({ git, says }: Maker, args: readonly string[]): Promise<void> {
  const all = ['worktree', 'add', '--quiet', ...args];
  const output = await told(git.run(all, { isLong: true }), () => says.line('[*] The work tree is being made'));
  if (output.code !== 0)
    throw gitFailure(all, output, 'Nothing of yours was changed; the next start clears up what is left of it.');
}

async function finish(maker: Maker, { place, branch, base, baseBranch }: Making): Promise<string> {
  const { git, wish, says, note, settings } = maker;
  const folder = toText(git.place.prefix).replace(/\/$/, '');
  const workspace = path.join(place, folder);
  mkdirSync(workspace, { recursive: true });
  says.line(`[*] Work tree ${place}, branch ${branch}, from ${base.slice(0, 10)}`);
  const carried = carryConfiguration(wish.workspace, workspace);
  if (carried !== null) says.line(`[*] ${carried.name} goes with it as it is in ${wish.workspace}`);
  const admin = gitFolderOf(place);
  if (admin === null)
    throw new Problem('git', `the work tree ${place} was taken away while it was made`, 'Start again.');
  const included = await furnish(git, { top: place, folder, admin }, says);
  await writeRecord(admin, {
    version: 1,
    task: wish.taskId,
    branch,
    base,
    folder,
    baseBranch,
    carried: carried?.hash ?? null,
    slot: takeSlot(git.place.commonDir, wish.taskId),
    portBase: settings.portBase,
    setup: 'due',
    included,
    isTold: false,
  });
  rmSync(note, { force: true });
  return workspace;
}

/** Uncommitted changes do not travel. */
function sayWhatStays(
  git: Git,
  { tracked, untracked }: Status,
  { workspace, warn }: { readonly workspace: string; readonly warn: (text: string) => void },
): void {
  const all = [...tracked.keys(), ...untracked].filter((file) => !isStateBelow(git.place.prefix, file)).map(toText);
  const dirty = all.filter((name) => !CONFIG_FILE_NAMES.some((own) => name === `${toText(git.place.prefix)}${own}`));
  if (dirty.length === 0) return;
  const files = dirty.length === 1 ? '1 file' : `${dirty.length} files`;
  warn(
    `${files} in ${workspace} with uncommitted changes: the work tree begins without them; --with-changes takes them along`,
  );
}
