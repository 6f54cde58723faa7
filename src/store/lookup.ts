import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isRunId, taskIdFromOption } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import { parseTimestamp } from '../core/time.ts';
import { peekJson } from './json-files.ts';
import { isTaskFolderName, stateFiles, taskFiles } from './layout.ts';
import { runIdsOf } from './task.ts';

export interface RunQuery {
  readonly workspace: string;
  readonly taskId: string | null;
  readonly runId: string | null;
}

/** Where a run is: in this program's state or in that of the releases before it. */
export interface FoundRun {
  readonly root: 'autoloop' | 'superloop';
  readonly taskId: string;
  readonly runId: string;
  readonly folder: string;
}

const ROOTS = ['autoloop', 'superloop'] as const;

/** The run that `--resume` means (spec: resume.md, which run). Rejects with a Problem that says what there is. */
export async function findRun({ workspace, taskId, runId }: RunQuery): Promise<FoundRun> {
  for (const root of ROOTS) {
    const tasks = tasksIn(workspace, root);
    const wanted = taskId === null ? tasks : tasks.filter((id) => id === idOf(workspace, root, taskId));
    const found = runId === null ? await latest(workspace, root, wanted) : await withRun(workspace, root, { wanted, runId });
    if (found !== null) return found;
  }
  throw new Problem('usage', `no run to resume in ${workspace}`, 'autoloop --list-tasks shows the tasks.');
}

function idOf(workspace: string, root: string, text: string): string {
  const { tasks } = stateFiles(workspace, `.${root}`);
  if (isTaskFolderName(text) && existsSync(path.join(tasks, text))) return text;
  const sha1 = (given: string) => createHash('sha1').update(given).digest('hex');
  return taskIdFromOption(text, sha1, (id) => existsSync(path.join(tasks, id)));
}

function tasksIn(workspace: string, root: string): string[] {
  try {
    return readdirSync(stateFiles(workspace, `.${root}`).tasks).filter(isTaskFolderName);
  } catch {
    return []; // No state there.
  }
}

async function withRun(workspace: string, root: FoundRun['root'], { wanted, runId }: { wanted: string[]; runId: string }) {
  if (!isRunId(runId)) return null;
  const taskId = wanted.find((id) => existsSync(path.join(taskFiles(stateFiles(workspace, `.${root}`), id).runs, runId)));
  return taskId === undefined ? null : foundRun(workspace, { root, taskId, runId });
}

async function latest(workspace: string, root: FoundRun['root'], wanted: readonly string[]): Promise<FoundRun | null> {
  const dated: { taskId: string; runId: string; at: number }[] = [];
  for (const taskId of wanted) {
    const files = taskFiles(stateFiles(workspace, `.${root}`), taskId);
    const runId = (await runIdsOf(files)).at(-1);
    if (runId === undefined) continue;
    const created = (await peekJson(files.metadata))?.created_at;
    dated.push({ taskId, runId, at: (typeof created === 'string' ? parseTimestamp(created) : null) ?? 0 });
  }
  const newest = dated.sort((a, b) => a.at - b.at || (a.taskId < b.taskId ? -1 : 1)).at(-1);
  return newest === undefined ? null : foundRun(workspace, { root, ...newest });
}

function foundRun(workspace: string, run: { root: FoundRun['root']; taskId: string; runId: string }): FoundRun {
  const { root, taskId, runId } = run;
  return { root, taskId, runId, folder: path.join(taskFiles(stateFiles(workspace, `.${root}`), taskId).runs, runId) };
}
