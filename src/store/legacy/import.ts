import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { formatTimestamp } from '../../core/time.ts';
import { OLDER_STATE_FOLDER } from '../../core/state-folder.ts';
import { syncFolder } from '../../files/replace.ts';
import { stateDisk } from '../disk/disk.ts';
import { isThere } from '../../files/door.ts';
import { listFolder, makeFolder, remove, rename } from '../../files/folders.ts';
import type { StateDisk } from '../disk/disk.ts';
import { diskProblem } from '../../files/disk-problem.ts';
import { guardPath } from '../disk/guard.ts';
import { jsonText, peekJson, saveJson } from '../disk/json-files.ts';
import { relativeTo, runLayout, stateFiles, taskFiles } from '../layout.ts';
import type { TaskFiles } from '../layout.ts';
import type { FoundRun } from '../tasks/lookup.ts';
import { ignoreLocalFiles } from '../run/run-folder.ts';
import { openTask } from '../tasks/task.ts';
import { readContext } from './context.ts';
import { copyTree } from './copy-tree.ts';
import type { Copied } from './copy-tree.ts';
import { fillRun } from './fill-run.ts';
import { generationOf } from './generation.ts';
import type { Generation } from './generation.ts';

export interface ImportReport {
  readonly generation: Generation | null;
  /** What there is to tell the operator, one line each. */
  readonly lines: readonly string[];
}

/**
 * Copies a task of `.superloop` into `.autoloop`, in today's layout, and makes the found run ready to go on; the task's other
 * runs are made ready when they are resumed. A task that `.autoloop` already has gets the run alone. Everything is put together
 * beside the tasks and appears with one rename, so that a crash leaves the import undone. `.superloop` is only read; imported.json
 * records what was taken. The caller holds the workspace's lock. Rejects with a Problem of kind `state`.
 */
export async function importTask(workspace: string, found: FoundRun, now = new Date()): Promise<ImportReport> {
  const state = stateFiles(workspace);
  const disk = stateDisk(state);
  const source = taskFiles(stateFiles(workspace, OLDER_STATE_FOLDER), found.taskId);
  const target = taskFiles(state, found.taskId);
  guardPath(source.state, source.folder);
  guardPath(state, target.folder);
  await ignoreLocalFiles(disk, state);
  removeDrafts(state.tasks);
  const drafts = path.join(state.tasks, `${DRAFT}${randomBytes(4).toString('hex')}.tmp`);
  const draft = taskFiles({ ...state, tasks: drafts }, found.taskId);
  try {
    const copied = await copyTree(source.folder, draft.folder);
    const lines = await convert(disk, { draft, target, runId: found.runId, now });
    const generation = generationOf(source.folder);
    const origin = relativeTo(workspace, source.folder);
    await record(disk, { draft, target }, { ...copied, source: origin, generation, run_id: found.runId, now });
    await putInPlace({ draft, target, runId: found.runId });
    return { generation, lines: [`imported ${origin}, which stays as it is`, ...leftOutLine(copied), ...lines] };
  } finally {
    removeDrafts(state.tasks);
  }
}

interface Import {
  /** The task as it is put together. */
  readonly draft: TaskFiles;
  /** Where it will be. */
  readonly target: TaskFiles;
  readonly runId: string;
}

/** Begins with a dot, so that no list of tasks shows it. */
const DRAFT = '.import-';

async function convert(disk: StateDisk, { draft, target, runId, now }: Import & { now: Date }) {
  const relative = relativeTo(target.state.workspace, runLayout(target, runId).run);
  const lines = await fillRun({ disk, layout: runLayout(draft, runId), relative, now });
  const { task, warnings } = await openTask(disk, draft, { intent: null, mode: 'preserve', now });
  const request = task.request_text ?? readContext(draft.folder).request;
  await saveJson(disk, draft.metadata, { request_text: request });
  const isBroken = warnings.length > 0;
  return isBroken ? [...lines, "task.json was missing or broken; it was rebuilt from the task's runs"] : lines;
}

interface Origin extends Copied {
  readonly source: string;
  readonly generation: Generation | null;
  readonly run_id: string;
  readonly now: Date;
}

/** A further import into the same task is added to the list. */
async function record(disk: StateDisk, { draft, target }: Omit<Import, 'runId'>, origin: Origin): Promise<void> {
  const { now, source, generation, run_id, files, leftOut } = origin;
  const entry = { source, generation, run_id, imported_at: formatTimestamp(now), files, left_out: leftOut };
  const isMerge = isThere(target.folder);
  const file = path.join((isMerge ? target : draft).folder, 'imported.json');
  const before = isMerge ? (await peekJson(file))?.imports : null;
  await disk.replace(file, jsonText({ imports: [...(Array.isArray(before) ? (before as unknown[]) : []), entry] }));
}

async function putInPlace({ draft, target, runId }: Import): Promise<void> {
  const isMerge = isThere(target.folder);
  const [from, to] = isMerge
    ? [runLayout(draft, runId).run, runLayout(target, runId).run]
    : [draft.folder, target.folder];
  makeFolder(path.dirname(to));
  try {
    rename(from, to);
    await syncFolder(path.dirname(to));
  } catch (error) {
    throw diskProblem(error, to, 'written');
  }
}

/** Of this import, and of those that a crash cut short. */
function removeDrafts(tasks: string): void {
  for (const { name } of listFolder(tasks)) {
    if (name.startsWith(DRAFT) && name.endsWith('.tmp')) remove(path.join(tasks, name));
  }
}

function leftOutLine({ leftOut }: Copied): string[] {
  return leftOut.length === 0 ? [] : [`left out, because they are links or no files: ${leftOut.join(', ')}`];
}
