import { screenLine } from '../core/screen.ts';
import { cacheFolder } from '../files/places.ts';
import { BriefCache } from './brief-cache.ts';
import { type LatestRun, type TaskElsewhere, taskSummaries, type TaskSummary } from './task-summary.ts';

/** What `--list-tasks --json` prints (docs/json.md). */
export interface TaskDocument {
  readonly version: 1;
  readonly tasks: readonly TaskEntry[];
}

interface TaskEntry {
  readonly task_id: string;
  readonly root: TaskSummary['root'];
  readonly created_at: string | null;
  readonly runs: number;
  readonly latest_run: {
    readonly run_id: string;
    readonly status: LatestRun['status'];
    readonly reason: string | null;
    readonly last_event_at: string | null;
    /** What it waits for in its process; null: for nobody. */
    readonly waits_for: LatestRun['waitsFor'];
    readonly resume_command: string | null;
  } | null;
  /** The name of the batch that it was in last; null: in none. */
  readonly batch: string | null;
  /** Whether `--resume --task-id` would go on with the latest run now. */
  readonly resumable: boolean;
}

export async function taskDocument(workspace: string, elsewhere: readonly TaskElsewhere[] = []): Promise<TaskDocument> {
  const cache = new BriefCache(cacheFolder(workspace), workspace);
  const tasks = (await taskSummaries(workspace, cache, elsewhere)).map(taskEntry);
  cache.save();
  return { version: 1, tasks };
}

function taskEntry({ taskId, root, createdAt, runs, latest, batch }: TaskSummary): TaskEntry {
  return {
    task_id: taskId,
    root,
    created_at: createdAt,
    runs,
    latest_run: latest && {
      run_id: latest.runId,
      status: latest.status,
      reason: latest.reason === null ? null : screenLine(latest.reason, 400),
      last_event_at: latest.lastEventAt,
      waits_for: latest.status === 'running' ? latest.waitsFor : null,
      resume_command: latest.resumeCommand,
    },
    batch: batch?.id ?? null,
    resumable: latest !== null && latest.resumeCommand !== null,
  };
}
