import path from 'node:path';
import { isThere, readText } from '../../files/door.ts';
import { moveAside, remove, withFolder } from '../../files/folders.ts';
import { machineFolder } from '../../files/places.ts';
import type { StateDisk } from '../disk/disk.ts';
import type { TaskFiles } from '../layout.ts';
import { put } from '../lock-file.ts';

/**
 * A copy of a task's task.json where no agent writes, from the opening of a run to its end: what an agent makes of the file is put right
 * after each turn, but for a turn that is killed with us. One that is still there tells of such an end; else others may have changed the file.
 */
export class KeptTask {
  readonly #task: TaskFiles;
  readonly #file: string;

  /** `machine`: where the machine keeps what no agent may steer. */
  constructor(task: TaskFiles, machine = machineFolder(task.state.workspace)) {
    this.#task = task;
    this.#file = path.join(machine, 'tasks', `${task.taskId}.json`);
  }

  /** The text of task.json that counts in place of what stands there; null: what stands there does. */
  read(): string | null {
    try {
      return readText(this.#file);
    } catch {
      return null;
    }
  }

  /** Puts task.json back as the last run had it, where that died. Resolves with warnings. */
  async restore(disk: StateDisk, now: Date): Promise<readonly string[]> {
    const { metadata } = this.#task;
    const kept = this.read();
    if (kept === null || (await disk.read(metadata)) === kept) return [];
    const aside = isThere(metadata)
      ? `; what stood there is in ${path.basename(moveAside(metadata, 'aside', now))}`
      : '';
    await disk.replace(metadata, kept);
    return [`${metadata} was not as the run that was killed had it, and is again${aside}`];
  }

  /** A run begins or goes on with this. A full disk must not cost it its start: without a copy, the file is less sure. */
  keep(text: string | null): void {
    if (text === null || this.read() === text) return;
    try {
      withFolder(path.dirname(this.#file), () => put(this.#file, text));
    } catch {
      // As said.
    }
  }

  /** No agent is at work any more. */
  drop(): void {
    try {
      remove(this.#file);
    } catch {
      // The next start puts task.json back as it is.
    }
  }
}
