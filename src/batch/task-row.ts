import { worstOf } from '../core/batch/decide.ts';
import type { Standing } from '../inspect/standing.ts';
import type { QueuedTask } from './queue.ts';

/** What a task came to, for the table at the end. */
export interface TaskRow {
  readonly taskId: string;
  /** As `status` has it, or why it was not begun. */
  readonly status: string;
  readonly code: number;
  readonly durationMs: number;
  readonly costUsd: number;
  /** Null: it has none. */
  readonly branch: string | null;
  readonly note: string | null;
  /** Whether another start of the batch takes it up again. */
  readonly goesOn: boolean;
}

/** `closed`: why the batch begins no more; null: it would have. */
export function rowOf(task: QueuedTask, isStuck: boolean, closed: string | null): TaskRow {
  const { intent, look, standing, tree, noteCode } = task;
  const code = codeOf(task);
  return {
    taskId: intent.taskId,
    status: look === null ? (standing.is === 'ended' ? 'not begun' : 'queued') : look.standing.replaceAll('_', ' '),
    code: code === 0 ? noteCode : code,
    durationMs: look?.durationMs ?? 0,
    costUsd: look?.costUsd ?? 0,
    branch: tree?.branch ?? null,
    note: task.note ?? noteOf(task, isStuck, closed),
    goesOn: !isStuck && (noteCode !== 0 || standing.is !== 'ended' || look === null || !isFinal(look.standing)),
  };
}

function isFinal(standing: Standing): boolean {
  return ['success', 'failed', 'blocked', 'needs_followup', 'unverified'].includes(standing);
}

/** Why a task came to an end other than success: in the words of the process that was refused, else of its log. */
export function whyEnded(look: QueuedTask['look'], refusal: string | null): string | null {
  return refusal ?? look?.reason ?? (look?.standing === 'crashed' ? 'its process ended without saying so' : null);
}

function codeOf({ standing }: QueuedTask): number {
  return standing.is === 'ended' ? standing.code : 4;
}

function noteOf(
  { intent, look, standing, refusal }: QueuedTask,
  isStuck: boolean,
  closed: string | null,
): string | null {
  if (isStuck) return `after ${intent.after.join(', ')}`;
  if (standing.is === 'parked') return look?.question ?? null;
  if (standing.is === 'limited') return `usage limit of ${standing.provider}`;
  if (standing.is === 'due') return closed ?? (intent.after.length > 0 ? `after ${intent.after.join(', ')}` : null);
  return standing.is === 'ended' && standing.code !== 0 ? whyEnded(look, refusal) : null;
}

/** The exit code of a batch that came to its end. */
export function codeOfBatch(rows: readonly TaskRow[]): number {
  return worstOf(rows.map(({ code }) => code));
}
