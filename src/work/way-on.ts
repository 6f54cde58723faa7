import { Problem } from '../core/problem.ts';
import { diskProblem, isErrno } from '../files/disk-problem.ts';
import { isThere } from '../files/door.ts';
import { runLayout, stateFiles, taskFiles } from '../store/layout.ts';
import { isTask } from '../store/tasks/listing.ts';
import type { RunName } from './planned-run.ts';

/**
 * What kept a run from going on, with how to go on: the run itself where `--resume` finds it, whether or not it has a log yet, else, for
 * trouble with the state, that the same command begins it anew. The system's error about a disk becomes a Problem; what is none is
 * returned as it is.
 */
export function withWayOn(error: unknown, { workspace, taskId, runId }: RunName & { workspace: string }): unknown {
  const state = stateFiles(workspace);
  const problem = ofDisk(error, state.folder);
  if (!(problem instanceof Problem)) return problem;
  const task = taskFiles(state, taskId);
  if (isTask(task.folder) && isThere(runLayout(task, runId).run)) problem.run = { workspace, taskId, runId };
  else problem.beginsAnew = problem.kind === 'state';
  return problem;
}

/** One that no caller has told as a Problem: what it was about is told as well as the system does. */
export function ofDisk(error: unknown, folder: string): unknown {
  if (!isErrno(error) || !OF_DISK.includes(error.code)) return error;
  const { path: place } = error;
  const isPlain = place !== undefined && !place.startsWith('/proc/'); // The door's way to a file is nothing to a person.
  return diskProblem(error, isPlain ? place : folder, 'written');
}

/** EFAULT: so Bun's `rmSync` tells a disk that fails or is full. */
const OF_DISK: readonly string[] = ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EFAULT'];
