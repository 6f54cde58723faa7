import { setTimeout as delay } from 'node:timers/promises';
import { isRunId } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import { guardPath } from '../store/disk/guard.ts';
import { type RunLayout, runLayout, stateFiles, taskFiles } from '../store/layout.ts';
import { findRun, type FoundRun, type RunQuery } from '../store/tasks/lookup.ts';
import { type LockHolder, lockHolder } from './lock-holder.ts';
import { type KnownRun, RunCursor } from './run-cursor.ts';
import { type Standing, standingOf } from './standing.ts';

/** A run as its files tell of it at one moment. Nothing was written to find out, and no lock was taken. */
export interface RunView {
  readonly found: FoundRun;
  readonly layout: RunLayout;
  /** What its log tells. */
  readonly known: KnownRun;
  /** Of the workspace's lock, whichever run it names. */
  readonly holder: LockHolder | null;
  readonly standing: Standing;
}

/**
 * The run that a command without `--run-id` means: the one at work in the workspace, else the one that `--resume` would choose.
 * Rejects with a Problem when there is none.
 */
export async function chooseRun(query: RunQuery): Promise<FoundRun> {
  if (query.runId !== null && !isRunId(query.runId)) {
    const given = JSON.stringify(query.runId);
    throw new Problem('usage', `--run-id ${given} has not the form of a run id: run-YYYYMMDDTHHMMSSZ-xxxxxxxx`);
  }
  const atWork = query.runId === null ? await runOfLock(query) : null;
  return atWork ?? (await findRun(query));
}

/** The run that the lock names and that is at work, as far as that can be seen from here; null: none that the query means. */
async function runOfLock(query: RunQuery): Promise<FoundRun | null> {
  const holder = await lockHolder(stateFiles(query.workspace));
  if (holder === null || holder.alive === false) return null;
  const named = { ...query, runId: holder.runId };
  if (holder.alive === true) return appearing(named);
  // Of another machine's process only the log tells whether it works.
  const found = await findOrNull(named);
  return found !== null && (await viewRun(query.workspace, found)).standing === 'running' ? found : null;
}

/** Rejects with a Problem when the log has a bad line before its last. */
export async function viewRun(workspace: string, found: FoundRun): Promise<RunView> {
  const layout = layoutOf(workspace, found);
  // The lock first: whoever is gone by then has written all that the log will hold.
  const holder = await lockHolder(stateFiles(workspace));
  const known = new RunCursor(layout.events).catchUp();
  return { found, layout, known, holder, standing: standingOf(known.state, holder, found.runId) };
}

/** The log of a run, which is not behind a link that leads out of the state. Throws a Problem otherwise. */
export function logOf(workspace: string, { root, taskId, runId }: Omit<FoundRun, 'folder'>): string {
  const { task, events } = runLayout(taskFiles(stateFiles(workspace, `.${root}`), taskId), runId);
  guardPath(task.state, events);
  return events;
}

/** The files of a run, none of which is behind a link that leads out of the state. Throws a Problem otherwise. */
export function layoutOf(workspace: string, { root, taskId, runId }: Omit<FoundRun, 'folder'>): RunLayout {
  const layout = runLayout(taskFiles(stateFiles(workspace, `.${root}`), taskId), runId);
  for (const place of [layout.events, layout.rawLog, layout.turns]) guardPath(layout.task.state, place);
  return layout;
}

const APPEARS_WITHIN_MS = 2_000;

/** The run of the lock, which may be just about to get its folder. Null: it is none that the query means. */
async function appearing(query: RunQuery): Promise<FoundRun | null> {
  for (const end = Date.now() + APPEARS_WITHIN_MS; Date.now() < end;) {
    const found = await findOrNull({ ...query, taskId: null });
    if (found !== null) return query.taskId === null ? found : findOrNull(query);
    await delay(100);
  }
  return null;
}

async function findOrNull(query: RunQuery): Promise<FoundRun | null> {
  try {
    return await findRun(query);
  } catch (error) {
    if (error instanceof Problem) return null; // There is none; any other error is a bug.
    throw error;
  }
}
