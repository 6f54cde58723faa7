import { remove, requireAccess, requireFolder } from '../../files/folders.ts';
import path from 'node:path';
import { appendWhole } from '../../files/replace.ts';
import { diskProblem, isErrno } from '../../files/disk-problem.ts';
import { promised } from '../../files/operations.ts';
import { guardPath } from './guard.ts';
import type { RunLayout, StateFiles } from '../layout.ts';

/**
 * Rejects with a Problem when the state cannot be written, so that it is said before a turn is paid for. Where the state
 * folder exists a small file is written there and removed; otherwise the workspace's permissions are asked for.
 * With `run`, its folders and its log are looked at too.
 */
export async function probeWritable(state: StateFiles, run: RunLayout | null = null): Promise<void> {
  await requireWritableState(state, run);
  if (!(await isWritable(state.folder, requireFolder))) return;
  const probe = path.join(state.folder, 'probe.tmp'); // One name: what a kill leaves, the next start removes.
  await appendWhole(probe, `${'.'.repeat(4095)}\n`, { sync: true });
  remove(probe);
}

/** The same by what may be, and nothing is written. */
export async function requireWritableState(state: StateFiles, run: RunLayout | null = null): Promise<void> {
  const folders = run === null ? [state.tasks] : [state.tasks, run.task.folder, run.run, run.artifacts, run.sessions];
  for (const folder of folders) guardPath(state, folder);
  for (const folder of [state.workspace, state.folder, ...folders]) await isWritable(folder, requireFolder);
  for (const file of run === null ? [] : [run.events, run.rawLog]) await isWritable(file, requireAccess);
}

/** False: not there yet. Rejects when it is there and cannot be written. */
async function isWritable(place: string, require: (place: string) => void): Promise<boolean> {
  try {
    await promised(() => require(place));
    return true;
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return false;
    throw diskProblem(error, place, 'written');
  }
}
