import path from 'node:path';
import { isThere, readText } from '../../files/door.ts';
import { moveAside, remove, withFolder } from '../../files/folders.ts';
import type { StateDisk } from '../disk/disk.ts';
import type { RunLayout } from '../layout.ts';
import { put } from '../lock-file.ts';

/**
 * A copy of a run's request.md where no agent writes, as long as the run has not succeeded: what an agent makes of the file is put right
 * after each turn, but for a turn whose end nobody saw.
 */
export class KeptRequest {
  readonly #layout: RunLayout;
  readonly #file: string;

  /** `folder`: where the heads of logs are. */
  constructor(layout: RunLayout, folder: string) {
    this.#layout = layout;
    this.#file = path.join(folder, `${layout.runId}.request`);
  }

  /** Puts the request back that the run began with; `trust`: the operator takes what is there. Resolves with warnings. */
  async restore(disk: StateDisk, { now, trust }: { now: Date; trust: boolean }): Promise<readonly string[]> {
    const { request } = this.#layout;
    const kept = trust ? null : this.#read();
    if (kept === null || (await disk.read(request)) === kept) return [];
    const aside = isThere(request) ? `; what stood there is in ${path.basename(moveAside(request, 'aside', now))}` : '';
    await disk.replace(request, kept);
    return [`${request} was not as the run began with it, and is again${aside}`];
  }

  /** From now on this is the run's request. A full disk must not cost the run its start: without a copy, it is less sure. */
  keep(text: string | null): void {
    if (text === null || this.#read() === text) return;
    try {
      withFolder(path.dirname(this.#file), () => put(this.#file, text));
    } catch {
      // As said.
    }
  }

  /** Nothing goes on from the run any more. */
  drop(): void {
    try {
      remove(this.#file);
    } catch {
      // It is a copy that nobody looks at.
    }
  }

  #read(): string | null {
    try {
      return readText(this.#file);
    } catch {
      return null;
    }
  }
}
