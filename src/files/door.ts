import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { BigIntStats, Stats } from 'node:fs';
import path from 'node:path';
import { diskProblem, isMissing } from './disk-problem.ts';
import { FileFault, largeFault, linkFault } from './fault.ts';
import { NO_FOLLOW, NON_BLOCKING, within } from './way.ts';

/*
 * The one door to files that others may have their hands on: the state below the workspace, the artifacts, the configuration of
 * the workspace. No link is followed at any level, only regular files are opened, nothing waits, and what is read has a bound.
 */

/** The most that is read of one document or JSON file, in bytes. */
export const DOCUMENT_BYTES = 10_000_000;
/** The most that one line of a log may have, in bytes. */
export const LINE_BYTES = 16 * 1024 * 1024;

/** What stands at a path, nothing followed. */
export interface Standing {
  readonly kind: 'file' | 'folder' | 'link' | 'special';
  readonly size: number;
  /** Tells one content from another without reading it. */
  readonly version: string;
  readonly mode: number;
  readonly changedMs: number;
  readonly writtenMs: number;
  readonly birthMs: number;
}

/** Null: nothing is there. Throws a Problem of kind `state`. */
export function lookAt(file: string): Standing | null {
  try {
    return within(path.dirname(file), (way) => {
      const found = lstatSync(path.join(way, path.basename(file)), { bigint: true, throwIfNoEntry: false });
      return found === undefined ? null : standing(found);
    });
  } catch (error) {
    if (isMissing(error)) return null;
    throw diskProblem(error, file, 'read');
  }
}

/** Whether a regular file, or a folder, stands there. Never throws: what may not be looked at is not there for us. */
export function isThere(place: string, kind: 'file' | 'folder' | 'either' = 'either'): boolean {
  try {
    const found = lookAt(place)?.kind;
    return kind === 'either' ? found === 'file' || found === 'folder' : found === kind;
  } catch {
    return false;
  }
}

/** A descriptor for reading; null when nothing is there. Throws a FileFault or another Problem of kind `state`. */
export function openToRead(file: string): number | null {
  try {
    return openChecked(file, constants.O_RDONLY);
  } catch (error) {
    if (isMissing(error)) return null;
    throw diskProblem(error, file, 'read');
  }
}

/** The whole content; null when nothing is there. Throws a FileFault (`large`: more than `most` bytes) or another Problem. */
export function readBytes(file: string, most = DOCUMENT_BYTES): Buffer | null {
  const descriptor = openToRead(file);
  if (descriptor === null) return null;
  try {
    const { size } = fstatSync(descriptor);
    if (size > most) throw largeFault(file, size, most);
    let bytes = Buffer.allocUnsafe(size + 1);
    for (let at = 0; ;) {
      const read = readSync(descriptor, bytes, at, bytes.length - at, null);
      if (read === 0) return bytes.subarray(0, at);
      at += read;
      if (at > most) throw largeFault(file, at, most);
      if (at === bytes.length) bytes = Buffer.concat([bytes], 2 * at + PIECE_BYTES); // It grows while it is read.
    }
  } catch (error) {
    throw diskProblem(error, file, 'read');
  } finally {
    closeSync(descriptor);
  }
}

/** A file that is read in pieces and in any order. */
export interface Reader {
  /** Tells the file from another of its name. */
  readonly identity: string;
  /** When it was opened, in bytes. */
  readonly size: number;
  /** When it was written last, ms since 1970. */
  readonly writtenMs: number;
  /** Fills `target` from this byte of the file on, as far as there is something; the number of bytes. */
  read(target: Buffer, at: number): number;
  close(): void;
}

/** Null when nothing is there. Throws a FileFault or another Problem of kind `state`. */
export async function openReader(file: string): Promise<Reader | null> {
  await Promise.resolve(); // Whoever reads a long file lets others work between.
  const descriptor = openToRead(file);
  if (descriptor === null) return null;
  const { ino, birthtimeMs, mtimeMs, size } = fstatSync(descriptor);
  return {
    identity: `${ino} ${birthtimeMs}`,
    size,
    writtenMs: mtimeMs,
    read: (target, at) => readSync(descriptor, target, 0, target.length, at),
    close: () => closeSync(descriptor),
  };
}

