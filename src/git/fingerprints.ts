import { createHash } from 'node:crypto';
import { closeSync, constants, lstatSync, openSync, readSync, readlinkSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import type { GitPath } from '../run/git-port.ts';
import { submoduleCommit } from './head.ts';
import { absolute } from './paths.ts';
import { ABSENT, dirtyPaths } from './status.ts';
import type { Status } from './status.ts';

/** A path that git sees as deleted. */
const GONE = 'gone';

/** Content read for one observation at most, in bytes; what does not fit is told by its size, times and inode. */
const BUDGET = 64 * 1024 * 1024;

/** A file changed this recently may change again within the same tick of the file system's clock: its content is read again. */
const RACY_MS = 2000;

interface Known {
  readonly stat: string;
  readonly print: string;
  readonly settled: boolean;
}

interface Pending {
  readonly path: GitPath;
  readonly stats: BigIntStats;
}

/**
 * Tells for each dirty path its mode and content in a short string: `100644 <sha1>`, `120000 <sha1 of the target>`,
 * `160000 <commit>` or `gone`; beyond the budget `100644 @<size>.<times>.<inode>`. Remembers what it has read, so that
 * an unchanged file is not read again, and keeps the form of its fingerprint.
 */
export class Fingerprints {
  readonly #top: string;
  #known = new Map<GitPath, Known>();

  constructor(top: string) {
    this.#top = top;
  }

  of(status: Status): Map<GitPath, string> {
    return this.ofPaths(dirtyPaths(status), (path) => isDeleted(status, path));
  }

  /** The same of these paths. `isGone`: what is there is not what git means by it. */
  ofPaths(paths: Iterable<GitPath>, isGone: (path: GitPath) => boolean = () => false): Map<GitPath, string> {
    const result = new Map<GitPath, string>();
    const known = new Map<GitPath, Known>();
    const pending: Pending[] = [];
    for (const path of paths) {
      const stats = isGone(path) ? null : this.#lstat(path);
      result.set(path, GONE);
      if (stats === null) continue;
      if (stats.isDirectory()) result.set(path, this.#directory(path));
      else {
        const before = this.#known.get(path);
        if (before?.settled === true && before.stat === statPrint(stats)) {
          result.set(path, before.print);
          known.set(path, before);
        } else pending.push({ path, stats });
      }
    }
    // What had been read before keeps its form; then small files, so that a large one does not use up what would do for all others.
    const wasRead = ({ path }: Pending) => Number(this.#known.get(path)?.print.includes('@') === false);
    pending.sort(
      (a, b) => wasRead(b) - wasRead(a) || Number(a.stats.size - b.stats.size) || (a.path < b.path ? -1 : 1),
    );
    let left = BUDGET;
    for (const { path, stats } of pending) {
      const now = Date.now();
      const fits = Number(stats.size) <= left;
      if (fits) left -= Number(stats.size);
      const print = this.#print(path, stats, fits);
      result.set(path, print);
      const settled = print.includes('@') || Number(stats.ctimeMs) < now - RACY_MS;
      known.set(path, { stat: statPrint(stats), print, settled });
    }
    this.#known = known;
    return result;
  }

  /** A folder where git has a path is a submodule, or stands in for a deleted file. */
  #directory(path: GitPath): string {
    const commit = submoduleCommit(this.#top, path);
    return commit === null ? GONE : `160000 ${commit}`;
  }

  #print(path: GitPath, stats: BigIntStats, fits: boolean): string {
    const mode = gitMode(stats);
    if (mode === null || !fits) return `${mode ?? 'special'} @${statPrint(stats)}`;
    const file = absolute(this.#top, path);
    try {
      if (mode === '120000') return `${mode} ${hashBytes(readlinkSync(file, 'buffer'))}`;
      return `${mode} ${hashFile(file)}`;
    } catch (error) {
      if (isAbsence(error)) return GONE;
      // Unreadable to us, and still to be told apart when it changes.
      return `${mode} @${statPrint(stats)}`;
    }
  }

  #lstat(path: GitPath): BigIntStats | null {
    return lstat(this.#top, path);
  }
}

/** Null when there is nothing of that name, or a file or link stands where its folder was. */
export function lstat(top: string, path: GitPath): BigIntStats | null {
  try {
    return lstatSync(absolute(top, path), { bigint: true });
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

function isDeleted(status: Status, path: GitPath): boolean {
  return !status.untracked.has(path) && status.tracked.get(path)?.fileMode === ABSENT;
}

function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG';
}

function gitMode(stats: BigIntStats): string | null {
  if (stats.isSymbolicLink()) return '120000';
  if (!stats.isFile()) return null;
  return (stats.mode & 0o100n) === 0n ? '100644' : '100755';
}

function statPrint(stats: BigIntStats): string {
  return [stats.size, stats.mtimeNs, stats.ctimeNs, stats.ino, stats.mode].join('.');
}

function hashBytes(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex');
}

const CHUNK = Buffer.allocUnsafe(256 * 1024);

/** Neither follows a link nor waits for a pipe, should the file have become one since we looked. */
function hashFile(file: string | Buffer): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const hash = createHash('sha1');
    for (let read = -1; read !== 0;) {
      read = readSync(descriptor, CHUNK, 0, CHUNK.length, null);
      hash.update(CHUNK.subarray(0, read));
    }
    return hash.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}
