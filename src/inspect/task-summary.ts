import { Problem } from '../core/problem.ts';
import { peekJson } from '../store/disk/json-files.ts';
import { stateFiles, taskFiles } from '../store/layout.ts';
import { listTaskIds } from '../store/tasks/listing.ts';
import { findRun, type FoundRun } from '../store/tasks/lookup.ts';
import { runIdsOf } from '../store/tasks/task.ts';
import { resumeCommand } from './resume-command.ts';
import { viewRun } from './run-view.ts';
import type { Standing } from './standing.ts';

/** A task and where its latest run stands. */
export interface TaskSummary {
  readonly taskId: string;
  readonly root: FoundRun['root'];
  /** ISO 8601; null: its task.json does not say. */
  readonly createdAt: string | null;
  readonly runs: number;
  readonly latest: LatestRun | null;
}

export interface LatestRun {
  readonly runId: string;
  /** `unreadable`: its log has a bad line. */
  readonly status: Standing | 'unreadable';
  readonly reason: string | null;
  /** Of the last event; ISO 8601. */
  readonly lastEventAt: string | null;
  readonly resumeCommand: string | null;
}

/** The tasks of both state roots, by id. Writes nothing. */
export async function taskSummaries(workspace: string): Promise<TaskSummary[]> {
  const summaries: TaskSummary[] = [];
  // One after the other: what a log holds is let go of before the next is read.
  for (const taskId of listTaskIds(workspace)) summaries.push(await summaryOf(workspace, taskId));
  return summaries;
}

async function summaryOf(workspace: string, taskId: string): Promise<TaskSummary> {
  const found = await latestOf(workspace, taskId);
  const root = found?.root ?? (await rootOf(workspace, taskId));
  const files = taskFiles(stateFiles(workspace, `.${root}`), taskId);
  const createdAt = (await peekJson(files.metadata))?.created_at;
  return {
    taskId,
    root,
    createdAt: typeof createdAt === 'string' ? createdAt : null,
    runs: (await runIdsOf(files)).length,
    latest: found === null ? null : await latestRun(workspace, found),
  };
}

/** Null: the task has no run. */
async function latestOf(workspace: string, taskId: string): Promise<FoundRun | null> {
  try {
    return await findRun({ workspace, taskId, runId: null });
  } catch (error) {
    if (error instanceof Problem) return null; // There is none; any other error is a bug.
    throw error;
  }
}

async function rootOf(workspace: string, taskId: string): Promise<FoundRun['root']> {
  const ours = taskFiles(stateFiles(workspace), taskId);
  return (await peekJson(ours.metadata)) === null ? 'superloop' : 'autoloop';
}

async function latestRun(workspace: string, found: FoundRun): Promise<LatestRun> {
  const { taskId, runId } = found;
  try {
    const { state, standing, events } = await viewRun(workspace, found);
    return {
      runId,
      status: standing,
      reason: standing === 'running' ? null : (state.finished?.reason ?? null),
      lastEventAt: events.at(-1)?.ts ?? null,
      resumeCommand: resumeCommand({ workspace, taskId, runId }, state, standing),
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { runId, status: 'unreadable', reason: error.message, lastEventAt: null, resumeCommand: null };
  }
}
