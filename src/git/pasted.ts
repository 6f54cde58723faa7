import { inSingleQuotes, quoted } from '../core/shell-word.ts';
import { isWithin } from '../files/work-tree.ts';
import type { GitPath, PastedGit } from '../run/git-port.ts';
import { pathDisplay, toText } from './paths.ts';

/** The commands for the repository with this top, as they work where the program was started. */
export function pastedGit(top: string): PastedGit {
  const git = isWithin(process.cwd(), top) ? 'git' : `git -C ${quoted(top)}`;
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
