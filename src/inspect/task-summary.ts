import { Problem } from '../core/problem.ts';
import { isThere } from '../files/door.ts';
import { peekJson } from '../store/disk/json-files.ts';
import { stateFiles, taskFiles } from '../store/layout.ts';
import { runsOf } from '../store/tasks/dating.ts';
import { listTaskIds, STATE_ROOTS, type StateRoot } from '../store/tasks/listing.ts';
import type { FoundRun } from '../store/tasks/lookup.ts';
import { type BatchPlace, batchPlaces } from './batches.ts';
import type { BriefCache } from './brief-cache.ts';
import { type LockHolder, lockHolder } from './lock-holder.ts';
import type { LogBrief } from './log-brief.ts';
import { resumeCommand } from './resume-command.ts';
import { logOf } from './run-view.ts';
import { type Standing, standingOf } from './standing.ts';
import { reasonText } from './why-ended.ts';

/** A task and where its latest run stands. */
export interface TaskSummary {
  readonly taskId: string;
  readonly root: FoundRun['root'];
  /** ISO 8601; null: its task.json does not say. */
  readonly createdAt: string | null;
  readonly runs: number;
  readonly latest: LatestRun | null;
  /** The batch that it was in last; null: in none. */
  readonly batch: BatchPlace | null;
  /** Null: its task.json does not say. */
  readonly request: string | null;
}

export interface LatestRun {
  readonly runId: string;
  /** `unreadable`: its log has a bad line. */
  readonly status: Standing | 'unreadable';
  readonly reason: string | null;
  /** Of the last event; ISO 8601. */
  readonly lastEventAt: string | null;
  /** That ended. */
  readonly turns: number;
  /** As far as agents say; null: none does. */
  readonly costUsd: number | null;
  /** The pair that is open; null: none is, or the run succeeded. */
  readonly pair: LogBrief['pair'];
  /** What a person has to give before it goes on, as it runs or is paused for it; null: nothing. */
  readonly waitsFor: LogBrief['waitsFor'];
  readonly resumeCommand: string | null;
}

/** A task whose state is in another workspace: the work tree of its own. */
export interface TaskElsewhere {
  readonly workspace: string;
  readonly taskId: string;
}

/** A workspace whose tasks may have work trees of their own, as whoever looks at it is told of them. */
export interface SeenWorkspace {
  readonly workspace: string;
  /** The tasks that have one now. */
  readonly elsewhere: () => readonly TaskElsewhere[];
  /** The workspace that has a run; null: the run that is meant where none is named. */
  readonly homeOf: (runId: string | null) => string;
}

/** The tasks of both state roots, those that are `elsewhere`, and those that a batch has not begun yet, by id. Writes nothing. */
export async function taskSummaries(
  workspace: string,
  cache: BriefCache,
  elsewhere: readonly TaskElsewhere[] = [],
): Promise<TaskSummary[]> {
  // The lock first: whoever is gone by then has written all that the logs will hold.
  const holder = await lockHolder(stateFiles(workspace));
  const places = batchPlaces(workspace);
  const placed = (summary: TaskSummary) => ({ ...summary, batch: places.get(summary.taskId) ?? null });
  const summaries: TaskSummary[] = [];
  // One after the other: what a log holds is let go of before the next is read.
  for (const taskId of listTaskIds(workspace)) {
    if (elsewhere.some((task) => task.taskId === taskId)) continue;
    summaries.push(await summaryOf({ workspace, holder, cache }, taskId));
  }
  for (const task of elsewhere) summaries.push(await summaryElsewhere(task, cache));
  const known = new Set(summaries.map(({ taskId }) => taskId));
  for (const [taskId, { isOpen }] of places) if (isOpen && !known.has(taskId)) summaries.push(unbegun(taskId));
  return summaries.map(placed).sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
}

/** Where the run of a task in a workspace of its own stands. Writes nothing. */
export async function summaryElsewhere({ workspace, taskId }: TaskElsewhere, cache: BriefCache): Promise<TaskSummary> {
  return summaryOf({ workspace, holder: await lockHolder(stateFiles(workspace)), cache }, taskId);
}

function unbegun(taskId: string): TaskSummary {
  return { taskId, root: 'autoloop', createdAt: null, runs: 0, latest: null, batch: null, request: null };
}

interface Looker {
  readonly workspace: string;
  readonly holder: LockHolder | null;
  readonly cache: BriefCache;
}

async function summaryOf(looker: Looker, taskId: string): Promise<TaskSummary> {
  const { workspace } = looker;
  const { root, files, runs } = placeOf(workspace, taskId);
  const { created_at: createdAt, request_text: request } = (await peekJson(files.metadata)) ?? {};
  const runId = runs.at(-1)?.runId;
  return {
    taskId,
    root,
    createdAt: typeof createdAt === 'string' ? createdAt : null,
    runs: runs.length,
    latest: runId === undefined ? null : latestRun(looker, { root, taskId, runId }),
    batch: null,
    request: typeof request === 'string' ? request : null,
  };
}

/** The root that `--resume` would take the task's run from; without runs, the one that holds the task. */
function placeOf(workspace: string, taskId: string) {
  const placeIn = (root: StateRoot) => ({ root, files: taskFiles(stateFiles(workspace, `.${root}`), taskId) });
  for (const root of STATE_ROOTS) {
    const place = placeIn(root);
    const runs = runsOf(place.files);
    if (runs.length > 0) return { ...place, runs };
  }
  const isOurs = isThere(placeIn('autoloop').files.metadata, 'file');
  return { ...placeIn(isOurs ? 'autoloop' : 'superloop'), runs: [] };
}

function latestRun({ workspace, holder, cache }: Looker, found: Omit<FoundRun, 'folder'>): LatestRun {
  const { taskId, runId } = found;
  try {
    const { at, finished, lastEventAt, cycles, turns, costUsd, pair, waitsFor } = cache.briefOf(
      logOf(workspace, found),
    );
    const standing = standingOf({ at, finished }, holder, runId);
    return {
      runId,
      status: standing,
      reason: standing === 'running' ? null : reasonText(finished?.reason ?? null),
      lastEventAt,
      turns,
      costUsd,
      pair,
      waitsFor: standing === 'running' || standing === 'paused' ? waitsFor : null,
      resumeCommand: resumeCommand({ workspace, taskId, runId }, standing, cycles),
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const nothing = { lastEventAt: null, turns: 0, costUsd: null, pair: null, waitsFor: null, resumeCommand: null };
    return { runId, status: 'unreadable', reason: error.message, ...nothing };
  }
}
