import { isRunId } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import { Changes } from '../inspect/changes.ts';
import type { SeenWorkspace } from '../inspect/task-summary.ts';
import { stateFiles } from '../store/layout.ts';
import { findRun, type FoundRun } from '../store/tasks/lookup.ts';
import type { CommandAnswer, CommandRequest, TasksMessage } from './documents.ts';
import { HubRun } from './hub-run.ts';
import { RunHub } from './run-hub.ts';
import { taskRows } from './task-rows.ts';
import type { Watched } from './watched.ts';

/** Runs that nobody looks at are let go of beyond so many. */
const MOST_HUBS = 8;

export interface WorkspaceWatchOptions {
  readonly seen: SeenWorkspace;
  readonly isReadOnly: boolean;
  readonly command: (runId: string, request: CommandRequest) => Promise<CommandAnswer>;
}

/** Watches the runs of one workspace, and of the work trees that its tasks have, for the page's server. */
export function watchWorkspace({ seen, isReadOnly, command }: WorkspaceWatchOptions): Watched {
  const { workspace } = seen;
  const hubs = new Map<string, RunHub>();
  const stop = new AbortController();
  const hubOf = async (runId: string): Promise<RunHub> => {
    const known = hubs.get(runId);
    if (known !== undefined) return known;
    if (!isRunId(runId)) throw new Problem('usage', 'that has not the form of a run id');
    const home = seen.homeOf(runId);
    const hub = new RunHub(home, await foundRun(home, runId));
    hubs.set(runId, hub);
    for (const [id, other] of hubs) {
      if (hubs.size <= MOST_HUBS || other === hub || other.isRead) continue;
      other.close();
      hubs.delete(id);
    }
    return hub;
  };
  return {
    tasks: async () => ({ version: 1, workspace, tasks: await taskRows(workspace, seen.elsewhere()) }),
    followTasks: (tell) => followTasks(seen, tell, stop.signal),
    run: async (runId) => new HubRun(await hubOf(runId), isReadOnly),
    command,
    close: () => {
      stop.abort();
      for (const hub of hubs.values()) hub.close();
    },
  };
}

/** To a page a run that is not there is an address that leads nowhere, not a word that it got wrong. */
async function foundRun(workspace: string, runId: string): Promise<FoundRun> {
  try {
    return await findRun({ workspace, taskId: null, runId });
  } catch (error) {
    throw error instanceof Problem ? new Problem('state', error.message) : error;
  }
}

async function followTasks(
  seen: SeenWorkspace,
  tell: (message: TasksMessage) => void,
  stop: AbortSignal,
): Promise<() => void> {
  const end = new AbortController();
  const signal = AbortSignal.any([stop, end.signal]);
  let told = '';
  const look = async () => {
    const tasks = await taskRows(seen.workspace, seen.elsewhere());
    const text = JSON.stringify(tasks);
    if (text !== told) tell({ kind: 'tasks', tasks });
    told = text;
  };
  await look();
  const { folder, tasks } = stateFiles(seen.workspace);
  void (async () => {
    using changes = new Changes([folder, tasks]);
    while (!signal.aborted) {
      await look().catch(() => undefined); // What is being written now is read at the next look.
      await changes.next(signal);
    }
  })();
  return () => end.abort();
}
