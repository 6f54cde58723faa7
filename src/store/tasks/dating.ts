import path from 'node:path';
import { compareRuns, isRunId, runIdTime, runTime } from '../../core/ids.ts';
import type { DatedRun } from '../../core/ids.ts';
import { parseTimestamp } from '../../core/time.ts';
import { FileFault } from '../../files/fault.ts';
import { listFolder } from '../../files/folders.ts';
import { firstEvent } from '../log/log-reader.ts';
import { peekJson } from '../disk/json-files.ts';
import type { TaskFiles } from '../layout.ts';

/** The runs of a task, from the oldest to the latest; an empty folder is a run, too. None when they may not be read. */
export function runsOf(files: TaskFiles): readonly DatedRun[] {
  return inOrder(files, runFolders(files.runs));
}

/** Runs of a task, from the oldest to the latest (docs/loop.md, resuming). A log is read only where the ids leave it open. */
export function inOrder(files: TaskFiles, ids: readonly string[]): readonly DatedRun[] {
  const shared = repeated(ids.map(runIdTime));
  const runs = ids.map((runId): DatedRun => {
    const time = runIdTime(runId);
    const isSettled = time !== null && !shared.has(time);
    return { runId, firstEventTs: isSettled ? null : firstEventTs(path.join(files.runs, runId, 'events.jsonl')) };
  });
  return runs.sort(compareRuns);
}

/** When a task was created, ms since 1970: what task.json says, else when its newest run began. Null: nothing tells. */
export async function creationTime(files: TaskFiles, runs: readonly DatedRun[]): Promise<number | null> {
  const newest = runs.at(-1);
  return (await statedCreation(files)) ?? (newest === undefined ? null : runTime(newest));
}

async function statedCreation(files: TaskFiles): Promise<number | null> {
  try {
    const stated = (await peekJson(files.metadata))?.created_at;
    return typeof stated === 'string' ? parseTimestamp(stated) : null;
  } catch {
    return null; // A file that may not be read tells as little as a broken one; the runs tell the time.
  }
}

function repeated<T>(values: readonly T[]): ReadonlySet<T> {
  const seen = new Set<T>();
  return new Set(values.filter((value) => seen.size === seen.add(value).size));
}

function runFolders(folder: string): string[] {
  try {
    // A link counts, so that a run behind one is refused by name instead of being overlooked.
    const found = listFolder(folder).filter(({ kind }) => kind === 'folder' || kind === 'link');
    return found.map(({ name }) => name).filter(isRunId);
  } catch (error) {
    if (error instanceof FileFault) throw error; // A link is refused by name.
    return []; // No runs, or none that may be read.
  }
}

/** Null: nothing dates the run, and it comes before those that are dated. */
function firstEventTs(log: string): string | null {
  const ts = firstEvent(log)?.ts;
  return typeof ts === 'string' ? ts : null;
}
