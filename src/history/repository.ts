import { Problem } from '../core/problem.ts';
import { Git } from '../git/git.ts';
import { names } from '../git/coverage.ts';
import { locate } from '../git/place.ts';
import { createRunner } from '../git/runner.ts';
import type { Range } from './choose.ts';
import { isStateBelow, stateFolderIn, toText } from '../git/paths.ts';

/** The repository of a workspace, for looking only: what is asked of it reads no file of the work tree. Throws a Problem where there is none. */
export async function openForLooking(workspace: string): Promise<Git> {
  const runner = createRunner({ workspace });
  const located = await locate(runner, workspace);
  if (located.kind === 'missing') throw new Problem('git', 'git is not installed', 'Install it, then try again.');
  if (located.kind === 'none') {
    throw new Problem('usage', `${workspace} is in no git repository`, 'Choose the workspace in which the run worked.');
  }
  return new Git(runner, located.place);
}

/** Lets `look` ask the repository of a workspace, and lets go of it afterwards: whoever looks again and again holds nothing open. */
export async function lookInto<T>(workspace: string, look: (git: Git) => Promise<T>): Promise<T> {
  const git = await openForLooking(workspace);
  try {
    return await look(git);
  } finally {
    await git.close();
  }
}

/** How many files each of these commits changed, the program's own state aside; null: it is not in the repository. Two processes. */
export async function filesChanged(git: Git, commits: readonly string[]): Promise<ReadonlyMap<string, number | null>> {
  const asked = [...new Set(commits)];
  const input = Buffer.from(asked.map((commit) => `${commit}\n`).join(''));
  const lines = (await git.output(['cat-file', '--batch-check'], { input })).toString().split('\n');
  const known = asked.filter((_, at) => / commit /.test(lines[at] ?? ''));
  const listing = ['diff-tree', '--stdin', '-r', '-z', '--root', '--name-only', '--no-renames', '-m', '--first-parent'];
  const output = await git.output(listing, { input: Buffer.from(known.map((commit) => `${commit}\n`).join('')) });
  const counts = new Map<string, number | null>(asked.map((commit) => [commit, known.includes(commit) ? 0 : null]));
  let at = '';
  for (const name of names(output)) {
    if (counts.has(name)) at = name;
    else if (!isStateBelow(git.place.prefix, name)) counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return counts;
}

const PATCH = ['--patch', '--src-prefix=a/', '--dst-prefix=b/'];
const QUIET = ['--no-ext-diff', '--no-textconv', '--no-color'];

export interface DifferenceForm {
  /** A table in place of a patch. */
  readonly stat: boolean;
  /** For somebody who waits: only so much of it, and no longer than so many ms. */
  readonly bounds?: { readonly mostBytes: number; readonly withinMs: number };
}

/** The difference between two commits, without the program's own state. Runs no program of the repository's. */
export async function difference(git: Git, { from, to }: Range, { stat, bounds }: DifferenceForm): Promise<Buffer> {
  const form = stat ? ['--stat=100'] : PATCH;
  const args = ['diff-tree', '-r', '-M', ...form, ...QUIET, from, to, '--', ...sources(git)];
  return git.output(args, bounds ?? { isLong: true });
}

/** Of a patch that somebody waits for. */
const WAIT_MS = 10_000;

/**
 * What a commit changed against its first parent, or against nothing, as `difference` gives it: the begin of it, up to `mostBytes`.
 * Rejects with a Problem when git takes more than 10 s.
 */
export async function patchOf(git: Git, commit: string, mostBytes: number): Promise<Buffer> {
  const form = ['--root', '-m', '--first-parent', '--no-commit-id', ...PATCH, ...QUIET];
  return git.output(['diff-tree', '-r', '-M', ...form, commit, '--', ...sources(git)], {
    withinMs: WAIT_MS,
    mostBytes,
  });
}

/** How much differs between two commits: counts of files and of lines, without the program's own state. */
export interface Amount {
  readonly files: number;
  readonly added: number;
  readonly removed: number;
}

/** How much two commits differ, in text lines; a binary file counts as a file alone. */
export async function amountOfChange(git: Git, { from, to }: Range): Promise<Amount> {
  const args = [
    'diff-tree',
    '-r',
    '-M',
    '--numstat',
    '--no-ext-diff',
    '--no-textconv',
    from,
    to,
    '--',
    ...sources(git),
  ];
  const rows = (await git.output(args, { isLong: true })).toString('latin1').split('\n').slice(0, -1);
  const counts = rows.map((row) => row.split('\t').map((cell) => (/^\d+$/.test(cell) ? Number(cell) : 0)));
  const sum = (column: number) => counts.reduce((total, row) => total + (row[column] ?? 0), 0);
  return { files: rows.length, added: sum(0), removed: sum(1) };
}

function sources(git: Git): string[] {
  return [':(top)', `:(top,exclude,literal)${toText(stateFolderIn(git.place.prefix))}`];
}
