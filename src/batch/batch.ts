import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { decideBatch, type BatchDecision } from '../core/batch/decide.ts';
import { exitCodeOfStatus } from '../core/exit-codes.ts';
import { openMachineFolder } from '../files/machine-folder.ts';
import type { StopRequest } from '../run/ports.ts';
import { type StateDisk, stateDisk } from '../store/disk/disk.ts';
import { appendToBatch, batchFile, type BatchLine, readBatch } from '../store/batch-log.ts';
import { inboxOf } from '../store/inbox.ts';
import { stateFiles } from '../store/layout.ts';
import { ignoreLocalFiles } from '../store/run/run-folder.ts';
import { lockFor } from '../work/locks.ts';
import type { Environment, Signals } from '../work/ports.ts';
import { startTaskProcess } from './child.ts';
import { bringBack, finishedBefore, type Finishing } from './finish.ts';
import { type BatchRequest, prepareBatch, type PreparedBatch } from './prepare.ts';
import { factsOf, lookAtTasks, queued, type QueuedTask } from './queue.ts';
import { argumentsFor, refuseChanged, requestHash } from './start-task.ts';
import { codeOfBatch, rowOf, type TaskRow } from './task-row.ts';
import { stepOf, tellingOf } from './telling.ts';
import { workedMs } from './worked.ts';

/** What a batch is given by whoever sits at the terminal. */
export interface BatchIo extends Signals {
  readonly environment: Environment;
  readonly openPr: Finishing['openPr'];
  readonly line: (text: string) => void;
  readonly warn: (text: string) => void;
}

export interface BatchEnd {
  readonly rows: readonly TaskRow[];
  readonly code: number;
}

/** How often running tasks are looked at: their ends are told at once, but not what they wait for, nor what a person does to them. */
const LOOK_MS = 1_000;

/**
 * Works through the intents of some files, each in a work tree and a process of its own, and goes on where an earlier start of the same
 * batch stopped. Rejects with a Problem, before anything is written, where one of them could not be begun as it is.
 */
export async function runBatch(request: BatchRequest, io: BatchIo): Promise<BatchEnd> {
  const prepared = await prepareBatch(request, io.environment);
  const state = stateFiles(request.workspace);
  const record = readBatch(state, prepared.id);
  refuseChanged(prepared, record);
  const machine = openMachineFolder(request.workspace) ?? state.folder;
  const { workspace } = request;
  const { stop } = io;
  const lock = await lockFor(path.join(machine, `batch-${prepared.id}.lock`), { workspace, runId: prepared.id, stop });
  try {
    const disk = stateDisk(state);
    await ignoreLocalFiles(disk, state);
    if (record.unreadable > 0)
      io.warn(`${record.unreadable} line(s) of ${batchFile(state, prepared.id)} are none, and passed over`);
    const outputs = path.join(machine, 'batch', prepared.id);
    const batch = new Batch({ request, prepared, io, disk, outputs, worked: workedMs(record.lines, Date.now()) });
    finishedBefore(batch.tasks, record);
    return await batch.work();
  } finally {
    await lock.release();
  }
}

interface BatchParts {
  readonly request: BatchRequest;
  readonly prepared: PreparedBatch;
  readonly io: BatchIo;
  readonly disk: StateDisk;
  /** Where what the tasks' processes print is kept. */
  readonly outputs: string;
  /** See `workedMs`. */
  readonly worked: number;
}

class Batch {
  readonly tasks: readonly QueuedTask[];
  readonly #parts: BatchParts;
  readonly #begunAt = Date.now();
  /** Why nothing more is begun; null: more is. */
  #closed: string | null = null;
  readonly #paused = new Set<string>();
  #wake: () => void = () => undefined;

  constructor(parts: BatchParts) {
    this.#parts = parts;
    const work = parts.prepared.into === null ? 'there' : 'coming';
    this.tasks = parts.prepared.tasks.map((task) => queued(task, work));
  }

