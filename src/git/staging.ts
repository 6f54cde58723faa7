import type { GitPath } from '../run/git-port.ts';
import type { Git } from './git.ts';
import { nulTerminated } from './paths.ts';
import { gitFailure } from './runner.ts';
import type { GitOutput } from './runner.ts';
import { ABSENT } from './status.ts';
import type { Status } from './status.ts';

/**
 * The paths of a checkpoint that have to be read from the work tree. A path that the status does not know is taken as given:
 * it changed since.
 */
export function pathsToRead(status: Status, paths: Iterable<GitPath>): GitPath[] {
  return [...new Set(paths)].filter((path) => {
    if (status.untracked.has(path)) return true;
    const entry = status.tracked.get(path);
    if (entry === undefined) return true;
    // Taken out of the index and still there, ignored: reading it would put it back.
    if (entry.staged === 'D' && entry.unstaged === '.') return false;
    return !(entry.fileMode === ABSENT && hasFileAbove(status, path));
  });
}

/** A file or link has taken the place of the path's folder: adding that one removes the path. */
function hasFileAbove(status: Status, path: GitPath): boolean {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const folder = path.slice(0, end);
    if (status.untracked.has(folder)) return true;
    const entry = status.tracked.get(folder);
    if (entry !== undefined && entry.fileMode !== ABSENT) return true;
  }
  return false;
}

const READ_FILES = [
  'update-index',
  '--add',
  '--remove',
  '--replace',
  '--ignore-skip-worktree-entries',
  '-z',
  '--stdin',
];
/** Paths that git refuses one by one, each for another process, before that is a Problem. */
export const MOST_REFUSALS = 20;

/**
 * Brings these paths as they are now into an index; a path that is gone is removed. Returns those that git cannot take: each
 * costs another process, and too many are a Problem.
 */
export async function readIntoIndex(git: Git, index: string, paths: readonly GitPath[]): Promise<GitPath[]> {
  const refused: GitPath[] = [];
  let left = paths;
  for (let interrupted = false; left.length > 0;) {
    const output = await git.run(READ_FILES, {
      env: { GIT_INDEX_FILE: index },
      input: nulTerminated(left),
      isLong: true,
    });
    if (output.code === 0) return [...refused, ...ignoredPaths(output, left)];
    if (output.code === 'killed' && !interrupted) {
      interrupted = true;
      continue;
    }
    const bad = refusedPath(output, left);
    if (bad === undefined || refused.length === MOST_REFUSALS) throw gitFailure(READ_FILES, output, git.hint);
    refused.push(bad);
    left = left.filter((path) => path !== bad);
  }
  return refused;
}

/** Unreadable, not a file, a failing filter, an encoding that does not fit: git names the path, as raw bytes, and stops. */
const REFUSALS = [
  /^fatal: Unable to process path ([\s\S]*)\n$/m,
  /^fatal: ([\s\S]*): clean filter '.*' failed\n$/m,
  /^fatal: BOM is (?:required|prohibited) in '([\s\S]*)' if encoded as \S+\n$/m,
  /^fatal: failed to encode '([\s\S]*)' from \S+ to \S+\n$/m,
];

/** Names that no repository may hold (`git~1`, `.GIT`): git passes over them, says so, and counts it as success. */
function ignoredPaths(output: GitOutput, paths: readonly GitPath[]): GitPath[] {
  if (output.err.length === 0) return [];
  const words = `\n${output.err.toString('latin1')}`;
  return paths.filter((path) =>
    [path, withoutControls(path)].some((name) => words.includes(`\nIgnoring path ${name}\n`)),
  );
}

/** The path that git could not take and named, as raw bytes (latin1) with `?` for control characters; undefined: none. */
export function refusedName(output: GitOutput): string | undefined {
  const words = output.err.toString('latin1');
  return REFUSALS.map((pattern) => pattern.exec(words)?.[1]).find((path) => path !== undefined);
}

function refusedPath(output: GitOutput, paths: readonly GitPath[]): GitPath | undefined {
  const named = refusedName(output);
  return paths.find((path) => path === named || withoutControls(path) === named);
}

/** As git prints a name in a message. */
function withoutControls(path: GitPath): string {
  return path.replaceAll(/[\0-\x08\x0b-\x1f\x7f]/g, '?');
}
