import { exitCodeOfStatus } from '../core/exit-codes.ts';
import type { TaskStanding } from '../core/batch/decide.ts';
import type { RunEvent } from '../core/events.ts';
import type { RunState } from '../core/state.ts';
import type { AgentName } from '../core/vocabulary.ts';
import { addTotals } from '../core/totals.ts';
import { lockHolder } from '../inspect/lock-holder.ts';
import { RunCursor } from '../inspect/run-cursor.ts';
import { logOf } from '../inspect/run-view.ts';
import { startingView } from '../inspect/starting.ts';
import { isLive, type Live, type Standing, standingOf, waitingApproval, waitingQuestion } from '../inspect/standing.ts';
import { reasonText } from '../inspect/why-ended.ts';
import { inboxOf } from '../store/inbox.ts';
import { stateFiles, taskFiles } from '../store/layout.ts';
import { runsOf } from '../store/tasks/dating.ts';

/** What the files of a task tell of its latest run at one moment. */
export interface TaskLook {
  readonly workspace: string;
  readonly runId: string;
  readonly standing: Standing;
  /** Of the last event. */
  readonly seq: number;
  readonly reason: string | null;
  /** What a person is asked; null: nothing. */
  readonly question: string | null;
  /** Something that a person sent answers it. */
  readonly isAnswered: boolean;
  /** Of a usage limit in whose way nothing went on; `until` in ms since 1970, null: nobody knows. */
  readonly limit: { readonly provider: AgentName; readonly until: number | null } | null;
  /** Of the run and those before it; what is unknown is nothing. */
  readonly costUsd: number;
  readonly durationMs: number;
}

/** Reads the log of a task's latest run on, each event once. */
export class TaskWatch {
  readonly #workspace: string;
  readonly #taskId: string;
  #reader: { readonly runId: string; readonly cursor: RunCursor } | null = null;
  #limit: TaskLook['limit'] = null;

  /** `workspace`: in the task's own work tree. */
  constructor(workspace: string, taskId: string) {
    this.#workspace = workspace;
    this.#taskId = taskId;
  }

  /** Null: it has no run yet. Throws a Problem of kind `state` where the log has a bad line. */
  async look(): Promise<TaskLook | null> {
    const [workspace, taskId] = [this.#workspace, this.#taskId];
    const starting = await startingView({ workspace, taskId, runId: null });
    // The lock first: whoever is gone by then has written all that the log will hold.
    const holder = await lockHolder(stateFiles(workspace));
    const runId = starting?.found.runId ?? runsOf(taskFiles(stateFiles(workspace), taskId)).at(-1)?.runId;
    if (runId === undefined) return null;
    const { state } = this.#read(runId);
    const standing = starting?.standing ?? standingOf(state, holder, runId);
    const question =
      waitingQuestion(state)?.text ?? (waitingApproval(state) === null ? null : 'the plan waits for approval');
    const { commands } = await inboxOf(workspace, runId).read();
    const waiting = state.limitUntil === null ? null : Date.parse(state.limitUntil);
    const { usage, duration_ms: durationMs } = addTotals(state.run.spentBefore ?? undefined, state.spent);
    return {
      workspace,
      runId,
      standing,
      seq: state.seq,
      reason: isLive(standing) ? null : reasonText(state.finished?.reason ?? null),
      question,
      isAnswered: commands.some(({ kind }) => kind === 'answer' || kind === 'approve' || kind === 'reject'),
      limit: isLive(standing) && waiting !== null ? { provider: '', until: waiting } : this.#limit,
      costUsd: usage.costUsd ?? 0,
      durationMs,
    };
  }

  #read(runId: string) {
    if (this.#reader?.runId !== runId) {
      const log = logOf(this.#workspace, { root: 'autoloop', taskId: this.#taskId, runId });
      this.#reader = { runId, cursor: new RunCursor(log) };
      this.#limit = null;
    }
    const { cursor } = this.#reader;
    for (const event of cursor.read()) this.#take(event, cursor.known.state);
    return cursor.known;
  }

  #take(event: RunEvent, { run }: RunState): void {
    if (event.event_type === 'run_resumed' || event.event_type === 'phase_finished') this.#limit = null;
    if (event.event_type !== 'turn_interrupted') return;
    const until = event.until === undefined ? NaN : Date.parse(event.until);
    const isAhead = until > Date.parse(event.ts); // A time that was over already names nothing to wait for.
    // The event names the provider: which of several commands it was, the role tells.
    const provider = run.settings?.provider.roles[event.phase].name ?? event.provider ?? '';
    this.#limit = event.reason === 'limit' ? { provider, until: isAhead ? until : null } : null;
  }
}

/** What this batch did to a task last. */
export interface LastTry {
  /** Of the log when the task was begun or resumed; null: it had no run. */
  readonly seq: number | null;
  /** Of the process that worked on it; null: it works still. */
  readonly code: number | null;
}

/** How a task stands for the batch. `tried` null: this batch has not had it in hand. */
export function batchStanding(look: TaskLook | null, tried: LastTry | null, now: number): TaskStanding {
  if (tried !== null && tried.code === null) return { is: 'working', isWaiting: look !== null && isWaiting(look, now) };
  if (look === null) return tried === null ? { is: 'due' } : { is: 'ended', code: tried.code || 1 };
  const { standing } = look;
  if (isLive(standing)) return { is: 'working', isWaiting: isWaiting(look, now) };
  if (standing === 'success') return { is: 'ended', code: 0 };
  const code = codeOf(standing);
  if (standing === 'failed' || standing === 'blocked' || standing === 'needs_followup' || standing === 'unverified')
    return { is: 'ended', code };
  const again: TaskStanding = tried === null ? { is: 'due' } : { is: 'ended', code: tried.code || code };
  if (standing !== 'paused') return again;
  if (look.question !== null) return look.isAnswered && tried?.seq !== look.seq ? { is: 'due' } : { is: 'parked' };
  if (look.limit === null || (look.limit.until === null && tried === null)) return again;
  return { is: 'limited', ...look.limit };
}

function isWaiting({ standing, question, limit }: TaskLook, now: number): boolean {
  return standing === 'running' && (question !== null || (limit?.until ?? 0) > now);
}

function codeOf(standing: Exclude<Standing, Live>): number {
  return standing === 'crashed' || standing === 'not_started' ? 1 : exitCodeOfStatus(standing);
}
