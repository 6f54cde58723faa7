import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { readCarefully } from '../../files/careful-read.ts';
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
  /** Whether it stands there still, itself and not a link. */
  readonly isThere: boolean;
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

function taskTree(admin: string): TaskTree[] {
  const record = recordIn(admin);
  const link = textOf(path.join(admin, 'gitdir'));
  if (record === null || link === null) return [];
  const top = path.dirname(path.resolve(admin, link));
  const { task: taskId, branch, base, folder } = record;
  return [{ taskId, branch, base, top, workspace: path.join(top, folder), isThere: pointsBack(top, admin) }];
}

function recordIn(admin: string): TreeRecord | null {
  try {
    const read = JSON.parse(textOf(path.join(admin, RECORD_FILE)) ?? 'null') as Partial<TreeRecord> | null;
    const { task, branch, base, folder } = read ?? {};
    if (read?.version !== 1 || task === undefined || branch === undefined || base === undefined) return null;
    if (folder === undefined || path.isAbsolute(folder) || folder.split('/').includes('..')) return null;
    return { version: 1, task, branch, base, folder };
  } catch {
    return null; // None of ours, or torn: then the work tree is made again.
  }
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
