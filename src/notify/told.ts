import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Notice } from '../core/notices.ts';

/** The same is not told again for so long. */
const REPEAT_MS = 10 * 60_000;

/**
 * What was told of the runs of a workspace lately, by whichever process: one empty file for each event, and one for each text. Where they
 * cannot be written, everything is told.
 */
export class Told {
  readonly #folder: string | null;
  readonly #now: () => number;

  /** `machine` is the machine-only folder of the workspace; null: there is none. */
  constructor(machine: string | null, now: () => number = Date.now) {
    this.#folder = machine === null ? null : path.join(machine, 'told');
    this.#now = now;
  }

  /** True once for each event, and not for what was told in other words of the same kind within ten minutes. */
  claim({ id, kind, text }: Notice): boolean {
    if (this.#folder === null) return true;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#forget(this.#folder);
      return this.#make(`event ${id} ${kind}`) && this.#make(`text ${kind} ${text}`);
    } catch {
      return true;
    }
  }

  /** False: it is there. */
  #make(what: string): boolean {
    const name = createHash('sha256').update(what).digest('hex');
    try {
      writeFileSync(path.join(this.#folder ?? '', name), '', { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  #forget(folder: string): void {
    for (const name of readdirSync(folder)) {
      const file = path.join(folder, name);
      const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (this.#now() - written > REPEAT_MS) rmSync(file, { force: true });
    }
  }
}
