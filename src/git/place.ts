import { realpathSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { quoted } from '../core/shell-word.ts';
import type { GitPath } from '../run/git-port.ts';
import { fromText } from './paths.ts';
import { makesWait, readByEachCall, waitsFor } from './blocker.ts';
import { realPathOf, workTreeAround } from '../files/work-tree.ts';
import { gitFailure } from './runner.ts';
import type { GitRunner } from './runner.ts';

/** Where a repository is. Absolute paths; the two git folders differ in a linked worktree. */
export interface Place {
  /** The top of the work tree: every git command is started here. */
  readonly top: string;
  /** The worktree's own git folder: HEAD, index, operations in progress. */
  readonly gitDir: string;
  /** What all worktrees share: branches, objects. */
  readonly commonDir: string;
  /** The workspace below the top, ending in `/`; empty when it is the top. */
  readonly prefix: GitPath;
  readonly objectFormat: 'sha1' | 'sha256';
}

/** What makes git work in this place, whatever stands there or above by then. */
export function placeEnvironment({ top, gitDir, commonDir }: Place): Readonly<Record<string, string>> {
  return {
    GIT_CEILING_DIRECTORIES: path.dirname(top),
    GIT_DIR: gitDir,
    GIT_COMMON_DIR: commonDir,
    GIT_WORK_TREE: top,
  };
}

export type Located =
  | { readonly kind: 'found'; readonly place: Place }
  /** Not in a repository. */
  | { readonly kind: 'none' }
  /** git is not installed. */
  | { readonly kind: 'missing' };

const FACTS = ['--is-bare-repository', '--is-inside-work-tree', '--show-object-format'];
const FOLDERS = ['--absolute-git-dir', '--git-common-dir', '--show-toplevel', '--show-prefix'];

/** Finds the repository that a folder belongs to, with one process. A bare or refused one is a Problem. */
export async function locate(runner: GitRunner, workspace: string): Promise<Located> {
  const args = ['rev-parse', ...FACTS, ...FOLDERS];
  const dotGit = path.join(workTreeAround(workspace), '.git');
  const waits = [dotGit, ...readByEachCall({ gitDir: dotGit, commonDir: dotGit })].find((file) => makesWait(file));
  if (waits !== undefined) throw waitsFor(waits);
  const output = await runner.run(workspace, args);
  if (output.code === 'missing') return { kind: 'missing' };
  const lines = output.out.toString().split('\n').slice(0, -1);
  // A bare repository answers the first questions and fails at the work tree.
  if (lines[0] === 'true' || lines[1] === 'false') throw outsideWorkTree(workspace, lines[0] === 'true');
  if (output.code !== 0) {
    // A broken .git file says "not a git repository: <path>": that is no reason to make another repository.
    if (/^fatal: not a git repository \(or any /m.test(output.err.toString())) return { kind: 'none' };
    throw gitFailure(args, output, '--no-git runs without checkpoints.');
  }
  const [gitDir, commonDir, top, prefix] =
    lines.length === FACTS.length + FOLDERS.length ? lines.slice(FACTS.length) : await oneByOne(runner, workspace);
  if (gitDir === undefined || commonDir === undefined || top === undefined || prefix === undefined) {
    throw new Problem('git', `git rev-parse gave an unexpected answer in ${workspace}: ${lines.join(' | ')}`);
  }
  const place: Place = {
    top,
    gitDir,
    commonDir: path.resolve(realpathSync(workspace), commonDir),
    prefix: fromText(prefix),
    objectFormat: lines[2] === 'sha256' ? 'sha256' : 'sha1',
  };
  refuseForeignCommon(place);
  return { kind: 'found', place };
}

/**
 * Only a linked work tree's git folder has its branches elsewhere, and lies in that place's `worktrees`. A `commondir` anywhere else,
 * or one that says another place, is a way into a repository that nobody has chosen.
 */
function refuseForeignCommon({ gitDir, commonDir }: Place): void {
  const [own, common] = [realPathOf(gitDir), realPathOf(commonDir)];
  if (own === common || path.dirname(own) === path.join(common, 'worktrees')) return;
  const file = path.join(gitDir, 'commondir');
  throw new Problem(
    'git',
    `${file} leads to branches and objects of another repository, ${commonDir}, and git made no work tree of that one here`,
    `See what it says, and who wrote it; once it is right or removed, start again: rm ${quoted(file)}`,
  );
}

/** For folders with a newline in their names, where the lines of one answer cannot be told apart. */
async function oneByOne(runner: GitRunner, workspace: string): Promise<string[]> {
  const answers: string[] = [];
  for (const question of FOLDERS) {
    const output = await runner.run(workspace, ['rev-parse', question]);
    if (output.code !== 0) throw gitFailure(['rev-parse'], output);
    answers.push(output.out.toString().replace(/\n$/, ''));
  }
  return answers;
}

function outsideWorkTree(workspace: string, bare: boolean): Problem {
  const what = bare ? 'a bare repository' : "a repository's own folder";
  return new Problem(
    'usage',
    `${workspace} is inside ${what}, which has no files to work on`,
    'Choose a work tree as the workspace, or run with --no-git.',
  );
}
