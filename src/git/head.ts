import { lstatSync, type Stats } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { leadsNowhere } from '../files/disk-problem.ts';
import { readCarefully } from '../files/careful-read.ts';
import type { GitPath } from '../run/git-port.ts';
import { absolute } from './paths.ts';
import type { Place } from './place.ts';

/** What HEAD points to: the commit (null: none yet) and the branch (null: detached). */
export interface Head {
  readonly commit: string | null;
  readonly branch: string | null;
}

/** Reads HEAD without a process; null where the files do not tell (reftable, chains of symbolic references). */
export function readHead(place: Pick<Place, 'gitDir' | 'commonDir'>): Head | null {
  const head = readText(path.join(place.gitDir, 'HEAD'));
  if (head === null || head === 'ref: refs/heads/.invalid') return null;
  if (!head.startsWith('ref: ')) return { commit: head, branch: null };
  const reference = head.slice('ref: '.length);
  if (!reference.startsWith('refs/heads/')) return null;
  const branch = reference.slice('refs/heads/'.length);
  const loose = readText(path.join(place.commonDir, reference));
  if (loose?.startsWith('ref: ') === true) return null;
  if (loose !== null) return { commit: loose, branch };
  const packed = readText(path.join(place.commonDir, 'packed-refs'));
  const isHidden = (name: string) => standing(path.join(place.commonDir, name))?.isDirectory();
  // What is there and cannot be read may hold the answer all the same.
  if ([isHidden(reference), packed === null && isHidden('packed-refs')].includes(false)) return null;
  const line = packed?.split('\n').find((entry) => entry.endsWith(` ${reference}`));
  return { commit: line?.split(' ')[0] ?? null, branch };
}

/** What stands in a place, links not followed; undefined where nothing does, also below a file or a link to itself. */
export function standing(place: string): Stats | undefined {
  try {
    return lstatSync(place, { throwIfNoEntry: false });
  } catch (error) {
    if (leadsNowhere(error)) return undefined;
    throw error;
  }
}

export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/** Reads a commit that has just been made without a process; null when it is no commit, or not a loose object (any more). */
export function readLooseCommit(commonDir: string, id: string): Commit | null {
  const packed = readCarefully(path.join(commonDir, 'objects', id.slice(0, 2), id.slice(2)));
  if (packed === null) return null;
  const text = inflated(packed);
  if (text === null) return null;
  const header = text.slice(text.indexOf('\0') + 1).split('\n\n', 1)[0] ?? '';
  const [, tree] = /^tree (\w+)$/m.exec(header) ?? [];
  if (tree === undefined) return null;
  return {
    tree,
    parents: Array.from(header.matchAll(/^parent (\w+)$/gm), (match) => match[1] ?? ''),
    message: text.slice(text.indexOf('\n\n') + 2),
  };
}

/** Null when it is not what git would have written, or a bomb. */
function inflated(packed: Buffer): string | null {
  try {
    return inflateSync(packed, { maxOutputLength: 1 << 24 }).toString();
  } catch {
    return null;
  }
}

/** The commit that a submodule in a folder of the work tree has checked out; null when its files do not tell. */
export function submoduleCommit(top: string, folder: GitPath): string | null {
  const dotGit = absolute(top, `${folder}/.git`);
  const stats = lstatSync(dotGit, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  const gitDir = stats.isDirectory()
    ? dotGit.toString()
    : path.resolve(absolute(top, folder).toString(), readText(dotGit)?.replace(/^gitdir: /, '') ?? '');
  return readHead({ gitDir, commonDir: gitDir })?.commit ?? null;
}

function readText(file: string | Buffer): string | null {
  return readCarefully(file)?.toString().trim() ?? null;
}
