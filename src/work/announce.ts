import os from 'node:os';
import { openMachineFolder } from '../files/machine-folder.ts';
import { announceStart } from '../store/starting.ts';
import { isAlive } from '../supervision/identity.ts';
import type { RunName } from './planned-run.ts';
import { thisProcess } from './locks.ts';

/**
 * Starts a run so that others see it from the first moment. `start` is given what it calls when the run has a log of its own, which
 * tells the rest; whatever becomes of it, it counts as starting no longer than it takes.
 */
export async function announced<T>(
  workspace: string,
  { taskId, runId }: RunName,
  start: (hasBegun: () => void) => Promise<T>,
): Promise<T> {
  const note = { ...thisProcess(), host: os.hostname(), taskId, runId, since: new Date().toISOString() };
  const withdraw = announceStart(openMachineFolder(workspace), note, isAlive);
  try {
    return await start(withdraw);
  } finally {
    withdraw();
  }
}
