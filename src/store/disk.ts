import { readFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { appendWhole, replaceFile } from './atomic.ts';
import type { FileOperations } from './atomic.ts';
import { diskProblem, isMissing } from './disk-problem.ts';
import { guardPath } from './guard.ts';
import type { StateFiles } from './layout.ts';

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
}

export function stateDisk(state: StateFiles, ops?: FileOperations): StateDisk {
  const disk: StateDisk = {
    state,
    async read(file) {
      guardPath(state, file);
      try {
        return await readFile(file, 'utf8');
      } catch (error) {
        if (isMissing(error)) return null;
        throw diskProblem(error, file, 'read');
      }
    },
    async replace(file, text) {
      guardPath(state, file);
      await replaceFile(file, text, ops);
    },
    async append(file, text) {
      guardPath(state, file);
      await makeFolder(path.dirname(file));
      await appendWhole(file, text, ops === undefined ? { sync: false } : { sync: false, ops });
    },
    async create(file, text) {
      if ((await disk.read(file)) !== null) return false;
      await disk.replace(file, text);
      return true;
    },
  };
  return disk;
}

/** Creates a folder with its parents. Rejects with a Problem of kind `state`. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw diskProblem(error, folder, 'written');
  }
}
