import { lstatSync, readdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import path from 'node:path';
import type { GitPath } from '../run/git-port.ts';
import type { Git } from './git.ts';
import { names } from './coverage.ts';
import { absolute, nulTerminated, stateFolderIn, toText } from './paths.ts';
import { dependencyFolder } from './selection.ts';

/** What was written and is in no checkpoint, because git does not show it. */
export interface Unshown {
  /** Dependency folders, ending in `/`; then files, ignored or marked so that git passes over them. */
  readonly paths: readonly GitPath[];
  /** Submodules and other repositories within this one in which files were written; ending in `/`. */
  readonly repositories: readonly GitPath[];
  /** Files of ignore rules that were written as well, relative to the top where they are in it, each with a file that it hides. */
  readonly hiding: readonly { readonly rules: string; readonly path: GitPath }[];
  /** Folders, ending in `/`, with more in them than is looked through; empty for the top. */
  readonly unseen: readonly GitPath[];
}

/** Enough for any repository that people work in; what is beyond is not looked through, and said. The same for each folder of dependencies. */
const MOST_ENTRIES = 300_000;

/**
 * Looks through the work tree for what changed since a moment (ms since 1970, by the time that no program can set) and is neither
 * tracked nor shown as untracked. Two processes, none when nothing changed.
 */
export async function findUnshown(git: Git, since: number, most: number = MOST_ENTRIES): Promise<Unshown> {
  const found = changedSince(git, since, most);
  const { repositories, dependencies, unseen } = found;
  if (found.files.length === 0 && dependencies.size === 0) return { paths: [], repositories, hiding: [], unseen };
  const { tracked, marked } = await indexed(git);
  const inIndex = new Set(Array.from(tracked, (file) => dependencyFolder(file, git.place.prefix)));
  const folders = [...dependencies.keys()].filter((folder) => !inIndex.has(folder)).sort();
  // What is kept in the repository is committed like other sources.
  const kept = Array.from(dependencies, ([folder, below]) => (inIndex.has(folder) ? below : [])).flat();
  const files = [...found.files, ...kept];
  const untracked = files.filter((file) => !tracked.has(file));
  const ignored = untracked.length === 0 ? new Map<GitPath, string>() : await ignoredOf(git, untracked);
  const isNew = (rules: string) => isWritten(path.resolve(git.place.top, rules), since);
  return {
    paths: [...folders, ...[...ignored.keys(), ...files.filter((file) => marked.has(file))].sort()],
    repositories,
    hiding: Array.from(ignored, ([file, rules]) => ({ path: file, rules: relativeTo(git.place.top, rules) })).filter(
      ({ rules }) => isNew(rules),
    ),
    unseen,
  };
}

function isWritten(file: string | Buffer, since: number): boolean {
  return (lstatSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0) >= since;
}

function relativeTo(top: string, file: string): string {
  return file.startsWith(`${top}/`) ? file.slice(top.length + 1) : file;
}

interface Changed {
  readonly files: GitPath[];
  /** Folders of dependencies in which something changed, and their files that did. */
  readonly dependencies: Map<GitPath, readonly GitPath[]>;
  readonly repositories: GitPath[];
  readonly unseen: GitPath[];
}

function changedSince(git: Git, since: number, most: number): Changed {
  const { top, prefix } = git.place;
  const found: Changed = { files: [], dependencies: new Map(), repositories: [], unseen: [] };
  const isChanged = (file: GitPath) => isWritten(absolute(top, file), since);
  const open: GitPath[] = [''];
  let left = most;
  while (open.length > 0 && left > 0) {
    const folder = open.pop() ?? '';
    const entries = entriesOf(top, folder);
    left -= entries.length;
    if (folder !== '' && entries.some(({ name }) => name === '.git')) {
      if (changedBelow(top, folder, since, most).files.length > 0) found.repositories.push(folder);
      continue;
    }
    for (const entry of entries) {
      const file = `${folder}${entry.name}`;
      if (file === '.git' || file === stateFolderIn(prefix)) continue;
      if (!entry.isDirectory()) {
        if ((entry.isFile() || entry.isSymbolicLink()) && isChanged(file)) found.files.push(file);
      } else if (dependencyFolder(`${file}/`, prefix) === null) open.push(`${file}/`);
      else {
        const { files, isWhole } = changedBelow(top, `${file}/`, since, most);
        if (!isWhole) found.unseen.push(`${file}/`);
        // A folder also changes by what is gone from it.
        const isTouched = [file, ...entriesOf(top, `${file}/`).map(({ name }) => `${file}/${name}`)].some(isChanged);
        if (files.length > 0 || isTouched) found.dependencies.set(`${file}/`, files);
      }
    }
  }
  if (open.length > 0) found.unseen.push('');
  return found;
}

/** The changed files below a folder, git's own folder in it aside. git is not asked: in a repository it would take that one's orders. */
function changedBelow(top: string, folder: GitPath, since: number, most: number) {
  const files: GitPath[] = [];
  const open = [folder];
  for (let left = most; open.length > 0 && left > 0;) {
    const within = open.pop() ?? '';
    for (const entry of entriesOf(top, within)) {
      left -= 1;
      if (entry.name === '.git') continue;
      const file = `${within}${entry.name}`;
      if (entry.isDirectory()) open.push(`${file}/`);
      else if (isWritten(absolute(top, file), since)) files.push(file);
    }
  }
  return { files, isWhole: open.length === 0 };
}

function entriesOf(top: string, folder: GitPath): (Dirent & { readonly name: GitPath })[] {
  try {
    return readdirSync(absolute(top, folder), { withFileTypes: true, encoding: 'latin1' });
  } catch {
    return []; // Not for us, or gone meanwhile.
  }
}

/** The ignored ones among untracked paths, each with the file whose rule says so. With the index git would look through it for each. */
async function ignoredOf(git: Git, paths: readonly GitPath[]): Promise<Map<GitPath, string>> {
  const output = await git.run(['check-ignore', '--no-index', '-z', '-v', '--stdin'], { input: nulTerminated(paths) });
  const ignored = new Map<GitPath, string>();
  // Exit code 1: none is. Source, line, pattern and path by turns.
  if (output.code !== 0) return ignored;
  const fields = names(output.out);
  for (let at = 0; at + 3 < fields.length; at += 4) {
    const pattern = fields[at + 2] ?? '';
    if (!pattern.startsWith('!')) ignored.set(fields[at + 3] ?? '', toText(fields[at] ?? ''));
  }
  return ignored;
}

/** Tracked files, and those among them that git was told to take for unchanged, or to pass over. */
async function indexed(git: Git): Promise<Record<'tracked' | 'marked', Set<GitPath>>> {
  const lines = names(await git.output(['ls-files', '-v', '-z']));
  const pathOf = (line: string) => line.slice(2);
  return {
    tracked: new Set(lines.map(pathOf)),
    marked: new Set(lines.filter((line) => /^[a-zS]/.test(line)).map(pathOf)),
  };
}
