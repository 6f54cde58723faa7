import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { readCarefully } from '../../files/careful-read.ts';
import { replaceFile } from '../../files/replace.ts';
import { isWorkTreeTop } from '../../files/work-tree.ts';

/** A repository around a folder. Absolute paths. */
export interface AroundFolder {
  readonly top: string;
  readonly gitDir: string;
  /** What all work trees share. */
  readonly commonDir: string;
}

/** A work tree that was made for a task. */
export interface TaskTree {
  readonly taskId: string;
  readonly branch: string;
  /** The commit that it began with. */
  readonly base: string;
  readonly top: string;
  /** The workspace in it. */
  readonly workspace: string;
  /** The workspace below the top; empty when it is the top. */
  readonly folder: string;
  /** Whether it stands there still, itself and not a link. */
  readonly isThere: boolean;
  /** What git keeps of it: its own git folder. */
  readonly admin: string;
  /** How far its branch was brought in, and where; null: not yet. */
  readonly merged: MergedTip | null;
  /** The branch that it was made from; null: none, or an older release made it. */
  readonly baseBranch: string | null;
  /** What keeps its servers from meeting those of others: the first number from 0 that no other work tree has. */
  readonly slot: number;
  /** The first port of slot 0. */
  readonly portBase: number;
  /** The hash of the configuration file that was carried into it; null: none was, or an older release made it. */
  readonly carried: string | null;
}

/** What a merge brought in. */
export interface MergedTip {
  /** The task's commit. */
  readonly tip: string;
  readonly into: string;
  /** The commit in which `into` got it. */
  readonly commit: string;
}

/** Beside what git keeps of a linked work tree: it moves and goes with that. */
export const RECORD_FILE = 'autoloop.json';

/** Where it is written down that the work tree of a task is being made. */
export function noteOf(commonDir: string, taskId: string): string {
  return path.join(commonDir, `autoloop-${taskId}.making.json`);
}

export interface TreeRecord {
  readonly version: 1;
  readonly task: string;
  readonly branch: string;
  readonly base: string;
  /** The workspace below the top; empty when it is the top. */
  readonly folder: string;
  readonly baseBranch?: string | null;
  readonly carried?: string | null;
  readonly slot?: number;
  readonly portBase?: number;
  /** Whether its setup is to be run; absent: an older release made it. */
  readonly setup?: 'due' | 'failed' | 'done';
  /** How long that took, ms. */
  readonly setupMs?: number | null;
  /** How many ignored files were copied. */
  readonly included?: number;
  /** Whether the log of a run tells that it was made. */
  readonly isTold?: boolean;
  readonly merged?: MergedTip | null;
}

/** Writes it down, whole. */
export async function writeRecord(admin: string, record: TreeRecord): Promise<void> {
  await replaceFile(path.join(admin, RECORD_FILE), `${JSON.stringify(record)}\n`);
}

/** Of work trees that older releases made. */
const PORT_BASE = 4100;

/** Notes how far the branch of a task was brought in. */
export async function noteMerged({ admin }: TaskTree, merged: MergedTip): Promise<void> {
  const record = readRecord(admin);
  if (record !== null) await writeRecord(admin, { ...record, merged });
}

/** The repository that a folder is in, without a process; null: in none. */
export function repositoryAround(folder: string): AroundFolder | null {
  for (let top = folder; ; top = path.dirname(top)) {
    const gitDir = gitFolderOf(top);
    if (gitDir !== null) return { top, gitDir, commonDir: commonFolder(gitDir) };
    if (top === path.dirname(top)) return null;
  }
}

/** The work trees of tasks in a repository, by the name of the task. Reads files only. */
export function taskTrees(commonDir: string): readonly TaskTree[] {
  const found = namesIn(path.join(commonDir, 'worktrees')).flatMap((name) =>
    taskTree(path.join(commonDir, 'worktrees', name)),
  );
  return found.sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
}

