import { inSingleQuotes, quoted } from '../core/shell-word.ts';
import type { GitPath, PastedGit } from '../run/git-port.ts';
import { pathDisplay, toText } from './paths.ts';

/**
 * `git`, or as it has to be called from elsewhere than the workspace: pasted without it, a reset would move another branch. Also from
 * below the workspace, where another repository may be.
 */
export function gitFromHere(workspace: string): string {
  return workspace === process.cwd() ? 'git' : `git -C ${quoted(workspace)}`;
}

/** The commands for the repository of a workspace, as they work where the program was started. */
export function pastedGit(workspace: string): PastedGit {
  const git = gitFromHere(workspace);
  return { git, show: (revision, path) => `${git} show ${shellWord(`${revision}:`, path)}` };
}

/**
 * `before` and a path as one word for a shell: in single quotes, or in `$'…'` (bash, zsh, ksh) where a screen cannot show the path as
 * it is.
 */
function shellWord(before: string, path: GitPath): string {
  const display = pathDisplay(path);
  if (display === toText(path)) return inSingleQuotes(before + display);
  return `$'${before}${display.slice(1, -1).replaceAll("'", "\\'")}'`;
}
