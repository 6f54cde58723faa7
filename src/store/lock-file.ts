import { constants } from 'node:fs';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { isErrno } from '../files/disk-problem.ts';
import { lookAt, readText, writeOver } from '../files/door.ts';
import { FileFault } from '../files/fault.ts';
import { giveSecondName, moveAside, remove, rename } from '../files/folders.ts';

/** Puts `text` in the place of a lock that the caller may replace. */
export function put(file: string, text: string): void {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  write(draft, text);
  try {
    rename(draft, file);
  } catch (error) {
    remove(draft);
    throw error;
  }
}

/** Makes a new file; throws the system's error when there is one of the name. */
export function write(file: string, text: string): void {
  writeOver(file, text, constants.O_EXCL);
}

/** Makes `file` a complete copy of `draft`, unless it exists: false. */
export function claim(draft: string, file: string): boolean {
  try {
    giveSecondName(draft, path.basename(file));
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(error.code)) throw error;
  }
  try {
    write(file, textIn(draft) ?? ''); // A file system without hard links (exFAT, shared folders).
    return true;
  } catch (error) {
    if (isErrno(error) && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** In ms; none when the file is gone. */
export function ageOf(file: string): number {
  const found = lookAt(file);
  return found === null ? 0 : Date.now() - found.writtenMs;
}

/** Null: there is none. What is no file is moved out of the way: it names no holder. */
export function textIn(file: string): string | null {
  try {
    return readText(file);
  } catch (error) {
    if (!(error instanceof FileFault) || error.fault === 'link') throw error;
    moveAside(file, 'aside', new Date());
    return null;
  }
}
