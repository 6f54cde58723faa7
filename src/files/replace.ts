import { randomBytes } from 'node:crypto';
import { closeSync, constants } from 'node:fs';
import path from 'node:path';
import { diskProblem, isErrno, meansMissing } from './disk-problem.ts';
import { lookAt, openToRead, piecesOf } from './door.ts';
import { makeFolder, moveAside } from './folders.ts';
import { type FileOperations, FILES, type OpenFile } from './operations.ts';

/** How often this process synced a file or folder: a figure of the bench. */
export const syncs = { count: 0 };

/**
 * Replaces the content of `file`: afterwards it holds all of `content`, or, when this rejects, what it held before.
 * The folder is created. An existing file keeps its mode. Survives a power cut (docs/state.md).
 * Rejects with a Problem of kind `state`.
 */
export async function replaceFile(file: string, content: string | Buffer, ops: FileOperations = FILES): Promise<void> {
  await replaceFiles(new Map([[file, content]]), ops);
}

/** What a replacement waits for the disk to hold: nothing, the new content, or its name in the folder as well. */
export type Waits = 'for_nothing' | 'for_content' | 'for_all';

/**
 * The same for several files, one after the other. Their folders are synced once, after the last. A kill leaves the old content or the
 * new whatever is waited for, and so does a power cut where content is; without, it may leave neither.
 */
export async function replaceFiles(
  files: ReadonlyMap<string, string | Buffer>,
  ops: FileOperations = FILES,
  waits: Waits = 'for_all',
): Promise<void> {
  const anyFileIn = new Map([...files.keys()].map((file) => [path.dirname(file), file]));
  let at = '';
  for (let triesLeft = 5; ; triesLeft -= 1) {
    try {
      for (const [file, content] of files) {
        at = file;
        await putFile(file, content, ops, waits !== 'for_nothing');
      }
      for (const [folder, file] of waits === 'for_all' ? anyFileIn : []) {
        at = file;
        await syncFolder(folder, ops);
      }
      return;
    } catch (error) {
      // There is no folder yet, or an agent is removing it just now.
      if (triesLeft === 0 || !meansMissing(error)) throw diskProblem(error, at, 'written');
      makeFolder(path.dirname(at));
    }
  }
}

async function putFile(file: string, content: string | Buffer, ops: FileOperations, isDurable: boolean): Promise<void> {
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeNew(temporary, content, { mode: modeOf(file), isDurable }, ops);
    await ops.rename(temporary, file);
  } catch (error) {
    await ops.rm(temporary).catch(() => {
      // What is left over is an ignored *.tmp file; the first error is the one to tell.
    });
    throw error;
  }
}

/**
 * Appends `text` with one write, creating the file; with `sync` it is on the disk when this resolves. When it rejects
 * (a Problem of kind `state`), the part that was written is gone again, unless the disk refuses that too.
 * Resolves with the file's size before and after, in bytes.
 */
export async function appendWhole(
  file: string,
  text: string,
  { sync, ops = FILES }: { readonly sync: boolean; readonly ops?: FileOperations },
): Promise<{ before: number; after: number }> {
  try {
    const handle = await ops.open(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
    try {
      const before = (await handle.stat()).size;
      const bytes = Buffer.from(text, 'utf8');
      try {
        await writeAll(handle, bytes);
        if (sync) await syncData(handle);
      } catch (error) {
        await handle.truncate(before).catch(() => {
          // A disk that fails both ways leaves a torn line, which the next reader moves aside.
        });
        throw error;
      }
      return { before, after: before + bytes.length };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw diskProblem(error, file, 'written');
  }
}

/** Gives a file that has a second name elsewhere, which writing it would change, a content of its own. Rejects with a Problem. */
export async function copyOwn(file: string, ops: FileOperations = FILES): Promise<void> {
  const copy = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    const source = openToRead(file);
    if (source === null) return;
    try {
      const handle = await ops.open(copy, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
      try {
        for (const piece of piecesOf(source)) await writeAll(handle, piece);
      } finally {
        await handle.close();
      }
    } finally {
      closeSync(source);
    }
    await ops.rename(copy, file);
  } catch (error) {
    throw diskProblem(error, file, 'written');
  }
}

/** Makes the names in `folder` survive a power cut. */
export async function syncFolder(folder: string, ops: FileOperations = FILES): Promise<void> {
  const handle = await ops.openFolder(folder).catch((error: unknown) => {
    // Windows cannot open a folder; its file systems journal names by themselves.
    if (isErrno(error) && (error.code === 'EISDIR' || error.code === 'EPERM' || error.code === 'EACCES')) return null;
    throw error;
  });
  if (handle === null) return;
  try {
    syncs.count += 1;
    await handle.sync();
  } catch (error) {
    // Some network and FUSE file systems have no sync of folders.
    if (!isErrno(error) || !['EINVAL', 'ENOTSUP', 'EPERM'].includes(error.code)) throw error;
  } finally {
    await handle.close();
  }
}

async function writeNew(
  file: string,
  content: string | Buffer,
  { mode, isDurable }: { readonly mode: number | null; readonly isDurable: boolean },
  ops: FileOperations,
): Promise<void> {
  const handle = await ops.open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode ?? 0o600);
  try {
    await writeAll(handle, Buffer.isBuffer(content) ? content : Buffer.from(content, 'utf8'));
    if (mode !== null) await handle.chmod(mode);
    if (!isDurable) return;
    syncs.count += 1;
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: OpenFile, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
}

async function syncData(handle: OpenFile): Promise<void> {
  syncs.count += 1;
  await handle.datasync();
}

/** Of the file that is replaced. What is no file at all, and so cannot be, is moved out of the way. */
function modeOf(file: string): number | null {
  const found = lookAt(file);
  if (found?.kind === 'folder') moveAside(file, 'aside', new Date());
  return found?.kind === 'file' ? found.mode : null;
}
