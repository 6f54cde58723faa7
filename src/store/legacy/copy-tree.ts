import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../files/replace.ts';
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
  const entries = await entriesBelow(from, '');
  const names = entries.filter((entry) => entry.isFile).map((entry) => entry.relative);
  const folders = new Set([to, ...names.map((name) => path.dirname(path.join(to, name)))]);
  for (const folder of folders) await making(folder, () => mkdir(folder, { recursive: true }));
  const files: { path: string; sha256: string }[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE);
    const copies = some.map(async (name) => ({
      path: name,
      sha256: await copy(path.join(from, name), path.join(to, name)),
    }));
    files.push(...(await Promise.all(copies)));
  }
  for (const folder of folders) await making(folder, () => syncFolder(folder));
  return { files, leftOut: entries.filter((entry) => !entry.isFile).map((entry) => entry.relative) };
}

/** Files that are open at the same time: a disk syncs many in the time of one. */
const AT_ONCE = 32;

/** Resolves with the SHA-256 of the content as hex. */
async function copy(from: string, to: string): Promise<string> {
  const content = await readFile(from).catch((error: unknown) => {
    throw diskProblem(error, from, 'read');
  });
  await making(to, async () => {
    const handle = await open(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
  return createHash('sha256').update(content).digest('hex');
}

async function making(place: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw diskProblem(error, place, 'written');
  }
}

async function entriesBelow(root: string, folder: string): Promise<{ relative: string; isFile: boolean }[]> {
  const place = path.join(root, folder);
  const entries = await readdir(place, { withFileTypes: true }).catch((error: unknown) => {
    throw diskProblem(error, place, 'read');
  });
  const nested = entries.map(async (entry) => {
    const relative = path.posix.join(folder, entry.name);
    return entry.isDirectory() ? entriesBelow(root, relative) : [{ relative, isFile: entry.isFile() }];
  });
  return (await Promise.all(nested)).flat().sort((a, b) => (a.relative < b.relative ? -1 : 1));
}
