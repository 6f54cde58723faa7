import { createHash } from 'node:crypto';
import { closeSync, constants, fsyncSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { syncFolder } from '../../files/replace.ts';
import { openChecked, openToRead, piecesOf } from '../../files/door.ts';
import { listFolder, makeFolder } from '../../files/folders.ts';
import { diskProblem } from '../../files/disk-problem.ts';

/** What was copied: paths relative to the source, `/`-separated and sorted, with SHA-256 as hex; and what was left out. */
export interface Copied {
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** Symbolic links and special files: they could lead out of the source. */
  readonly leftOut: readonly string[];
}

/**
 * Copies the files below `from`, byte for byte and with today's permissions, into the new folder `to`, all of them synced. The
 * source is only read. Rejects with a Problem of kind `state`.
 */
export async function copyTree(from: string, to: string): Promise<Copied> {
  const entries = entriesBelow(from, '');
  const names = entries.filter((entry) => entry.isFile).map((entry) => entry.relative);
  const folders = new Set([to, ...names.map((name) => path.dirname(path.join(to, name)))]);
  for (const folder of folders) makeFolder(folder);
  const files = names.map((name) => ({ path: name, sha256: copy(path.join(from, name), path.join(to, name)) }));
  for (const folder of folders) {
    await syncFolder(folder).catch((error: unknown) => {
      throw diskProblem(error, folder, 'written');
    });
  }
  return { files, leftOut: entries.filter((entry) => !entry.isFile).map((entry) => entry.relative) };
}

/** Returns the SHA-256 of the content as hex. */
function copy(from: string, to: string): string {
  const hash = createHash('sha256');
  const source = openToRead(from);
  if (source === null) throw new Problem('state', `${from} is gone`, 'Try again.');
  try {
    const target = openChecked(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
    try {
      for (const piece of piecesOf(source)) {
        hash.update(piece);
        for (let at = 0; at < piece.length;) at += writeSync(target, piece, at);
      }
      fsyncSync(target);
    } finally {
      closeSync(target);
    }
  } catch (error) {
    throw diskProblem(error, to, 'written');
  } finally {
    closeSync(source);
  }
  return hash.digest('hex');
}

function entriesBelow(root: string, folder: string): { relative: string; isFile: boolean }[] {
  const nested = listFolder(path.join(root, folder)).map(({ name, kind }) => {
    const relative = path.posix.join(folder, name);
    return kind === 'folder' ? entriesBelow(root, relative) : [{ relative, isFile: kind === 'file' }];
  });
  return nested.flat().sort((a, b) => (a.relative < b.relative ? -1 : 1));
}
