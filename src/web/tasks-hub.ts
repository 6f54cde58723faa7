import { inTurn } from '../core/in-turn.ts';
import { Changes } from '../inspect/changes.ts';
import type { SeenWorkspace } from '../inspect/task-summary.ts';
import { stateFiles } from '../store/layout.ts';
import type { TaskRow, TasksMessage } from './documents.ts';
import { Readers } from './readers.ts';
import { taskRows } from './task-rows.ts';

type Tell = (message: TasksMessage) => void;

/** One reader of the list of tasks for all pages that show it. Takes no lock and writes nothing into the workspace. */
export class TasksHub {
  readonly #seen: SeenWorkspace;
  readonly #readers = new Readers<Tell>((stop) => this.#watch(stop));
  readonly #queued = inTurn();
  /** What the readers were told last. */
  #told = '';

  constructor(seen: SeenWorkspace) {
    this.#seen = seen;
  }

  /** The tasks as they are now; whoever reads is told what has changed. One look at a time. */
  look(): Promise<readonly TaskRow[]> {
    return this.#queued(() => this.#look());
  }

  /** Tells the tasks at once, and again whenever they have changed, until the returned function is called. */
  async follow(tell: Tell): Promise<() => void> {
    tell({ kind: 'tasks', tasks: await this.look() });
    return this.#readers.add(tell);
  }

  /** Whoever reads hears nothing more. */
  close(): void {
    this.#readers.close();
  }

  async #watch(stop: AbortSignal): Promise<void> {
    const { folder, tasks } = stateFiles(this.#seen.workspace);
    using changes = new Changes([folder, tasks]);
    while (!stop.aborted) {
      await this.look().catch(() => undefined); // What is being written now is read at the next look.
      await changes.next(stop);
    }
  }

  async #look(): Promise<readonly TaskRow[]> {
    const tasks = await taskRows(this.#seen.workspace, this.#seen.elsewhere());
    const text = JSON.stringify(tasks);
    if (text !== this.#told) for (const tell of this.#readers) tell({ kind: 'tasks', tasks });
    this.#told = text;
    return tasks;
  }
}
