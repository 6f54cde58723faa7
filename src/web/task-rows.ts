import { cacheFolder } from '../files/places.ts';
import { BriefCache } from '../inspect/brief-cache.ts';
import { type LatestRun, type TaskElsewhere, taskSummaries } from '../inspect/task-summary.ts';
import type { TaskRow } from './documents.ts';

/** The tasks as the page lists them: those that need a person first, then the latest. */
export async function taskRows(workspace: string, elsewhere: readonly TaskElsewhere[]): Promise<readonly TaskRow[]> {
  const cache = new BriefCache(cacheFolder(workspace), workspace);
  const rows = (await taskSummaries(workspace, cache, elsewhere)).map(
    ({ taskId, createdAt, runs, latest, batch }): TaskRow => {
      const status = latest?.status ?? null;
      return {
        task_id: taskId,
        created_at: createdAt,
        runs,
        run_id: latest?.runId ?? null,
        status,
        needs_person: needsPerson(latest),
        where: whereOf(latest) ?? (latest === null && batch?.isOpen === true ? `queued in batch ${batch.id}` : null),
        since: latest?.lastEventAt ?? createdAt,
        turns: latest?.turns ?? 0,
        cost_usd: latest?.costUsd ?? null,
      };
    },
  );
  cache.save();
  return rows.sort((a, b) => Number(b.needs_person) - Number(a.needs_person) || order(b.since, a.since));
}

function needsPerson(latest: LatestRun | null): boolean {
  if (latest === null || latest.status === 'success') return false;
  return latest.waitsFor !== null || (latest.status !== 'running' && latest.status !== 'starting');
}

function whereOf(latest: LatestRun | null): string | null {
  if (latest === null) return null;
  const { waitsFor, reason, pair } = latest;
  if (waitsFor !== null) return waitsFor === 'question' ? 'waits for an answer' : 'waits for its plan to be approved';
  if (reason !== null || pair === null) return reason;
  const phase = pair.phaseId === null ? '' : ` of ${pair.phaseId}`;
  return `${pair.pair}${phase}${pair.cycle > 1 ? `, cycle ${String(pair.cycle)}` : ''}`;
}

function order(a: string | null, b: string | null): number {
  return (a ?? '') < (b ?? '') ? -1 : 1;
}
