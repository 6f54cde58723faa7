import { Problem } from '../../core/problem.ts';
import type { FoundRun } from '../lookup.ts';

/** Copies a task of `.superloop` into this program's state. */
export function importTask(_workspace: string, found: FoundRun): Promise<{ lines: readonly string[] }> {
  return Promise.reject(new Problem('state', `run ${found.runId} is of an older release and cannot be imported yet`));
}
