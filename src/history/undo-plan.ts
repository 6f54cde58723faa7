import type { PathChange } from '../git/put-back.ts';
import type { GitPath } from '../run/git-port.ts';

/** What stands in the work tree, whatever git says of it. */
export interface Ground {
  kindOf(path: GitPath): 'nothing' | 'file' | 'folder';
  /** The files below a folder. */
  below(path: GitPath): readonly GitPath[];
}

export interface UndoFacts {
  /** In what HEAD (`from`) and the state to go back to (`to`) differ. */
  readonly differences: readonly PathChange[];
  /** What the run's own commits since changed, and what other commits did. */
  readonly own: ReadonlySet<GitPath>;
  readonly foreign: ReadonlySet<GitPath>;
  /** Where index, file and HEAD do not agree. */
  readonly dirty: ReadonlySet<GitPath>;
  readonly ground: Ground;
  /** Whether the index follows where another commit of a submodule is recorded; its files are nobody's but its own. */
  readonly withSubmodules?: boolean;
}

export interface KeptPath {
  readonly path: GitPath;
  readonly why: string;
}

export interface UndoPlan {
  readonly back: readonly PathChange[];
  /** What the run changed and stays as it is. */
  readonly kept: readonly KeptPath[];
}

/**
 * Which paths go back: those that the run changed and nobody else, as long as nothing of a person's has to make room. What one path
 * needs another may have to give up, so that the question is asked until no path is taken off any more.
 */
export function planUndo(facts: UndoFacts): UndoPlan {
  const kept = new Map<GitPath, string>();
  let back = facts.differences.filter(({ path }) => facts.own.has(path));
  for (let before = -1; before !== back.length;) {
    before = back.length;
    const leaving = new Set(back.filter(({ to }) => to === null).map(({ path }) => path));
    back = back.filter((change) => {
      const why = reasonToKeep(change, leaving, facts);
      if (why !== null) kept.set(change.path, why);
      return why === null;
    });
  }
  const inOrder = [...kept].sort(([a], [b]) => (a < b ? -1 : 1));
  return { back, kept: inOrder.map(([path, why]) => ({ path, why })) };
}

function reasonToKeep(
  { path, from, to }: PathChange,
  leaving: ReadonlySet<GitPath>,
  { foreign, dirty, ground, withSubmodules = false }: UndoFacts,
): string | null {
  if (foreign.has(path)) return 'another commit changed it since';
  if (dirty.has(path)) return 'changed since, and not committed';
  const isSubmodule = from?.mode === SUBMODULE || to?.mode === SUBMODULE;
  if (isSubmodule && !withSubmodules) return 'a submodule';
  if (from?.mode === SUBMODULE && to?.mode === SUBMODULE) return null;
  if (to === null) return null;
  const above = foldersOf(path).find(
    (folder) => !leaving.has(folder) && (ground.kindOf(folder) === 'file' || dirty.has(folder)),
  );
  if (above !== undefined) return 'a file has taken the place of its folder';
  const kind = ground.kindOf(path);
  if (kind === 'file') return from === null ? 'a file that git does not show is in its place' : null;
  const isTaken =
    (kind === 'folder' && ground.below(path).some((file) => !leaving.has(file))) ||
    [...dirty].some((other) => other.startsWith(`${path}/`));
  return isTaken ? 'a folder with other files has taken its place' : null;
}

const SUBMODULE = '160000';

/** The folders that a path lies in, from the top. */
function foldersOf(path: GitPath): GitPath[] {
  const folders: GitPath[] = [];
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}
