import {
  closeSync,
  copyFileSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../core/problem.ts';
import type { Place } from './place.ts';

const PREFIX = 'autoloop-index';
const HOST = hostname().replaceAll(/\W/g, '_');
const POLL_MS = 20;

/** Identifies one version of the user's index; every writer of an index makes a new file. `none`: there is no index yet. */
export type IndexStamp = string;

export function indexStamp(place: Place): IndexStamp {
  return stampOf(lstatSync(indexFile(place), { bigint: true, throwIfNoEntry: false }));
}

/**
 * A copy of the user's index, beside it (a split index and the final rename need the same folder), which a checkpoint is
 * prepared in. The user's own index stays as it is until the copy takes its place.
 */
export class PrivateIndex {
  readonly #place: Place;
  readonly #stamp: IndexStamp;
  /** What becomes the user's index: theirs and the checkpoint's paths. */
  readonly file: string;

  /** Null when the index is not the one of `stamp` (any more). */
  static copy(place: Place, stamp: IndexStamp): PrivateIndex | null {
    if (indexStamp(place) !== stamp) return null;
    const own = new PrivateIndex(place, stamp);
    own.remove();
    if (stamp !== 'none') copyAged(indexFile(place), own.file);
    // Once more, because somebody may have written it during the copying.
    if (indexStamp(place) === stamp) return own;
    own.remove();
    return null;
  }

  private constructor(place: Place, stamp: IndexStamp) {
    this.#place = place;
    this.#stamp = stamp;
    this.file = path.join(place.gitDir, `${PREFIX}-${HOST}-${process.pid}`);
  }

  /** A second copy, for a commit that leaves out what the user has staged. */
  duplicate(): string {
    copyAged(this.file, this.#second);
    return this.#second;
  }

  /** Makes the copy the user's index, and tells its stamp; null when theirs has changed meanwhile. Waits for a lock for `waitMs`. */
  async replaceOriginal(waitMs: number): Promise<IndexStamp | null> {
    const index = indexFile(this.#place);
    await takeLock(this.#place, waitMs);
    try {
      if (indexStamp(this.#place) !== this.#stamp) return null;
      const stamp = stampOf(lstatSync(this.file, { bigint: true }));
      renameSync(this.file, index);
      return stamp;
    } finally {
      unlinkSync(lockFile(this.#place));
    }
  }

  remove(): void {
    for (const file of [this.file, this.#second]) {
      rmSync(file, { force: true });
      rmSync(`${file}.lock`, { force: true });
    }
  }

  get #second(): string {
    return `${this.file}-head`;
  }
}

/** Removes copies that died with their process. Those of another host (a container that shares the folder) may be in use. */
export function removeDeadCopies(gitDir: string): void {
  const pattern = new RegExp(`^${PREFIX}-${HOST}-(\\d+)(-head)?(\\.lock)?$`);
  for (const name of readdirSync(gitDir)) {
    const pid = pattern.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(path.join(gitDir, name), { force: true });
  }
}

/** Waits until nobody holds the lock of the user's index, `waitMs` at most. */
export async function waitForLock(place: Place, waitMs: number): Promise<void> {
  for (let waited = 0; lockAge(place) !== null; waited += POLL_MS) {
    if (waited >= waitMs) throw locked(place);
    await sleep(POLL_MS);
  }
}

async function takeLock(place: Place, waitMs: number): Promise<void> {
  for (let waited = 0; ; waited += POLL_MS) {
    try {
      closeSync(openSync(lockFile(place), 'wx'));
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    if (waited >= waitMs) throw locked(place);
    await sleep(POLL_MS);
  }
}

function locked(place: Place): Problem {
  const age = Math.round((lockAge(place) ?? 0) / 1000);
  return new Problem(
    'git',
    `The repository's index is locked: ${lockFile(place)} was made ${age} s ago and is still there`,
    'Another git command holds it, or left it when it was killed. If none is running, delete the file and resume the run.',
  );
}

function lockAge(place: Place): number | null {
  const stats = lstatSync(lockFile(place), { throwIfNoEntry: false });
  return stats === undefined ? null : Date.now() - stats.mtimeMs;
}

function indexFile(place: Place): string {
  return path.join(place.gitDir, 'index');
}

function lockFile(place: Place): string {
  return `${indexFile(place)}.lock`;
}

function stampOf(stats: BigIntStats | undefined): IndexStamp {
  return stats === undefined ? 'none' : `${stats.ino}.${stats.mtimeNs}.${stats.size}`;
}

/**
 * The copy is dated a millisecond before the original. git reads a file again when its time is not before the index's: a younger
 * copy would hide an edit that was made in the same moment as the original.
 */
function copyAged(from: string, to: string): void {
  const { mtimeNs } = lstatSync(from, { bigint: true });
  copyFileSync(from, to);
  const seconds = Number(mtimeNs / 1000n) / 1e6 - 0.001;
  utimesSync(to, seconds, seconds);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
