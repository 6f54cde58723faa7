import { screenLine } from '../core/screen.ts';
import { cacheFolder } from '../files/places.ts';
import { BriefCache } from './brief-cache.ts';
import { aligned, fitted } from './columns.ts';
import { type TaskElsewhere, taskSummaries, type TaskSummary } from './task-summary.ts';
import { timeText } from './time-text.ts';

const HEAD = ['task', 'status', 'when', 'request'];

/** The tasks of a workspace for people, in lines of at most `columns`: id, how the latest run stands, since when, the request's first line. */
export async function taskTable(
  workspace: string,
  elsewhere: readonly TaskElsewhere[],
  columns: number,
): Promise<string> {
  const cache = new BriefCache(cacheFolder(), workspace);
  const tasks = await taskSummaries(workspace, cache, elsewhere);
  cache.save();
  if (tasks.length === 0) return '(no tasks found)\n';
  return `${aligned([HEAD, ...tasks.map(rowOf)])
    .map((line) => fitted(line, Math.max(40, columns)))
    .join('\n')}\n`;
}

function rowOf({ taskId, createdAt, latest, batch, request }: TaskSummary): string[] {
  const when = latest?.lastEventAt ?? createdAt;
  const first = (request ?? '').split('\n').find((line) => line.trim() !== '') ?? '';
  return [
    screenLine(taskId, 48),
    latest === null ? (batch?.isOpen === true ? 'queued' : 'no run') : latest.status.replace('_', ' '),
    when === null ? '' : timeText(when),
    screenLine(first, 200),
  ];
}
