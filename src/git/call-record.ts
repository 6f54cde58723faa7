import { rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { readCarefully } from '../files/careful-read.ts';
import type { CallRecord } from './runner.ts';

/** A call of git that was going on when the program died. */
export interface DiedCall {
  /** When it began, in ms since 1970. */
  readonly at: number;
  readonly command: string;
}

/** By whom the processes of a call are found and ended. */
export interface Keeper {
  /** A variable of the environment. */
  readonly mark: string;
  /** Ends whatever carries it. */
  endStray(): Promise<unknown>;
}

/**
 * Keeps the call that is going on in a file, which outlives a kill; a power cut too, where the system wrote it in time. Of several at
 * once it is the first, until the last one has ended.
 */
export class FileCallRecord implements CallRecord {
  readonly #file: string | null;
  #keeper: Keeper | null = null;
  #running = 0;

  /** `file` null: there is no place for it, and nothing is remembered. */
  constructor(file: string | null) {
    this.#file = file;
  }

  /** The call that an earlier start died in. To be asked before `keep`. */
  died(): DiedCall | null {
    const text = this.#file === null ? undefined : readCarefully(this.#file)?.toString();
    if (text === undefined) return null;
    try {
      return CALL.parse(JSON.parse(text));
    } catch {
      return null; // Torn: the start died before the call began.
    }
  }

  /** From now on calls are recorded, under the workspace's lock. */
  keep(keeper: Keeper): void {
    this.#keeper = keeper;
    this.#attempt((file) => rmSync(file, { force: true }));
  }

  begin(args: readonly string[]): Readonly<Record<string, string>> {
    if (this.#keeper === null) return {};
    this.#running += 1;
    if (this.#running === 1) {
      this.#attempt((file) => writeFileSync(file, JSON.stringify({ at: Date.now(), command: args[0] ?? '' })));
    }
    return { [this.#keeper.mark]: '1' };
  }

  end(isOver: boolean): void {
    if (this.#running === 0) return; // It began before there was a keeper.
    this.#running -= 1;
    if (this.#running === 0 && isOver) this.#attempt((file) => rmSync(file, { force: true }));
  }

  async kill(): Promise<void> {
    await this.#keeper?.endStray();
  }

  #attempt(change: (file: string) => void): void {
    try {
      if (this.#file !== null) change(this.#file);
    } catch {
      // A full disk, say. What a lost record costs is a question to the operator; a failed call costs the run.
    }
  }
}

const CALL = z.object({ at: z.number(), command: z.string() });
