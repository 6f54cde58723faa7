import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { screenLine } from '../core/screen.ts';
import { readCarefully } from '../files/careful-read.ts';
import type { Git } from './git.ts';
import { standing } from './head.ts';

/**
 * Why no first commit can be made on the branch that HEAD names; null: it can. `git status` calls a name that can be none, a damaged
 * branch and one whose folder is taken all "initial". To be asked only where there is no commit. Two processes, which only read.
 */
export async function unbornFlaw(git: Git): Promise<Problem | null> {
  const found = await git.run(['symbolic-ref', '--quiet', 'HEAD']);
  if (found.code !== 0) return flawed(git, `HEAD names no branch that git can commit to: ${writtenIn(git)}`);
  const branch = found.out.toString().trim();
  const taken = (await takenBy(git, branch)) ?? inTheWay(git.place.commonDir, branch);
  if (taken === null) return null;
  return flawed(git, `HEAD names the branch ${shown(branch)}, which cannot be made while ${shown(taken)} exists`);
}

function flawed({ place }: Git, text: string): Problem {
  const ways = 'git branch -a lists those that there are; or run with --no-git.';
  return new Problem('git', text, `Switch to a branch at ${place.top}: git symbolic-ref HEAD refs/heads/NAME; ${ways}`);
}

/** A branch has the name of a folder that this one needs, or the other way round; packed ones too. */
async function takenBy(git: Git, branch: string): Promise<string | null> {
  const above = foldersOf(branch);
  const output = await git.output(['for-each-ref', '--format=%(refname)', branch, ...above]);
  const names = output.toString().split('\n');
  return names.find((name) => above.includes(name) || name.startsWith(`${branch}/`)) ?? null;
}

/** The same for damaged ones, which git does not list. */
function inTheWay(commonDir: string, branch: string): string | null {
  const kind = (name: string) => standing(path.join(commonDir, name));
  const above = foldersOf(branch).find((name) => kind(name)?.isFile() === true);
  if (above !== undefined) return above;
  if (kind(branch)?.isDirectory() !== true) return null;
  const inside = readdirSync(path.join(commonDir, branch), { recursive: true, withFileTypes: true });
  const file = inside.find((entry) => !entry.isDirectory());
  return file === undefined ? null : path.relative(commonDir, path.join(file.parentPath, file.name));
}

/** `refs/heads/a/b` needs the folder `refs/heads/a`. */
function foldersOf(branch: string): string[] {
  const parts = branch.split('/');
  return parts.slice(2, -1).map((_, at) => parts.slice(0, at + 3).join('/'));
}

function writtenIn({ place }: Git): string {
  return shown(readCarefully(path.join(place.gitDir, 'HEAD'))?.toString().trim() ?? 'nothing that can be read');
}

function shown(text: string): string {
  return screenLine(text, 200);
}
