import { rmSync } from 'node:fs';
import * as z from 'zod';
import { readCarefully } from '../files/careful-read.ts';
import { writeOver } from '../files/door.ts';
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
      return null; // Empty, as after each call; or torn: the start died before the call began.
    }
  }

  /** From now on calls are recorded, under the workspace's lock. */
  keep(keeper: Keeper): void {
    this.#keeper = keeper;
    this.#attempt(NOTHING);
  }

  /** No call will follow: the file goes, unless it tells of one that died. Never throws. */
  forget(): void {
    if (this.#file === null || this.died() !== null) return;
    try {
      rmSync(this.#file, { force: true });
    } catch {
      // What stays tells of nothing.
    }
  }

  begin(args: readonly string[]): Readonly<Record<string, string>> {
    if (this.#keeper === null) return {};
    this.#running += 1;
    if (this.#running === 1) {
      this.#attempt(JSON.stringify({ at: Date.now(), command: args[0]?.slice(0, 40) ?? '' }));
    }
    return { [this.#keeper.mark]: '1' };
  }

  end(isOver: boolean): void {
    if (this.#running === 0) return; // It began before there was a keeper.
    this.#running -= 1;
    if (this.#running === 0 && isOver) this.#attempt(NOTHING);
  }

  async kill(): Promise<void> {
    await this.#keeper?.endStray();
  }

  #attempt(text: string): void {
    try {
      if (this.#file !== null) write(this.#file, text);
    } catch {
      // A full disk, say. What a lost record costs is a question to the operator; a failed call costs the run.
    }
  }
}

const NOTHING = '';
/** In bytes. More than a record ever has, so that what is written takes the place of all that was there. */
const LENGTH = 128;

/** In place: a file that comes and goes with each call costs a file system more than the rest of the call does. Throws what kept it. */
function write(file: string, text: string): void {
  writeOver(file, text.padEnd(LENGTH));
}

const CALL = z.object({ at: z.number(), command: z.string() });
