import { type FSWatcher, watch } from 'node:fs';
import { Waker } from './waker.ts';

/** Looks no more often than this, however much changes. */
const SHORTEST_MS = 250;
/** Looks this often where nothing tells of changes: network disks, folders that are not there yet. */
const LONGEST_MS = 1_000;

/** Tells when to look at some folders again. */
export class Changes implements Disposable {
  readonly #folders: readonly string[];
  readonly #watchers = new Map<string, FSWatcher>();
  #lookedAt = Date.now();
  #changed = false;
  readonly #waker = new Waker();

  constructor(folders: readonly string[]) {
    this.#folders = folders;
    this.#watch();
  }

  /** Resolves when something in the folders may have changed since the last look, or `stop` aborts. */
  async next(stop: AbortSignal): Promise<void> {
    this.#watch();
    await this.#waker.until(() => this.#changed, { ms: LONGEST_MS, stop });
    await this.#waker.until(() => false, { ms: SHORTEST_MS - (Date.now() - this.#lookedAt), stop });
    this.#changed = false;
    this.#lookedAt = Date.now();
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(): void {
    for (const folder of this.#folders) {
      if (this.#watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, () => {
          this.#changed = true;
          this.#waker.wake();
        });
        watcher.on('error', () => {
          watcher.close();
          this.#watchers.delete(folder);
        });
        this.#watchers.set(folder, watcher);
      } catch {
        // Not there yet, or no more watches to be had: the next look comes by the clock.
      }
    }
  }
}
