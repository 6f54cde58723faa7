import { cacheFolder } from '../files/places.ts';
import { BriefCache } from '../inspect/brief-cache.ts';
import { type TaskElsewhere, taskSummaries } from '../inspect/task-summary.ts';
import type { TaskRow } from './documents.ts';

/** The tasks as the page lists them: those that need a person first, then the latest. */
export async function taskRows(workspace: string, elsewhere: readonly TaskElsewhere[]): Promise<readonly TaskRow[]> {
  const cache = new BriefCache(cacheFolder(), workspace);
  const rows = (await taskSummaries(workspace, cache, elsewhere)).map(
    ({ taskId, createdAt, runs, latest, batch }): TaskRow => {
      const status = latest?.status ?? null;
      return {
        task_id: taskId,
        created_at: createdAt,
        runs,
        run_id: latest?.runId ?? null,
        status,
        needs_person: status !== null && status !== 'success' && status !== 'running' && status !== 'starting',
        where: latest?.reason ?? (latest === null && batch?.isOpen === true ? `queued in batch ${batch.id}` : null),
        since: latest?.lastEventAt ?? createdAt,
      };
    },
  );
  cache.save();
  return rows.sort((a, b) => Number(b.needs_person) - Number(a.needs_person) || order(b.since, a.since));
}

function order(a: string | null, b: string | null): number {
  return (a ?? '') < (b ?? '') ? -1 : 1;
}
