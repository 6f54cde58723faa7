import type { EventBody } from '../../core/events.ts';
import { Problem } from '../../core/problem.ts';
import { isThere } from '../../files/door.ts';
import { openMachineFolder } from '../../files/machine-folder.ts';
import { runLayout, stateFiles, taskFiles } from '../../store/layout.ts';
import { openRunStore } from '../../store/run/open.ts';

/** A run that exists, in a workspace at which nobody else works. */
export interface LoggedRun {
  readonly workspace: string;
  readonly taskId: string;
  readonly runId: string;
}

/** Puts an event into the log of a run that is not at work. One that cannot be written is said: what it tells has happened all the same. */
export async function logInRun(run: LoggedRun, event: EventBody, warn: (text: string) => void): Promise<void> {
  const { workspace, taskId, runId } = run;
  if (!isThere(runLayout(taskFiles(stateFiles(workspace), taskId), runId).events, 'file')) return;
  try {
    const machine = openMachineFolder(workspace);
    const { store } = await openRunStore({ ...run, create: null, now: () => new Date(), warn, machine });
    await store.append(event);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    warn(`the log of run ${runId} does not tell of it: ${error.message}`);
  }
}
