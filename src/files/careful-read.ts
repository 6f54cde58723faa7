import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** What git keeps in small files (HEAD, a reference, a configuration) is far below this. */
const MOST_BYTES = 16 * 1024 * 1024;

export interface ReadOptions {
  /** For files of the user's outside the repository, which are often links into a collection. */
  readonly followLinks?: boolean;
}

/**
 * The bytes of a file that an agent may have put there: null when it is not there, no regular file, a link at its end, too large
 * or not for us. Waits for nothing.
 */
export function readCarefully(file: string | Buffer, { followLinks = false }: ReadOptions = {}): Buffer | null {
  let descriptor: number;
  try {
    const noFollow = followLinks ? 0 : constants.O_NOFOLLOW;
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | noFollow);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > MOST_BYTES) return null;
    return readUpTo(descriptor, stats.size + 1);
  } catch {
    return null; // An error of the disk: the answer is then "the file does not tell".
  } finally {
    closeSync(descriptor);
  }
}

/** One that grows while it is read is taken as it was. */
function readUpTo(descriptor: number, most: number): Buffer {
  const bytes = Buffer.alloc(most);
  let length = 0;
  for (let read = -1; read !== 0 && length < most; length += read) {
    read = readSync(descriptor, bytes, length, most - length, null);
  }
  return bytes.subarray(0, length);
}
