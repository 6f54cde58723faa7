import type { BatchTask, TaskStanding } from '../core/batch/decide.ts';
import { Problem } from '../core/problem.ts';
import { treesBeside } from '../work/worktrees/beside.ts';
import type { TaskTree } from '../work/worktrees/record.ts';
import type { TaskProcess } from './child.ts';
import type { PreparedTask } from './prepare.ts';
import { batchStanding, type LastTry, type TaskLook, TaskWatch } from './task-look.ts';

/** A task of a batch at work, as far as this process knows it. */
export interface QueuedTask extends PreparedTask {
  /** Null: it has none yet. */
  tree: TaskTree | null;
  watch: TaskWatch | null;
  look: TaskLook | null;
  standing: TaskStanding;
  process: TaskProcess | null;
  /** The file with what its process prints; null: it had none. */
  output: string | null;
  tried: LastTry | null;
  /** Why the last process did nothing for it, in its own words; null: it worked, or did not say. */
  refusal: string | null;
  work: BatchTask['work'];
  /** The place in the order of finishing; null: it has not. */
  finished: number | null;
  /** What came of merging it, or of its pull request: for the table. */
  note: string | null;
  /** The exit code of that. */
  noteCode: number;
  /** What was told of it last, so that nothing is told twice. */
  told: string;
  /** The line of that; null: it had none. */
  said: string | null;
}

export function queued(task: PreparedTask, work: BatchTask['work']): QueuedTask {
  return {
    ...task,
    tree: null,
    watch: null,
    look: null,
    standing: { is: 'due' },
    process: null,
    output: null,
    tried: null,
    refusal: null,
    work,
    finished: null,
    note: null,
    noteCode: 0,
    told: '',
    said: null,
  };
}

/** Looks at all tasks once. What cannot be read of one ends that one. */
export async function lookAtTasks(workspace: string, tasks: readonly QueuedTask[], now: number): Promise<void> {
  const trees = treesBeside(workspace);
  for (const task of tasks) {
    task.tree = trees.find(({ taskId }) => taskId === task.intent.taskId) ?? null;
    try {
      task.look = await lookAt(task);
      task.standing = batchStanding(task.look, task.tried, now);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // While a process works there, it may be in the middle of mending it.
      if (task.process !== null) continue;
      task.note = error.message;
      task.standing = { is: 'ended', code: 1 };
    }
  }
}

async function lookAt(task: QueuedTask): Promise<TaskLook | null> {
  const { tree } = task;
  if (tree === null || !tree.isThere) return null;
  task.watch ??= new TaskWatch(tree.workspace, tree.taskId);
  return task.watch.look();
}

/** A task as the decision sees it. */
export function factsOf({ intent, providers, standing, work }: QueuedTask): BatchTask {
  return { taskId: intent.taskId, after: intent.after, providers, standing, work };
}
