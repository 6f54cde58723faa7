import type { StateDisk } from './disk.ts';
import { versionOf } from '../../files/door.ts';

/** What files hold that only this program writes, so that they can be put back. */
export class KeptFiles {
  readonly #disk: StateDisk;
  readonly #files = new Map<string, { readonly text: string; readonly version: string | null }>();

  constructor(disk: StateDisk) {
    this.#disk = disk;
  }

  /** The file holds `text` now. */
  keep(file: string, text: string): void {
    this.#files.set(file, { text, version: versionOf(file) });
  }

  /** Keeps what the file holds, which it resolves with; null when it does not exist. */
  async read(file: string): Promise<string | null> {
    const text = await this.#disk.read(file);
    if (text !== null) this.keep(file, text);
    return text;
  }

  /** Replaces the files that do not hold what they should; resolves with those. A run has a file for every phase: only what changed is read. */
  async putBack(): Promise<readonly string[]> {
    const restored: string[] = [];
    for (const [file, { text, version }] of this.#files) {
      if (version !== null && versionOf(file) === version) continue;
      if ((await this.#disk.read(file)) !== text) {
        await this.#disk.replace(file, text);
        restored.push(file);
      }
      this.keep(file, text);
    }
    return restored;
  }
}
