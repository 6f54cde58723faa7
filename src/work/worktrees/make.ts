import { copyFileSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CONFIG_FILE_NAMES } from '../../config/load.ts';
import { Problem } from '../../core/problem.ts';
import { lookAt, readText } from '../../files/door.ts';
import { asideName } from '../../files/folders.ts';
import { replaceFile } from '../../files/replace.ts';
import type { Git } from '../../git/git.ts';
import { look } from '../../git/look.ts';
import { toText } from '../../git/paths.ts';
import { gitFailure } from '../../git/runner.ts';
import { stateFiles } from '../../store/layout.ts';
import { requireOwnConfiguration } from '../frozen-config.ts';
import { lockFor } from '../locks.ts';
import { openHere } from './open-here.ts';
import { freePlace, usualPlace } from './place.ts';
import { gitFolderOf, RECORD_FILE, type TaskTree, taskTrees, type TreeRecord } from './record.ts';

/** What is said of the work tree that a task is to get; null: not said. */
export interface TreeWish {
  readonly workspace: string;
  readonly taskId: string;
  /** Absolute. */
  readonly place: string | null;
  readonly branch: string | null;
  readonly base: string | null;
  readonly acceptConfig: boolean;
}

export interface Says {
  line(text: string): void;
  warn(text: string): void;
}

/** Written down before git is called, so that what a kill leaves is known for ours. */
interface Making {
  readonly place: string;
  readonly branch: string;
  readonly base: string;
}

interface Maker {
  readonly git: Git;
  readonly wish: TreeWish;
  readonly says: Says;
  /** Where `Making` stands. */
  readonly note: string;
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
      const maker = { git, wish, says, note: path.join(commonDir, `autoloop-${taskId}.making.json`) };
      await mendMaking(maker);
      const known = taskTrees(commonDir).find((tree) => tree.taskId === taskId);
      return known === undefined ? await make(maker) : await takeUp(maker, known);
    } finally {
      await lock.release();
    }
  } finally {
    await git.close();
  }
}

async function make(maker: Maker): Promise<string> {
  const { git, wish } = maker;
  const { taskId, workspace } = wish;
  if (lookAt(path.join(stateFiles(workspace).tasks, taskId)) !== null) {
    throw new Problem(
      'usage',
      `--worktree: task ${taskId} is in the workspace itself already`,
      'Give another --task-id, or leave --worktree out.',
    );
  }
  const branch = await freeBranch(git, wish.branch ?? `autoloop/${taskId}`);
  const base = await commitNamed(git, wish.base ?? 'HEAD');
  const place = freePlace(wish.place ?? usualPlace(git.place, taskId), git.place.commonDir);
  await sayWhatStays(maker);
  await replaceFile(maker.note, `${JSON.stringify({ place, branch, base } satisfies Making)}\n`);
  await addTree(git, ['--no-track', '-b', branch, place, base]);
  return finish(maker, { place, branch, base });
}

/** The task has one: it is gone on with, or made again on its branch. */
async function takeUp(maker: Maker, known: TaskTree): Promise<string> {
  const { git, wish, says } = maker;
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
    says.line(`[*] Work tree ${top}, branch ${branch}: made before`);
    return known.workspace;
  }
  const place = freePlace(top, git.place.commonDir);
  says.warn(
    `the work tree ${top} is gone: it is made again from its branch ${branch}; what was not committed there went with it`,
  );
  // Twice: also where git was told to keep the entry of one that is missing.
  await addTree(git, ['--force', '--force', place, branch]);
  return finish(maker, { place, branch, base });
}

async function addTree(git: Git, args: readonly string[]): Promise<void> {
  const all = ['worktree', 'add', '--quiet', ...args];
  const output = await git.run(all, { isLong: true });
  if (output.code !== 0)
    throw gitFailure(all, output, 'Nothing of yours was changed; the next start clears up what is left of it.');
}

