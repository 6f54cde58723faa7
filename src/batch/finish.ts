import { exitCodeOfProblem } from '../core/exit-codes.ts';
import { Problem } from '../core/problem.ts';
import type { BatchLine, BatchRecord } from '../store/batch-log.ts';
import { mergeTask } from '../work/worktrees/merge.ts';
import type { BatchRequest } from './prepare.ts';
import type { QueuedTask } from './queue.ts';

export interface Finishing {
  /** Opens the pull request of a task; its address, or a sentence where it has none. */
  readonly openPr: (taskId: string) => Promise<{ readonly url: string | null; readonly text: string }>;
  readonly request: BatchRequest;
  /** The branch that gets the work; null: none does. */
  readonly into: string | null;
  readonly log: (line: Omit<BatchLine, 'ts'>) => Promise<void>;
  readonly line: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** What an earlier start of the batch wrote down of its tasks: their order of finishing, and what is merged. */
export function finishedBefore(tasks: readonly QueuedTask[], { lines }: BatchRecord): void {
  for (const task of tasks) {
    const own = lines.filter((line) => line.task === task.intent.taskId);
    const at = lines.findLastIndex(
      (line) => line.task === task.intent.taskId && line.step === 'ended' && line.code === 0,
    );
    if (at >= 0) task.finished = at;
    const opened = own.findLast(({ step }) => step === 'pr_opened');
    if (opened !== undefined) task.note = opened.url ?? 'pushed';
    const merged = own.find(({ step }) => step === 'merged');
    if (merged === undefined || task.work !== 'coming') continue;
    task.work = 'there';
    task.note = 'merged';
  }
}

/** Brings what has finished since into the branch, or offers it as a pull request, one task after the other in the order of finishing. */
export async function bringBack(tasks: readonly QueuedTask[], finishing: Finishing): Promise<void> {
  const done = tasks.filter(({ standing }) => standing.is === 'ended' && standing.code === 0);
  for (const task of done) task.finished ??= nextPlace(tasks);
  const due = done.filter(({ work }) => work === 'coming');
  for (const task of due.sort((a, b) => (a.finished ?? 0) - (b.finished ?? 0))) await merge(task, finishing);
  if (!finishing.request.pr) return;
  for (const task of done.filter(({ note }) => note === null)) await offer(task, finishing);
}

function nextPlace(tasks: readonly QueuedTask[]): number {
  return 1 + Math.max(-1, ...tasks.map(({ finished }) => finished ?? -1));
}

async function merge(task: QueuedTask, { request, into, log, line, warn }: Finishing): Promise<void> {
  const { taskId } = task.intent;
  try {
    const report = await mergeTask({ workspace: request.workspace, taskId, into, force: false }, warn);
    if (report.conflicts.length > 0) {
      fail(task, `conflicts with ${report.into}: ${report.conflicts.slice(0, 3).join(', ')}`, 3);
      await log({ step: 'conflict', task: taskId });
      warn(`${taskId} is not merged: ${task.note ?? ''}. Its branch ${report.branch} is as it was.`);
      return;
    }
    task.work = 'there';
    task.note = report.commit === null ? 'nothing to merge' : `merged as ${report.commit.slice(0, 10)}`;
    await log({ step: 'merged', task: taskId, ...(report.commit === null ? {} : { commit: report.commit }) });
    line(`[+] ${taskId} ${task.note}${report.commit === null ? '' : ` into ${report.into}`}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    fail(task, error.message, exitCodeOfProblem(error.kind));
    warn(`${taskId} is not merged: ${[error.message, error.hint].filter((part) => part !== null).join(' ')}`);
  }
}

async function offer(task: QueuedTask, { openPr, log, line, warn }: Finishing): Promise<void> {
  const { taskId } = task.intent;
  try {
    const { url, text } = await openPr(taskId);
    task.note = url ?? 'pushed';
    await log({ step: 'pr_opened', task: taskId, ...(url === null ? {} : { url }) });
    line(text);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    task.note = error.message;
    task.noteCode = exitCodeOfProblem(error.kind);
    warn(`${taskId} has no pull request: ${[error.message, error.hint].filter((part) => part !== null).join(' ')}`);
  }
}

/** It is tried again by the next start of the batch, or by hand. */
function fail(task: QueuedTask, note: string, code: number): void {
  Object.assign(task, { work: 'never', note, noteCode: code });
}