  async work(): Promise<BatchEnd> {
    const { io, prepared, request } = this.#parts;
    const count = this.tasks.length === 1 ? '1 task' : `${this.tasks.length} tasks`;
    io.line(
      `[+] Batch ${prepared.id}: ${count}, ${request.parallel === 1 ? 'one' : String(request.parallel)} at a time`,
    );
    await this.#log({ step: 'begun' });
    for (const { intent } of this.tasks) await this.#log({ step: 'queued', task: intent.taskId });
    const passOn = () => this.#passOn();
    for (const signal of [io.stop, io.hurry]) signal.addEventListener('abort', passOn);
    let decision = await this.#look();
    for (; !this.#isOver(decision); decision = await this.#look()) {
      for (const taskId of decision.start) await this.#start(taskId);
      await this.#pauseWhereClosed();
      await this.#next(decision.wakeAt);
    }
    const rows = this.tasks.map((task) => rowOf(task, decision.stuck.includes(task.intent.taskId), this.#closed));
    const code = io.stop.aborted
      ? exitCodeOfStatus('interrupted', (io.stop.reason as StopRequest).signal)
      : codeOfBatch(rows);
    await this.#log({ step: 'over', code });
    return { rows, code };
  }

  /** Looks at everything, tells what is new, brings back what has finished, and decides. */
  async #look(): Promise<BatchDecision> {
    const { request, prepared, io } = this.#parts;
    await lookAtTasks(request.workspace, this.tasks, Date.now());
    for (const task of this.tasks) await this.#tell(task);
    if (!io.stop.aborted) {
      const { openPr, line, warn } = io;
      const log: Finishing['log'] = (entry) => this.#log(entry);
      await bringBack(this.tasks, { request, into: prepared.into, openPr, log, line, warn });
    }
    this.#close();
    const { parallel } = request;
    const perProvider = prepared.limits.perProvider ?? {};
    const bounds = { parallel, perProvider, now: Date.now(), isClosed: this.#closed !== null };
    const decision = decideBatch(this.tasks.map(factsOf), bounds);
    for (const taskId of decision.stuck) await this.#tellStuck(taskId);
    return decision;
  }

  /** Whoever works on a task beside us is not waited for once we are to stop. */
  #isOver({ isOver }: BatchDecision): boolean {
    return isOver || (this.#parts.io.stop.aborted && this.tasks.every((task) => task.process === null));
  }

  #close(): void {
    if (this.#closed !== null) return;
    const { io, prepared, worked } = this.#parts;
    const { maxCostUsd, maxMinutes } = prepared.limits;
    const cost = this.tasks.reduce((sum, { look }) => sum + (look?.costUsd ?? 0), 0);
    if (io.stop.aborted) this.#closed = 'the batch was stopped';
    else if (maxCostUsd !== null && cost >= maxCostUsd) this.#closed = `batch.max_cost_usd (${maxCostUsd}) is reached`;
    else if (maxMinutes !== null && worked + Date.now() - this.#begunAt >= maxMinutes * 60_000)
      this.#closed = `batch.max_minutes (${maxMinutes}) is reached`;
    if (this.#closed !== null && !io.stop.aborted)
      io.warn(`${this.#closed}: no more tasks are begun, and those at work pause after their turn`);
  }

  async #start(taskId: string): Promise<void> {
    const task = this.tasks.find(({ intent }) => intent.taskId === taskId);
    if (task === undefined) return;
    const { request, prepared, io, outputs } = this.#parts;
    const { args, input, isNew } = argumentsFor(task, prepared.into);
    const tried = { seq: task.look?.seq ?? null, code: null };
    const sha256 = requestHash(task.intent);
    await this.#log({ step: isNew ? 'started' : 'resumed', task: taskId, sha256 });
    io.line(`[*] ${taskId} ${isNew ? 'begins' : 'goes on'}`);
    const output = path.join(outputs, `${taskId}.out`);
    const process = startTaskProcess({ workspace: request.workspace, args, input, output });
    Object.assign(task, {
      tried,
      process,
      output,
      refusal: null,
      told: 'working',
      said: null,
      standing: { is: 'working', isWaiting: false },
    });
    void process.exit.then((code) => {
      Object.assign(task, { process: null, tried: { ...tried, code }, refusal: code === 0 ? null : process.error() });
      this.#wake();
    });
    if (io.stop.aborted) this.#passOn(); // It came while the task was begun.
  }

  #passOn(): void {
    const { stop } = this.#parts.io;
    for (const { process } of this.tasks) process?.signal((stop.reason as StopRequest).signal);
    this.#wake();
  }

  /** As `autoloop pause` does: a turn that is paid for comes to its end. */
  async #pauseWhereClosed(): Promise<void> {
    if (this.#closed === null || this.#parts.io.stop.aborted) return;
    for (const { process, look } of this.tasks) {
      if (process === null || look === null || this.#paused.has(look.runId) || look.standing !== 'running') continue;
      this.#paused.add(look.runId);
      await inboxOf(look.workspace, look.runId).put({ kind: 'pause', text: null, for: null, by: 'batch' });
    }
  }

  async #next(wakeAt: number | null): Promise<void> {
    const woken = Promise.withResolvers<null>();
    this.#wake = () => woken.resolve(null);
    const over = new AbortController();
    const ms = Math.min(LOOK_MS, Math.max(0, (wakeAt ?? Infinity) - Date.now()));
    await Promise.race([woken.promise, delay(ms, undefined, { signal: over.signal }).catch(() => undefined)]);
    over.abort();
  }

  async #tell(task: QueuedTask): Promise<void> {
    const { key, text } = tellingOf(task);
    if (key === task.told || (task.told === 'stuck' && task.standing.is === 'due')) return;
    task.told = key;
    if (text !== null && text !== task.said) this.#parts.io.line(text);
    task.said = text;
    const step = stepOf(task);
    if (step !== null) await this.#log(step);
  }

  async #tellStuck(taskId: string): Promise<void> {
    const task = this.tasks.find(({ intent }) => intent.taskId === taskId);
    if (task === undefined || task.told === 'stuck') return;
    task.told = 'stuck';
    this.#parts.io.line(`[*] ${taskId} is not begun: a task that it comes after did not succeed`);
    await this.#log({ step: 'stuck', task: taskId });
  }

  #log(line: Omit<BatchLine, 'ts'>): Promise<void> {
    const { disk, prepared } = this.#parts;
    return appendToBatch(disk, batchFile(disk.state, prepared.id), line, new Date());
  }
}
