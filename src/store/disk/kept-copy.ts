import path from 'node:path';
import { isThere, readText } from '../../files/door.ts';
import { moveAside, remove, withFolder } from '../../files/folders.ts';
import { machineFolder } from '../../files/places.ts';
import type { RunLayout, TaskFiles } from '../layout.ts';
import { put } from '../lock-file.ts';
import type { StateDisk } from './disk.ts';

/**
 * A copy of a file of the state where no agent writes: what an agent makes of the file is put right after each turn, but for a turn whose
 * end nobody saw.
 */
export class KeptCopy {
  readonly #of: string;
  readonly #file: string;
  /** How the file was, as the middle of a sentence. */
  readonly #was: string;

  constructor(of: string, file: string, was: string) {
    this.#of = of;
    this.#file = file;
    this.#was = was;
  }

  /** The text that counts in place of what stands there; null: what stands there does. */
  read(): string | null {
    try {
      return readText(this.#file);
    } catch {
      return null;
    }
  }

  /** Puts the file back as it was kept. Resolves with warnings. */
  async restore(disk: StateDisk, now: Date): Promise<readonly string[]> {
    const kept = this.read();
    if (kept === null || (await disk.read(this.#of)) === kept) return [];
    const aside = isThere(this.#of)
      ? `; what stood there is in ${path.basename(moveAside(this.#of, 'aside', now))}`
      : '';
    await disk.replace(this.#of, kept);
    return [`${this.#of} was not as ${this.#was}, and is again${aside}`];
  }

  /** From now on the file is this. A full disk must not cost a run its start: without a copy, the file is less sure. */
  keep(text: string | null): void {
    if (text === null || this.read() === text) return;
    try {
      withFolder(path.dirname(this.#file), () => put(this.#file, text));
    } catch {
      // As said.
    }
  }

  /** What stands in the file counts from now on. */
  drop(): void {
    try {
      remove(this.#file);
    } catch {
      // A request's is a copy that nobody looks at; a task's is put back as it is by the next start.
    }
  }
}

/** A run's request.md, as long as the run has not succeeded. `folder`: where the heads of logs are. */
export function keptRequest({ request, runId }: RunLayout, folder: string): KeptCopy {
  return new KeptCopy(request, path.join(folder, `${runId}.request`), 'the run began with it');
}

/**
 * A task's task.json, from the opening of a run to its end: one that is still there tells of a run that was killed, else others may have
 * changed the file. `machine`: where the machine keeps what no agent may steer.
 */
export function keptTask(task: TaskFiles, machine = machineFolder(task.state.workspace)): KeptCopy {
  return new KeptCopy(
    task.metadata,
    path.join(machine, 'tasks', `${task.taskId}.json`),
    'the run that was killed had it',
  );
}
