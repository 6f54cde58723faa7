import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { MOST_RESULT_BYTES } from './parse/parsed.ts';

export type ResultTexts = { readonly texts: readonly string[] } | { readonly unreadable: string };

/**
 * The texts of the files that match a glob below `cwd`. Only regular files inside the tree are read, and no more than 64 MB of them
 * all: whatever else is found in their place cannot be believed.
 */
export function readResults(glob: string, { root, cwd }: { root: string; cwd: string }): ResultTexts {
  const { base } = picomatch.scan(glob);
  const inside = path.relative(root, path.resolve(cwd, base));
  if (path.isAbsolute(glob) || glob.split('/').includes('..') || inside.startsWith('..')) {
    return { unreadable: `its results are outside of the tree: ${glob}` };
  }
  const matches = picomatch(glob, { dot: true });
  const files = filesBelow(cwd, base).filter((file) => matches(file));
  const texts: string[] = [];
  let bytes = 0;
  for (const file of files.sort()) {
    const text = readResult(path.join(cwd, file), { root, room: MOST_RESULT_BYTES - bytes });
    if (typeof text !== 'string') return text;
    bytes += Buffer.byteLength(text);
    texts.push(text);
  }
  return { texts };
}

/** The text of one file. `root`: it must lie inside of this folder, whatever links lead to it. */
export function readResult(
  file: string,
  { root, room }: { root: string; room: number },
): string | { unreadable: string } {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return { unreadable: 'it wrote no results' };
  if (!stats.isFile()) return { unreadable: `its results are not a regular file: ${path.basename(file)}` };
  const real = path.relative(realpathSync(root), realpathSync(file));
  if (real.startsWith('..')) return { unreadable: `its results lie outside of the tree: ${path.basename(file)}` };
  if (stats.size > room) return { unreadable: 'its results are larger than 64 MB' };
  return readFileSync(file, 'utf8');
}

/** Paths below `base`, relative to `cwd`; links are not followed. */
function filesBelow(cwd: string, base: string): string[] {
  const start = path.join(cwd, base);
  if (lstatSync(start, { throwIfNoEntry: false })?.isDirectory() !== true) return base === '' ? [] : [base];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(cwd, path.join(entry.parentPath, entry.name)));
}
