import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isErrno } from './disk-problem.ts';

/** What git keeps in small files (HEAD, a reference, a configuration) is far below this. */
const MOST_BYTES = 16 * 1024 * 1024;

export interface ReadOptions {
  /** For files of the user's outside the repository, which are often links into a collection. */
  readonly followLinks?: boolean;
  /** In bytes. */
  readonly most?: number;
}

/**
 * The bytes of a file that an agent may have put there: null when it is not there, no regular file, a link at its end, too large
 * or not for us. Waits for nothing.
 */
export function readCarefully(
  file: string | Buffer,
  { followLinks = false, most = MOST_BYTES }: ReadOptions = {},
): Buffer | null {
  return withRegularFile(file, followLinks, (descriptor, size) =>
    size > most ? null : readUpTo(descriptor, size + 1, null),
  );
}

/** How large a file is, and its last bytes, at most so many; null as for `readCarefully`, but for the size. Waits for nothing. */
export function readEndCarefully(file: string, most: number): { readonly size: number; readonly end: Buffer } | null {
  return withRegularFile(file, false, (descriptor, size) => ({
    size,
    end: readUpTo(descriptor, Math.min(size, most), Math.max(0, size - most)),
  }));
}

/** What stands where a person keeps a file, which may be a link to one: its bytes, or that it is none, or how many it has. */
export type FollowedFile = { readonly bytes: Buffer } | 'no_file' | { readonly tooLarge: number };

/** A file that a person names or keeps behind a link, at most so many bytes of it. Waits for nothing. Throws the system's error. */
export function readFollowing(file: string, most: number): FollowedFile {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isErrno(error) && error.code === 'ENXIO') return 'no_file'; // A socket.
    throw error;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return 'no_file';
    if (stats.size > most) return { tooLarge: stats.size };
    // A file that tells no size may have any; one more byte than it may have tells that it grows.
    const bytes = readUpTo(descriptor, stats.size === 0 ? most + 1 : stats.size + 1, null);
    return bytes.length > most ? { tooLarge: bytes.length } : { bytes };
  } finally {
    closeSync(descriptor);
  }
}

function withRegularFile<T>(
  file: string | Buffer,
  followLinks: boolean,
  read: (descriptor: number, size: number) => T | null,
): T | null {
  let descriptor: number;
  try {
    const noFollow = followLinks ? 0 : constants.O_NOFOLLOW;
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | noFollow);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(descriptor);
    return stats.isFile() ? read(descriptor, stats.size) : null;
  } catch {
    return null; // An error of the disk: the answer is then "the file does not tell".
  } finally {
    closeSync(descriptor);
  }
}

/** One that grows while it is read is taken as it was. `from`: a place in the file; null: where it stands. */
function readUpTo(descriptor: number, most: number, from: number | null): Buffer {
  const bytes = Buffer.alloc(most);
  let length = 0;
  for (let read = -1; read !== 0 && length < most; length += read) {
    read = readSync(descriptor, bytes, length, most - length, from === null ? null : from + length);
  }
  return bytes.subarray(0, length);
}
