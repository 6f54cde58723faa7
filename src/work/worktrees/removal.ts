import { chmodSync, lstatSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isErrno } from '../../files/disk-problem.ts';
import type { RunEvent } from '../../core/events.ts';
import { STATE_FOLDER } from '../../core/state-folder.ts';
import { isThere, readText } from '../../files/door.ts';
import { machineFolder } from '../../files/places.ts';
import { replaceFile } from '../../files/replace.ts';
import type { Git } from '../../git/git.ts';
import { runLayout, stateFiles, taskFiles } from '../../store/layout.ts';
import { readEventsOnly } from '../../store/log/event-log.ts';
import { runsOf } from '../../store/tasks/dating.ts';
import { mergeTaskOf } from './agent-merge.ts';
import { archiveTask } from './archive.ts';
import { pointsBack, RECORD_FILE } from './record.ts';
import { logInRun } from './run-event.ts';

/** A removal that is decided, written down before anything goes: once the work tree has its other name, it is done whole. */
export interface Removal {
  readonly version: 1;
  readonly taskId: string;
  /** The top of the work tree, and its name while it is being deleted. */
  readonly place: string;
  readonly aside: string;
  /** What git keeps of it. */
  readonly admin: string;
  /** The workspace below the top, and the one that gets the task's state. */
  readonly folder: string;
  readonly workspace: string;
  readonly branch: string;
  /** The commit with which the branch is deleted; null: it stays. */
  readonly tip: string | null;
  /** The reference that keeps what was not committed; null: nothing was. Absent where an older release began it. */
  readonly snapshot?: string | null;
}

/** Whoever is told what went wrong and stops nothing. */
export type Warn = (text: string) => void;

/** Where it is written down. */
export function removalNote(commonDir: string, taskId: string): string {
  return path.join(commonDir, `autoloop-${taskId}${NOTE_END}`);
}

const NOTE_END = '.removing.json';

/** The tasks whose removal was begun and not finished. */
export function begunRemovals(commonDir: string): readonly string[] {
  const found = readdirSync(commonDir).filter((name) => name.startsWith('autoloop-') && name.endsWith(NOTE_END));
  return found.map((name) => name.slice('autoloop-'.length, -NOTE_END.length));
}

/** Does it. Rejects where the work tree cannot be given another name: then nothing was changed. */
export async function performRemoval(git: Git, removal: Removal, warn: Warn): Promise<void> {
  const note = removalNote(git.place.commonDir, removal.taskId);
  await replaceFile(note, `${JSON.stringify(removal)}\n`);
  try {
    if (pointsBack(removal.place, removal.admin)) renameSync(removal.place, removal.aside);
  } catch (error) {
    rmSync(note, { force: true });
    throw error;
  }
  await finish(git, removal, warn);
}

/** Finishes a removal that was broken off once the work tree had gone aside; forgets one before. Null: there was nothing to finish. */
export async function mendRemoval(git: Git, taskId: string, warn: Warn): Promise<Removal | null> {
  const note = removalNote(git.place.commonDir, taskId);
  const removal = readRemoval(note, git.place.commonDir);
  if (removal === null || pointsBack(removal.place, removal.admin)) {
    rmSync(note, { force: true });
    return null;
  }
  await finish(git, removal, warn);
  return removal;
}

/** Every step may be done again. */
async function finish(git: Git, removal: Removal, warn: Warn): Promise<void> {
  const { place, aside, admin, folder, workspace, taskId, branch, tip } = removal;
  for (const id of [taskId, mergeTaskOf(taskId)]) await archiveTask(path.join(aside, folder), workspace, id);
  await logRemoval(removal, warn);
  deleteFolder(aside);
  await forget(git, place, admin);
  if (tip !== null) await git.run(['update-ref', '-d', `refs/heads/${branch}`, tip]);
  removeIfEmpty(path.dirname(place));
  forgetMachine(path.join(place, folder));
  rmSync(removalNote(git.place.commonDir, taskId), { force: true });
}

/** In the log of the task's latest run, which is in the workspace now; once, however often the removal is begun. */
async function logRemoval({ workspace, taskId, place, snapshot = null }: Removal, warn: Warn): Promise<void> {
  const task = taskFiles(stateFiles(workspace), taskId);
  const runId = runsOf(task).at(-1)?.runId;
  if (runId === undefined) return;
  const { events } = runLayout(task, runId);
  const told = isThere(events, 'file') ? (await readEventsOnly(events).catch(() => [])).findLast(isOfTree) : undefined;
  if (told?.event_type === 'worktree_removed') return;
  await logInRun({ workspace, taskId, runId }, { event_type: 'worktree_removed', path: place, snapshot }, warn);
}

function isOfTree({ event_type: type }: RunEvent): boolean {
  return type === 'worktree_created' || type === 'worktree_removed';
}

/** Takes the entry of a work tree that is gone out of git's list: this one alone. */
async function forget(git: Git, place: string, admin: string): Promise<void> {
  const isOurs = () => lstatSync(path.join(admin, RECORD_FILE), { throwIfNoEntry: false }) !== undefined;
  if (!isOurs()) return;
  // Twice: also where it is locked.
  const isFree = lstatSync(place, { throwIfNoEntry: false }) === undefined;
  if (isFree) await git.run(['worktree', 'remove', '--force', '--force', place]);
  // Somebody's folder stands in its place: git would not tell the two apart.
  if (isOurs()) rmSync(admin, { recursive: true, force: true });
}

/** Also where folders in it may not be written, as those of some package managers. */
function deleteFolder(place: string): void {
  try {
    rmSync(place, { recursive: true, force: true });
  } catch (error) {
    if (!(isErrno(error) && (error.code === 'EACCES' || error.code === 'EPERM'))) throw error;
    makeWritable(place);
    rmSync(place, { recursive: true, force: true });
  }
}

function makeWritable(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(path.join(folder, entry.name));
  }
}

/** The folder that held it, unless something else is there. */
function removeIfEmpty(folder: string): void {
  try {
    if (folder.endsWith(STATE_FOLDER)) rmdirSync(folder);
  } catch {
    // Others are there.
  }
}

/** What this machine knew of a workspace that is gone; what an agent did to git's configuration is kept. */
function forgetMachine(workspace: string): void {
  const machine = machineFolder(workspace);
  const isSuspicious = lstatSync(path.join(machine, 'git-config.json'), { throwIfNoEntry: false }) !== undefined;
  if (!isSuspicious) rmSync(machine, { recursive: true, force: true });
}

/** A name that a work tree has while it is being deleted. */
export function asideOf(place: string, now: Date): string {
  return `${place}${ASIDE}${now.toISOString().replaceAll(/[-:.]/g, '')}`;
}

const ASIDE = '.removed-';

/** What names anything but a work tree that this program put aside is not believed. */
function readRemoval(note: string, commonDir: string): Removal | null {
  try {
    const removal = JSON.parse(readText(note) ?? 'null') as Removal | null;
    if (removal?.version !== 1 || path.dirname(removal.admin) !== path.join(commonDir, 'worktrees')) return null;
    const { place, aside } = removal;
    return aside.startsWith(`${place}${ASIDE}`) && /^[0-9TZ]+$/.test(aside.slice(`${place}${ASIDE}`.length))
      ? removal
      : null;
  } catch {
    return null; // Torn: nothing had begun.
  }
}
