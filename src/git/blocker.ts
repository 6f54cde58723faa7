import { lstatSync, readdirSync, statSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { readCarefully } from '../files/careful-read.ts';

/** Where a repository keeps what git reads. Absolute paths. */
interface GitFolders {
  readonly gitDir: string;
  readonly commonDir: string;
}

/** What nearly every git command opens, and waits for if it is a named pipe. */
export function readByEachCall({ gitDir, commonDir }: GitFolders): readonly string[] {
  return [
    ...['index', 'HEAD', 'config.worktree', 'commondir'].map((name) => path.join(gitDir, name)),
    ...SHARED.map((name) => path.join(commonDir, name)),
  ];
}

const SHARED = [
  ...['config', 'packed-refs', 'shallow', 'info/exclude', 'info/attributes', 'info/grafts', 'objects/info/alternates'],
  ...['objects/info/commit-graph', 'objects/info/commit-graphs/commit-graph-chain'],
  // Read as a reference where a file stands in the folder's place.
  ...['refs/heads', 'refs/autoloop', 'refs/autoloop/runs', 'refs/autoloop/safety', 'refs/autoloop/kept'],
];

/** What stands at a path, nothing followed; undefined: nothing, or nothing that may be looked at. */
export type Look = (file: string) => Stats | undefined;

const lookAnew: Look = (file) => {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined; // Below a file, or in a folder that may not be entered: git says so.
  }
};

/** Looks at each path once, and not at what would lie in a folder that is missing: for one pass over a repository's files. */
export function lookOnce(): Look {
  const seen = new Map<string, Stats | undefined>();
  return (file) => {
    if (seen.has(file)) return seen.get(file);
    const above = path.dirname(file);
    const found = seen.has(above) && seen.get(above) === undefined ? undefined : lookAnew(file);
    seen.set(file, found);
    return found;
  };
}

/** Whether reading it may take for ever: it is neither a file of bearable size nor a folder, nor a link to one. */
export function makesWait(file: string, look: Look = lookAnew): boolean {
  try {
    const found = look(file);
    if (found === undefined) return false;
    const real = found.isSymbolicLink() ? statSync(file) : found;
    return real.isFile() ? real.size > MOST_BYTES : !real.isDirectory();
  } catch {
    return false; // It leads nowhere: git says what is wrong with that.
  }
}

/** The index of a million files is smaller. */
const MOST_BYTES = 1_000_000_000;

/** Pauses the run: a person moves the thing away. */
export function waitsFor(file: string): Problem {
  return new Problem(
    'unsettled',
    `${file} is a named pipe, a device or a file beyond measure, and git would wait for it or read it for ever`,
    'Move it away, then resume.',
  );
}

/** More is not looked through: whoever asks has a deadline of its own. */
const MOST_ENTRIES = 200_000;

/**
 * What a git command that does not come to its end may be waiting for: anything that is no file in its folders, and in the work tree
 * whatever makes wait among the files that git reads by itself. Null: there is none.
 */
export function findBlocker({ top, gitDir, commonDir }: GitFolders & { readonly top: string }): string | null {
  let left = MOST_ENTRIES;
  const search = (folders: string[], isIt: (entry: Dirent, file: string) => boolean): string | null => {
    for (let folder = folders.pop(); folder !== undefined && left > 0; folder = folders.pop()) {
      for (const entry of entriesOf(folder)) {
        left -= 1;
        const file = path.join(folder, entry.name);
        if (entry.isDirectory()) folders.push(file);
        else if (isIt(entry, file)) return file;
      }
    }
    return null;
  };
  const isNoFile = (entry: Dirent, file: string) => !entry.isFile() && makesWait(file);
  const isRules = (entry: Dirent, file: string) => {
    if (entry.isFile() && entry.name === '.git') elsewhere.push(...gitFolderOf(file));
    const isGits = entry.name.startsWith('.git') || file.slice(top.length).includes(`${path.sep}.git${path.sep}`);
    return isGits && makesWait(file);
  };
  const elsewhere = alternatesOf(commonDir);
  return search([commonDir, gitDir], isNoFile) ?? search([top], isRules) ?? search(elsewhere, isNoFile);
}

/** Folders of objects that git reads beside its own. */
function alternatesOf(commonDir: string): string[] {
  const objects = path.join(commonDir, 'objects');
  const lines = readCarefully(path.join(objects, 'info/alternates'))?.toString().split('\n') ?? [];
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => path.resolve(objects, line));
}

/** The git folder that a file in a submodule's or another repository's top names: git looks there for its HEAD. */
function gitFolderOf(file: string): string[] {
  const [, named] = /^gitdir: (.+)$/m.exec(readCarefully(file)?.toString() ?? '') ?? [];
  return named === undefined ? [] : [path.resolve(path.dirname(file), named)];
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // Not for us, or gone meanwhile.
  }
}
