import { createHash } from 'node:crypto';
import { Problem } from '../core/problem.ts';
import type { BatchRecord } from '../store/batch-log.ts';
import type { BatchIntent } from './intents.ts';
import type { PreparedBatch } from './prepare.ts';
import type { QueuedTask } from './queue.ts';

/** The program's arguments and input that begin a task, or go on with it. `into`: the branch that gets the work of all. */
export function argumentsFor(
  { intent, look, tree }: QueuedTask,
  into: string | null,
): { readonly args: readonly string[]; readonly input: string; readonly isNew: boolean } {
  const { taskId, base, pairs, provider, maxCostUsd, body } = intent;
  const cost = option('--max-cost-usd', maxCostUsd === null ? null : String(maxCostUsd));
  const named = ['--task-id', taskId];
  if (look !== null) return { args: ['--resume', ...named, '--run-id', look.runId, ...cost], input: '', isNew: false };
  // Its work tree is gone: it is made again from its branch.
  if (tree !== null && !tree.isThere) return { args: ['--resume', ...named, ...cost], input: '', isNew: false };
  const args = [
    '--worktree',
    ...named,
    ...['--intent', '-'],
    // One whose work tree was made by an earlier start has its base already.
    ...(tree === null ? option('--base', base ?? into) : []),
    ...option('--pairs', pairs),
    ...option('--provider', provider),
    ...cost,
  ];
  return { args, input: body, isNew: true };
}

function option(name: string, value: string | null): string[] {
  return value === null ? [] : [name, value];
}

/** Of what the file asks for. */
export function requestHash({ body }: BatchIntent): string {
  return createHash('sha256').update(body).digest('hex');
}

/** A task that has begun is not asked for something else by editing its file. Throws a Problem of kind `usage`. */
export function refuseChanged({ tasks }: PreparedBatch, { lines }: BatchRecord): void {
  for (const { intent } of tasks) {
    const begun = lines.findLast(
      ({ step, task }) => (step === 'started' || step === 'resumed') && task === intent.taskId,
    );
    if (begun?.sha256 === undefined || begun.sha256 === requestHash(intent)) continue;
    const isDone = lines.findLast(({ step, task }) => step === 'ended' && task === intent.taskId)?.code === 0;
    const how = `--task-id ${intent.taskId} ${isDone ? '--worktree --intent-mode append' : '--resume'} --intent TEXT`;
    throw new Problem(
      'usage',
      `${intent.source} asks for something else than when task ${intent.taskId} was begun`,
      `Give the new request a file of its own, or tell the task: autoloop ${how}`,
    );
  }
}
