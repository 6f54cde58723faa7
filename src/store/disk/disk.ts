import path from 'node:path';
import { isThere, readText } from '../../files/door.ts';
import { meansMissing } from '../../files/disk-problem.ts';
import { makeFolder, moveAside } from '../../files/folders.ts';
import { FileFault } from '../../files/fault.ts';
import type { FileOperations } from '../../files/operations.ts';
import { promised } from '../../files/operations.ts';
import { appendWhole, copyOwn, replaceFile, replaceFiles } from '../../files/replace.ts';
import type { StateFiles } from '../layout.ts';

/**
 * The files of one state folder, for who holds its lock. Agents have the same folder in their hands: no link is followed, and what
 * is no plain file of bearable size is moved out of the way and counts as missing, which every reader knows how to mend. Failures
 * are Problems of kind `state` that name the file.
 */
export interface StateDisk {
  readonly state: StateFiles;
  /** UTF-8, invalid bytes replaced; null when there is no such file. */
  read(file: string): Promise<string | null>;
  /** Atomic and synced (`replaceFile`). */
  replace(file: string, text: string): Promise<void>;
  /** As `replace`, but after a power cut the file may be what it was before: for a change that is made again. */
  amend(file: string, text: string): Promise<void>;
  /** Atomic and not synced: for what mirrors the log, and is made from it again where a power cut took it. */
  mirror(file: string, text: string): Promise<void>;
  /** One write, not synced: for ledgers that the log backs up. */
  append(file: string, text: string): Promise<void>;
  /** `replace`, unless a file is there already; true when it wrote. */
  create(file: string, text: string): Promise<boolean>;
  /** The same for several files that can be made again, and so are not synced: one that a power cut left empty is none. */
  createAll(files: ReadonlyMap<string, string>): Promise<void>;
  /** What was moved out of the way since the last call, one sentence each. */
  movedAside(): readonly string[];
}

export function stateDisk(state: StateFiles, ops?: FileOperations): StateDisk {
  const said: string[] = [];
  /** What `work` gives; once what stands in its way has been moved aside, what it gives then. */
  const mending = async <T>(file: string, work: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FileFault) || error.file !== file || error.fault === 'link') throw error;
      if (error.fault === 'linked') await copyOwn(file, ops);
      else said.push(`${error.message}; it was moved to ${path.basename(moveAside(file, 'aside', new Date()))}`);
      return otherwise();
    }
  };
  const disk: StateDisk = {
    state,
    read: (file) =>
      mending(
        file,
        () => promised(() => readText(file)),
        () => Promise.resolve(null),
      ),
    replace: (file, text) => replaceFile(file, text, ops),
    amend: (file, text) => replaceFiles(new Map([[file, text]]), ops, 'for_content'),
    mirror: (file, text) => replaceFiles(new Map([[file, text]]), ops, 'for_nothing'),
    append(file, text) {
      const write = () => appendMaking(file, text, ops);
      return mending(file, write, write);
    },
    async create(file, text) {
      if (isThere(file, 'file')) return false;
      await disk.read(file); // A link is refused, anything else moved out of the way.
      await disk.replace(file, text);
      return true;
    },
    async createAll(files) {
      const missing = new Map<string, string>();
      for (const [file, text] of files) if (((await disk.read(file)) ?? '') === '') missing.set(file, text);
      if (missing.size > 0) await replaceFiles(missing, ops, 'for_nothing');
    },
    movedAside: () => said.splice(0),
  };
  return disk;
}

/** `appendWhole`; a folder that is missing is made first. */
async function appendMaking(file: string, text: string, ops: FileOperations | undefined): Promise<void> {
  const options = ops === undefined ? { sync: false } : { sync: false, ops };
  try {
    await appendWhole(file, text, options);
  } catch (error) {
    if (!meansMissing(error)) throw error;
    makeFolder(path.dirname(file));
    await appendWhole(file, text, options);
  }
}
