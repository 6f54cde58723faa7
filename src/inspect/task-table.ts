import { screenLine } from '../core/screen.ts';
import { cacheFolder } from '../files/places.ts';
import { BriefCache } from './brief-cache.ts';
import { aligned, columnsOf, fitted } from './columns.ts';
import { type LatestRun, type TaskElsewhere, taskSummaries, type TaskSummary } from './task-summary.ts';
import { timeText } from '../core/time-text.ts';

const HEAD = ['task', 'status', 'when', 'request'];

/** The tasks of a workspace for people, in lines of at most `columns`: id, how the latest run stands, since when, the request's first line. */
export async function taskTable(
  workspace: string,
  elsewhere: readonly TaskElsewhere[],
  columns: number,
): Promise<string> {
  const cache = new BriefCache(cacheFolder(workspace), workspace);
  const tasks = await taskSummaries(workspace, cache, elsewhere);
  cache.save();
  if (tasks.length === 0) return '(no tasks found)\n';
  return tableOf(tasks.map(rowOf), columns);
}

/** Where less room than this is left for the request, the time makes way for it. */
const ROOM_FOR_REQUEST = 16;

/** Rows of id, status, time and request under their heads, each in one line of at most `columns`, or 40. */
export function tableOf(rows: readonly (readonly string[])[], columns: number): string {
  const all = [HEAD, ...rows];
  const most = Math.max(40, columns);
  const [first = ''] = aligned(all.map((row) => [...row.slice(0, -1), '|']));
  const taken = columnsOf(first) - 1;
  const shown =
    most - taken < ROOM_FOR_REQUEST ? all.map(([id = '', status = '', , request = '']) => [id, status, request]) : all;
  return `${aligned(shown)
    .map((line) => fitted(line, most))
    .join('\n')}\n`;
}

function statusOf({ status, waitsFor }: LatestRun): string {
  return waitsFor !== null && status === 'running' ? 'waiting' : status.replace('_', ' ');
}

function rowOf({ taskId, createdAt, latest, batch, request }: TaskSummary): string[] {
  const when = latest?.lastEventAt ?? createdAt;
  const first = (request ?? '').split('\n').find((line) => line.trim() !== '') ?? '';
  return [
    screenLine(taskId, 48),
    latest === null ? (batch?.isOpen === true ? 'queued' : 'no run') : statusOf(latest),
    when === null ? '' : timeText(when),
    screenLine(first, 200),
  ];
}
