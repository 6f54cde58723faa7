import type { Pair } from '../core/vocabulary.ts';
import { PAIRS } from '../core/vocabulary.ts';
import { isThere } from '../files/door.ts';
import { readState } from '../store/log/event-log.ts';
import { runLayout, type TaskFiles } from '../store/layout.ts';
import { runIdsOf } from '../store/tasks/task.ts';

/**
 * What a new run without a plan of its own is told where a run of the task has one: which, and how to go on with it. Null: no run has
 * a complete plan, or this run makes one.
 */
export async function planElsewhere(task: TaskFiles, pairs: readonly Pair[]): Promise<string | null> {
  if (pairs.includes('plan')) return null;
  for (const runId of runIdsOf(task).toSorted().toReversed()) {
    const had = await plannedPairs(task, runId);
    if (had === null) continue;
    const together = PAIRS.filter((pair) => had.includes(pair) || pairs.includes(pair)).join(',');
    return `the plan of ${runId} is not used by a new run; this goes on with it: autoloop --resume --task-id ${task.taskId} --run-id ${runId} --pairs ${together}`;
  }
  return null;
}

/** The pairs of a run whose plan is complete. */
async function plannedPairs(task: TaskFiles, runId: string): Promise<readonly Pair[] | null> {
  const { events } = runLayout(task, runId);
  if (!isThere(events, 'file')) return null;
  // A log that cannot be read is no plan to go on with; whoever resumes that run is told why.
  const state = await readState(events).catch(() => null);
  return state?.completed.includes('plan') === true ? state.run.pairs : null;
}
