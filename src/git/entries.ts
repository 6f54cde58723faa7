import { readCarefully } from '../files/careful-read.ts';
import type { GitPath } from '../run/git-port.ts';
import { names } from './coverage.ts';
import type { Git } from './git.ts';
import { absolute } from './paths.ts';
import { PrivateIndex } from './private-index.ts';
import { readIntoIndex } from './staging.ts';
import { ABSENT } from './status.ts';

/** What a tree or index has at a path. */
export interface Entry {
  /** In octal, as git prints it. */
  readonly mode: string;
  readonly id: string;
}

/** A path in which two trees differ; null: it is not there. */
export interface Difference {
  readonly path: GitPath;
  readonly from: Entry | null;
  readonly to: Entry | null;
}

export function sameEntry(a: Entry | null, b: Entry | null): boolean {
  return a === null || b === null ? a === b : a.mode === b.mode && a.id === b.id;
}

/** In what two trees differ: `from` the first one's. One process. */
export async function treeDifferences(git: Git, from: string, to: string): Promise<Difference[]> {
  const output = await git.output(['diff-tree', '-r', '-z', '--raw', '--no-renames', from, to, '--']);
  const fields = names(output);
  const changes: Difference[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [modeBefore = ABSENT, mode = ABSENT, idBefore = '', id = ''] = (fields[at] ?? '').slice(1).split(' ');
    changes.push({ path: fields[at + 1] ?? '', from: entry(modeBefore, idBefore), to: entry(mode, id) });
  }
  return changes;
}

function entry(mode: string, id: string): Entry | null {
  return mode === ABSENT ? null : { mode, id };
}

/** The files of a tree below these paths (none: all), by path. One process. */
export async function treeEntries(
  git: Git,
  tree: string,
  below: readonly GitPath[] = [],
): Promise<ReadonlyMap<GitPath, Entry>> {
  const paths = below.map((path) => Buffer.from(path, 'latin1').toString());
  const output = await git.output(['ls-tree', '-r', '-z', '--full-tree', tree, '--', ...paths]);
  const lines = names(output).map((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', , id = ''] = line.slice(0, tab).split(' ');
    return [line.slice(tab + 1), { mode, id }] as const;
  });
  return new Map(lines);
}

/** What the user's index has, or the one of this file. One process. */
export async function indexEntries(git: Git, file: string | null = null): Promise<ReadonlyMap<GitPath, Entry>> {
  const env = file === null ? {} : { GIT_INDEX_FILE: file };
  const lines = names(await git.output(['ls-files', '--stage', '-z'], { env })).map((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', id = ''] = line.slice(0, tab).split(' ');
    return [line.slice(tab + 1), { mode, id }] as const;
  });
  return new Map(lines);
}

/** What these files would be as entries; what is not there, or is no file, is left out. Two processes. */
export async function fileEntries(git: Git, paths: readonly GitPath[]): Promise<ReadonlyMap<GitPath, Entry>> {
  if (paths.length === 0) return new Map();
  const own = PrivateIndex.empty(git.place);
  try {
    await readIntoIndex(git, own.file, paths);
    return await indexEntries(git, own.file);
  } finally {
    own.remove();
  }
}

/** Whether a file is the beginning of this object: what a kill leaves of one that was being written. */
export async function isBeginningOf(git: Git, path: GitPath, { id }: Entry): Promise<boolean> {
  const whole = await git.output(['cat-file', 'blob', id], { isLong: true });
  const found = readCarefully(absolute(git.place.top, path), { most: whole.length });
  return found !== null && found.length < whole.length && whole.subarray(0, found.length).equals(found);
}
