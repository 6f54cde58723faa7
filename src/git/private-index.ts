import { constants, copyFileSync, linkSync, lstatSync, renameSync, rmSync, unlinkSync, utimesSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../core/problem.ts';
import { lockHolder } from './lock-holder.ts';
import { leftBehind, ownFile } from './own-files.ts';
import type { Place } from './place.ts';

const PREFIX = 'autoloop-index';
const POLL_MS = 20;

/** Identifies one version of the user's index; every writer of an index makes a new file. `none`: there is no index yet. */
export type IndexStamp = string;

export function indexStamp(place: Place): IndexStamp {
  const found = lstatSync(indexFile(place), { bigint: true, throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return stampOf(found);
  // Opening a named pipe waits for ever, for git as for us.
  throw new Problem(
    'git',
    `${indexFile(place)} is not a file: something else was put in its place`,
    'Move it away, restore the index (git read-tree HEAD), then resume the run.',
  );
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

  /** An index without entries, for a tree that is made from commits alone. */
  static empty(place: Place): PrivateIndex {
    const own = new PrivateIndex(place, 'none');
    own.remove();
    return own;
  }

  private constructor(place: Place, stamp: IndexStamp) {
    this.#place = place;
    this.#stamp = stamp;
    this.file = ownFile(place.gitDir, PREFIX);
  }

  /** A second copy, for a commit that leaves out what the user has staged. */
  duplicate(): string {
    copyAged(this.file, this.#second);
    return this.#second;
  }

  /** Makes the copy the user's index, and tells its stamp; null when theirs has changed meanwhile. Waits for a lock for `waitMs`. */
  async replaceOriginal(waitMs: number): Promise<IndexStamp | null> {
    const lock = lockFile(this.#place);
    await this.#takeLock(waitMs);
    let isReplaced = false;
    try {
      if (indexStamp(this.#place) !== this.#stamp) return null;
      const stamp = stampOf(lstatSync(lock, { bigint: true }));
      renameSync(lock, indexFile(this.#place));
      isReplaced = true;
      return stamp;
    } finally {
      if (!isReplaced) unlinkSync(lock);
    }
  }

  remove(): void {
    for (const file of [this.file, this.#second]) {
      rmSync(file, { force: true });
      rmSync(`${file}.lock`, { force: true });
    }
  }

  /** As git does it, the lock is the new index: giving it its place releases the lock. A dead one is told by being our copy. */
  async #takeLock(waitMs: number): Promise<void> {
    for (let waited = 0; ; waited += POLL_MS) {
      if (linkOrCopy(this.file, lockFile(this.#place))) return;
      if (waited >= waitMs) throw locked(this.#place);
      await sleep(POLL_MS);
    }
  }

  get #second(): string {
    return `${this.file}-head`;
  }
}

/** Removes copies that died with their process, and the lock of the user's index if it is one of them. */
export function removeDeadCopies(gitDir: string): void {
  const lock = path.join(gitDir, 'index.lock');
  for (const copy of leftBehind(gitDir, PREFIX)) {
    if (inodeOf(copy) === inodeOf(lock)) rmSync(lock, { force: true });
    rmSync(copy, { force: true });
  }
}

function inodeOf(file: string): bigint | null {
  return lstatSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}

/** Waits until nobody holds the lock of the user's index, `waitMs` at most. */
export async function waitForLock(place: Place, waitMs: number): Promise<void> {
  for (let waited = 0; lockAge(place) !== null; waited += POLL_MS) {
    if (waited >= waitMs) throw locked(place);
    await sleep(POLL_MS);
  }
}

/** False when `to` exists. A file system without hard links gets a copy. */
function linkOrCopy(from: string, to: string): boolean {
  try {
    linkSync(from, to);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    try {
      copyFileSync(from, to, constants.COPYFILE_EXCL);
    } catch (inCopy) {
      if (codeOf(inCopy) === 'EEXIST') return false;
      throw inCopy;
    }
  }
  return true;
}

function locked(place: Place): Problem {
  const age = Math.round((lockAge(place) ?? 0) / 1000);
  const [finding, hint] = holderWords(lockHolder(place));
  const what = `The repository's index is locked: ${lockFile(place)} was made ${age} s ago and is still there`;
  return new Problem('git', `${what}${finding}`, hint);
}

/** What is known of who holds the lock, and what to do. */
function holderWords(holder: string | null | undefined): readonly [string, string] {
  if (holder === null) {
    return [', and no git command is at work here', 'One that was killed left it: delete the file and resume the run.'];
  }
  if (holder !== undefined) return [`; at work here: ${holder}`, 'Let that command end, and resume the run.'];
  return ['', 'If no git command is running, one that was killed left it: delete the file and resume the run.'];
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

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