/**
 * The bytes of an open file from this one on, piece by piece: a piece is good until the next one is asked for. Without `from`, from where
 * the file stands.
 */
export function* piecesOf(descriptor: number, from: number | null = null): Generator<Buffer> {
  // Most files are small, and what is asked for at once is garbage afterwards: of a long log, in pieces of a megabyte, 25 MB more.
  const left = fstatSync(descriptor).size - (from ?? 0);
  const chunk = Buffer.allocUnsafe(Math.min(Math.max(left + 1, LEAST_PIECE_BYTES), PIECE_BYTES));
  for (let at = from ?? 0; ;) {
    const size = readSync(descriptor, chunk, 0, chunk.length, from === null ? null : at);
    if (size === 0) return;
    at += size;
    yield chunk.subarray(0, size);
  }
}

const LEAST_PIECE_BYTES = 4096;
const PIECE_BYTES = 64 * 1024;

/** UTF-8, invalid bytes replaced; else as `readBytes`. */
export function readText(file: string, most = DOCUMENT_BYTES): string | null {
  return readBytes(file, most)?.toString('utf8') ?? null;
}

/**
 * Opens a regular file with these flags. Throws a FileFault for anything else that stands there, and, where it is to be written,
 * for a file that has a second name; else the system's error.
 */
export function openChecked(file: string, flags: number, mode = 0o600): number {
  return within(path.dirname(file), (way) => {
    const place = path.join(way, path.basename(file));
    const before = lstatSync(place, { throwIfNoEntry: false });
    if (before !== undefined) refuseOther(file, before);
    const descriptor = openSync(place, flags | NO_FOLLOW | NON_BLOCKING, mode);
    try {
      const opened = fstatSync(descriptor);
      refuseOther(file, opened);
      const isWritten = (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
      if (isWritten && opened.nlink > 1) throw new FileFault(file, 'linked', 'a file that has a second name elsewhere');
      return descriptor;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  });
}

/** Writes over the begin of a file, which is made where it is missing; with more `flags` as these say. Throws as `openChecked`. */
export function writeOver(file: string, content: string | Buffer, flags = 0): void {
  const descriptor = openChecked(file, constants.O_WRONLY | constants.O_CREAT | flags);
  try {
    writeSync(descriptor, Buffer.from(content), 0, undefined, 0);
  } finally {
    closeSync(descriptor);
  }
}

/** Tells one content of a file from another without reading it; null where nothing is. */
export function versionOf(file: string): string | null {
  return lookAt(file)?.version ?? null;
}

/** What a look at a path or a descriptor has found. */
export function standing(found: BigIntStats): Standing {
  return {
    kind: kindOf(found),
    size: Number(found.size),
    version: [found.dev, found.ino, found.size, found.ctimeNs].join(' '),
    mode: Number(found.mode) & 0o777,
    changedMs: inMs(found.ctimeNs),
    writtenMs: inMs(found.mtimeNs),
    birthMs: inMs(found.birthtimeNs),
  };
}

/** With its fraction: much happens within a millisecond. */
function inMs(ns: bigint): number {
  return Number(ns) / 1e6;
}

/** What of a Stats or Dirent says what kind of thing it is. */
type Told = Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>;

/** Nothing followed. */
export function kindOf(found: Told): Standing['kind'] {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  return found.isSymbolicLink() ? 'link' : 'special';
}

function refuseOther(file: string, found: Stats): void {
  if (found.isFile()) return;
  if (found.isSymbolicLink()) throw linkFault(file);
  if (found.isDirectory()) throw new FileFault(file, 'folder', 'a folder where a file belongs');
  const what = found.isFIFO() ? 'a named pipe' : found.isSocket() ? 'a socket' : 'a device';
  throw new FileFault(file, 'special', `${what} where a file belongs`);
}