async function finish({ git, wish, says, note }: Maker, { place, branch, base }: Making): Promise<string> {
  const folder = toText(git.place.prefix);
  const workspace = path.join(place, folder);
  mkdirSync(workspace, { recursive: true });
  says.line(`[*] Work tree ${place}, branch ${branch}, from ${base.slice(0, 10)}`);
  const carried = carryConfiguration(wish.workspace, workspace);
  if (carried !== null) says.line(`[*] ${carried} goes with it as it is in ${wish.workspace}`);
  const admin = gitFolderOf(place);
  if (admin === null)
    throw new Problem('git', `the work tree ${place} was taken away while it was made`, 'Start again.');
  const record: TreeRecord = { version: 1, task: wish.taskId, branch, base, folder };
  await replaceFile(path.join(admin, RECORD_FILE), `${JSON.stringify(record)}\n`);
  rmSync(note, { force: true });
  return workspace;
}

/** What a kill left of a work tree that was not finished goes aside, with whatever is in it; its branch goes if it holds nothing. */
async function mendMaking({ git, says, note, wish }: Maker): Promise<void> {
  const making = readMaking(note);
  if (making === null) return;
  const { place, branch, base } = making;
  const isReady = taskTrees(git.place.commonDir).some((tree) => tree.taskId === wish.taskId && tree.isThere);
  if (!isReady) {
    const aside = setAside(place, git.place.commonDir);
    if (aside !== null)
      says.warn(`a work tree that an earlier start did not finish is now ${aside}: it can be deleted`);
    await git.run(['worktree', 'remove', '--force', '--force', place]);
    const tip = await tipOf(git, branch);
    if (tip === base) await git.run(['branch', '--quiet', '-D', '--', branch]);
  }
  rmSync(note, { force: true });
}

/** Null: nothing of this repository stands there. */
function setAside(place: string, commonDir: string): string | null {
  const isFolder = lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  const gitDir = isFolder ? gitFolderOf(place) : null;
  if (gitDir === null || !gitDir.startsWith(path.join(commonDir, 'worktrees') + path.sep)) return null;
  const aside = asideName(place, 'aside', new Date());
  renameSync(place, aside);
  return aside;
}

function readMaking(note: string): Making | null {
  try {
    const { place, branch, base } = JSON.parse(readText(note) ?? 'null') as Making;
    return [place, branch, base].every((text) => typeof text === 'string') ? { place, branch, base } : null;
  } catch {
    return null; // There is none, or it is torn: nothing had begun.
  }
}

/** Throws a Problem of kind `usage` for a name that git refuses, or that is taken. */
async function freeBranch(git: Git, name: string): Promise<string> {
  const checked = await git.run(['check-ref-format', '--branch', name]);
  if (checked.code !== 0 || checked.out.toString().trim() !== name) {
    throw new Problem('usage', `--branch ${JSON.stringify(name)} is no name that git takes for a branch`);
  }
  if ((await tipOf(git, name)) === null) return name;
  throw new Problem(
    'usage',
    `the branch ${name} exists already, and is not of this task`,
    'Give another one: --branch NAME',
  );
}

/** The commit of a branch; null: there is none of that name. */
async function tipOf(git: Git, branch: string): Promise<string | null> {
  const output = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/heads/${branch}`]);
  return output.code === 0 ? output.out.toString().trim() : null;
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
async function sayWhatStays({ git, wish, says }: Maker): Promise<void> {
  const { tracked, untracked } = (await look(git)).status;
  const state = `${toText(git.place.prefix)}.autoloop/`;
  const all = [...tracked.keys(), ...untracked].map(toText).filter((name) => !name.startsWith(state));
  const dirty = all.filter((name) => !CONFIG_FILE_NAMES.some((own) => name === `${toText(git.place.prefix)}${own}`));
  if (dirty.length === 0) return;
  const files = dirty.length === 1 ? '1 file' : `${dirty.length} files`;
  says.warn(`${files} in ${wish.workspace} with uncommitted changes: the work tree begins without them`);
}

/** The workspace's configuration file where the commit has not the same. Its name; null: nothing was to be done. */
function carryConfiguration(from: string, to: string): string | null {
  const name = CONFIG_FILE_NAMES.find((one) => lstatSync(path.join(from, one), { throwIfNoEntry: false })?.isFile());
  if (name === undefined) return null;
  const [source, target] = [path.join(from, name), path.join(to, name)];
  const there = lstatSync(target, { throwIfNoEntry: false });
  if (there?.isFile() === true && readFileSync(source).equals(readFileSync(target))) return null;
  if (there !== undefined) rmSync(target, { recursive: true, force: true });
  copyFileSync(source, target);
  return name;
}
