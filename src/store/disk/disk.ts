import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { appendWhole, replaceFile, replaceFiles } from '../../files/replace.ts';
import type { FileOperations } from '../../files/operations.ts';
import { diskProblem, isMissing } from '../../files/disk-problem.ts';
import { guardPath } from './guard.ts';
import type { StateFiles } from '../layout.ts';
import { promised } from '../../files/operations.ts';

/**
 * The files of one state folder. No operation follows a symbolic link out of it, at any moment of a run: agents have the
 * same folder in their hands. Failures are Problems of kind `state` that name the file.
 */
export interface StateDisk {
  readonly state: StateFiles;
  /** UTF-8, invalid bytes replaced; null when there is no such file. */
  read(file: string): Promise<string | null>;
  /** Atomic and synced (`replaceFile`). */
  replace(file: string, text: string): Promise<void>;
  /** One write, not synced: for ledgers that the log backs up. */
  append(file: string, text: string): Promise<void>;
  /** `replace`, unless something is there already; true when it wrote. */
  create(file: string, text: string): Promise<boolean>;
  /** The same for several files, whose folders are synced once. */
  createAll(files: ReadonlyMap<string, string>): Promise<void>;
}

export function stateDisk(state: StateFiles, ops?: FileOperations): StateDisk {
  const disk: StateDisk = {
    state,
    read: (file) =>
      promised(() => {
        guardPath(state, file);
        return readText(file);
      }),
    async replace(file, text) {
      guardPath(state, file);
      await replaceFile(file, text, ops);
    },
    async append(file, text) {
      guardPath(state, file);
      makeFolder(path.dirname(file));
      await appendWhole(file, text, ops === undefined ? { sync: false } : { sync: false, ops });
    },
    async create(file, text) {
      if ((await disk.read(file)) !== null) return false;
      await disk.replace(file, text);
      return true;
    },
    async createAll(files) {
      const missing = new Map<string, string>();
      for (const [file, text] of files) if ((await disk.read(file)) === null) missing.set(file, text);
      if (missing.size > 0) await replaceFiles(missing, ops);
    },
  };
  return disk;
}

/** UTF-8, invalid bytes replaced; null when there is no such file. Throws a Problem of kind `state`. */
export function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw diskProblem(error, file, 'read');
  }
}

/** Creates a folder with its parents. Throws a Problem of kind `state`. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw diskProblem(error, folder, 'written');
  }
}
