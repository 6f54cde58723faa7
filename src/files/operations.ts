import {
  closeSync,
  fchmodSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  writeSync,
} from 'node:fs';
import { openChecked } from './door.ts';
import { remove, rename } from './folders.ts';

/** The operations on files that can fail in the middle; a test passes its own to make one of them fail. */
export interface FileOperations {
  /** A regular file; see `openChecked`. */
  open(file: string, flags: number, mode?: number): Promise<OpenFile>;
  /** To be synced. */
  openFolder(folder: string): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing happens where nothing is. */
  rm(file: string): Promise<void>;
}

export interface OpenFile {
  stat(): Promise<{ readonly size: number }>;
  /** Writes `bytes` from index `at` on to the file, or a part of them. */
  write(bytes: Buffer, at: number): Promise<{ readonly bytesWritten: number }>;
  truncate(size: number): Promise<void>;
  chmod(mode: number): Promise<void>;
  sync(): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The system's. A call takes a few microseconds, and ten times as long by way of another thread. That holds for waiting for the
 * disk as well, and nothing can go on before it is over: what an agent says meanwhile waits in its pipe.
 */
export const FILES: FileOperations = {
  open: (file, flags, mode) => promised(() => openFile(openChecked(file, flags, mode))),
  openFolder: (folder) => promised(() => openFile(openSync(folder, 'r'))),
  rename: (from, to) => promised(() => rename(from, to)),
  rm: (file) => promised(() => remove(file)),
};

function openFile(descriptor: number): OpenFile {
  return {
    stat: () => promised(() => fstatSync(descriptor)),
    write: (bytes, at) => promised(() => ({ bytesWritten: writeSync(descriptor, bytes, at) })),
    truncate: (size) => promised(() => ftruncateSync(descriptor, size)),
    chmod: (mode) => promised(() => fchmodSync(descriptor, mode)),
    sync: () => promised(() => fsyncSync(descriptor)),
    datasync: () => promised(() => fdatasyncSync(descriptor)),
    close: () => promised(() => closeSync(descriptor)),
  };
}

/** The result of `call`, which is made at once, as a promise; what it throws is a rejection. */
export function promised<T>(call: () => T): Promise<T> {
  return new Promise((resolve) => resolve(call()));
}
