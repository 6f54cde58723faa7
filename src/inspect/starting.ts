import { machineFolder } from '../files/places.ts';
import { runLayout, stateFiles, taskFiles } from '../store/layout.ts';
import { type Start, startsOf } from '../store/starting.ts';
import type { RunQuery } from '../store/tasks/lookup.ts';
import { isHere, lockHolder } from './lock-holder.ts';
import { RunCursor } from './run-cursor.ts';
import { layoutOf, type RunView } from './run-view.ts';

/**
 * A run that a living process is about to work on, and that `query` means: it may not have a folder yet. Null: there is none, or another
 * run is at work, which goes first unless the query names this one.
 */
export async function startingView({ workspace, taskId, runId }: RunQuery): Promise<RunView | null> {
  const isMeant = (start: Start) =>
    isHere(start) && (taskId ?? start.taskId) === start.taskId && (runId ?? start.runId) === start.runId;
  const start = startsOf(machineFolder(workspace)).filter(isMeant).at(-1);
  if (start === undefined) return null;
  const holder = await lockHolder(stateFiles(workspace));
  const isNamed = taskId !== null || runId !== null;
  if (!isNamed && holder?.alive === true && holder.runId !== start.runId) return null;
  const { pid, host, since } = start;
  const layout = runLayout(taskFiles(stateFiles(workspace), start.taskId), start.runId);
  const found = { root: 'autoloop', taskId: start.taskId, runId: start.runId, folder: layout.run } as const;
  return {
    found,
    layout: layoutOf(workspace, found),
    known: new RunCursor(layout.events).catchUp(),
    holder: { pid, host, since, runId: start.runId, alive: true },
    standing: 'starting',
  };
}