/** The tops of a repository's checkouts, that of the main one first, as far as they are there. Reads files only. */
export function checkoutTops(commonDir: string): readonly string[] {
  const main = path.basename(commonDir) === '.git' ? [path.dirname(commonDir)] : [];
  const linked = namesIn(path.join(commonDir, 'worktrees')).flatMap((name) => {
    const admin = path.join(commonDir, 'worktrees', name);
    const top = topOf(admin);
    return top !== null && pointsBack(top, admin) ? [top] : [];
  });
  return [...main, ...linked];
}

/** Where git has a checkout by its entry in the repository; null: nowhere that could be read. */
function topOf(admin: string): string | null {
  const link = textOf(path.join(admin, 'gitdir'));
  return link === null ? null : path.dirname(path.resolve(admin, link));
}

function taskTree(admin: string): TaskTree[] {
  const record = readRecord(admin);
  const top = topOf(admin);
  if (record === null || top === null) return [];
  const { task: taskId, branch, base, folder, baseBranch = null, carried = null, merged = null, slot = 0 } = record;
  const { portBase = PORT_BASE } = record;
  const workspace = path.join(top, folder);
  const isThere = pointsBack(top, admin);
  return [
    { taskId, branch, base, top, workspace, folder, isThere, admin, merged, baseBranch, slot, portBase, carried },
  ];
}

/** What is written down of a work tree; null: it is none of a task. */
export function readRecord(admin: string): TreeRecord | null {
  try {
    const read = JSON.parse(textOf(path.join(admin, RECORD_FILE)) ?? 'null') as Partial<TreeRecord> | null;
    const { task, branch, base, folder } = read ?? {};
    if (read?.version !== 1 || task === undefined || branch === undefined || base === undefined) return null;
    if (folder === undefined || path.isAbsolute(folder) || folder.split('/').includes('..')) return null;
    const { baseBranch, carried, merged, slot, portBase, setup, setupMs, included, isTold } = read;
    return {
      ...{ version: 1, task, branch, base, folder },
      baseBranch: textOrNull(baseBranch),
      carried: textOrNull(carried),
      merged: mergedIn(merged),
      ...(Number.isSafeInteger(slot) ? { slot } : {}),
      ...(Number.isSafeInteger(portBase) ? { portBase } : {}),
      ...(setup === undefined ? {} : { setup }),
      ...(typeof setupMs === 'number' ? { setupMs } : {}),
      ...(Number.isSafeInteger(included) ? { included } : {}),
      ...(typeof isTold === 'boolean' ? { isTold } : {}),
    };
  } catch {
    return null; // None of ours, or torn: then the work tree is made again.
  }
}

function mergedIn(read: unknown): MergedTip | null {
  const { tip, into, commit } = (read ?? {}) as Partial<Record<string, unknown>>;
  const isWhole = typeof tip === 'string' && typeof into === 'string' && typeof commit === 'string';
  return isWhole && [tip, commit].every((id) => /^[0-9a-f]{40,64}$/.test(id)) ? { tip, into, commit } : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Whether a folder is the work tree that git keeps `admin` of. */
export function pointsBack(top: string, admin: string): boolean {
  const isFolder = lstatSync(top, { throwIfNoEntry: false })?.isDirectory() === true;
  const gitDir = isFolder ? gitFolderOf(top) : null;
  return gitDir !== null && realPath(gitDir) === realPath(admin);
}

/** The git folder of a work tree with this top; null: it is none. */
export function gitFolderOf(top: string): string | null {
  if (!isWorkTreeTop(top)) return null;
  const dotGit = path.join(top, '.git');
  const stats = statSync(dotGit, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return realPath(dotGit);
  const text = stats?.isFile() === true ? textOf(dotGit) : null;
  return text?.startsWith('gitdir: ') === true ? path.resolve(top, text.slice('gitdir: '.length)) : null;
}

function commonFolder(gitDir: string): string {
  const text = textOf(path.join(gitDir, 'commondir'));
  return text === null ? gitDir : realPath(path.resolve(gitDir, text));
}

/** Without the line feed at the end, which is git's; one within a name stays. */
function textOf(file: string): string | null {
  return readCarefully(file)?.toString().replace(/\n$/, '') ?? null;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // No linked work tree was made yet.
  }
}

function realPath(place: string): string {
  try {
    return realpathSync(place);
  } catch {
    return place; // Gone: then it equals nothing that is there.
  }
}
