import { rmSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { openingPage, pageIn, type RemotePlace, remotePlace } from '../../core/pull-request.ts';
import { redactTokens } from '../../core/redact.ts';
import { screenLine } from '../../core/screen.ts';
import { openMachineFolder } from '../../files/machine-folder.ts';
import { replaceFile } from '../../files/replace.ts';
import type { Git } from '../../git/git.ts';
import { look } from '../../git/look.ts';
import { gitFailure } from '../../git/runner.ts';
import { SNAPSHOT_SUBJECT } from '../../git/snapshot.ts';
import { findProgram, type ProgramPlace } from '../../providers/find-program.ts';
import { askIn, type Said } from '../../providers/program.ts';
import { lockFor } from '../locks.ts';
import { openHere } from './open-here.ts';
import { gitFolderOf, type TaskTree } from './record.ts';

export interface PullRequestWish {
  readonly workspace: string;
  readonly tree: TaskTree;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly isDraft: boolean;
  /** The name of a remote; null: `origin`, or the only one. */
  readonly remote: string | null;
  readonly env: ProgramPlace['env'];
}

export interface PullRequest {
  readonly remote: string;
  readonly branch: string;
  /** Of the pull request; null: there is no `gh`, and the branch was only pushed. */
  readonly url: string | null;
  /** It was there before. */
  readonly isOld: boolean;
  /** Where a person opens one, where `url` is null and a page is known. */
  readonly page: string | null;
}

/**
 * Pushes the branch of a task and opens one pull request for it by `gh`; one that is open already is left as it is. Only commits of the
 * branch leave, never a snapshot of what a person has not committed. Rejects with a Problem in git's or gh's own words.
 */
export async function openPullRequest(wish: PullRequestWish): Promise<PullRequest> {
  const { git } = await openHere(wish.workspace);
  try {
    const remote = await remoteFor(git, wish.remote);
    const { branch } = wish.tree;
    await refuseSnapshots(git, branch, remote);
    const place = remotePlace(await addressOf(git, remote));
    const answer = await push(git, remote, branch);
    const page = openingPage(answer, { place, branch });
    const gh = ghAt(wish);
    if (gh === null) return { remote, branch, url: null, isOld: false, page };
    const target = await targetOf(git, remote, branch);
    const opened = await openByGh({ wish, gh, place, target, page });
    return { remote, branch, ...opened, page: null };
  } finally {
    await git.close();
  }
}

/** Works on a task's branch while nobody else does. Rejects with a Problem of kind `busy`. */
export async function lockedTree<T>({ workspace, taskId, top }: TaskTree, work: () => Promise<T>): Promise<T> {
  const folder = gitFolderOf(top);
  if (folder === null) return work(); // It is gone: nobody works there.
  const lock = await lockFor(path.join(folder, 'autoloop.lock'), { workspace, runId: taskId });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

async function remoteFor(git: Git, wanted: string | null): Promise<string> {
  const all = (await git.output(['remote']))
    .toString()
    .split('\n')
    .filter((name) => name !== '');
  const chosen = wanted ?? (all.includes('origin') ? 'origin' : all.length === 1 ? all[0] : undefined);
  if (chosen !== undefined && all.includes(chosen)) return chosen;
  const there = all.length === 0 ? 'there is none' : `there is ${all.slice(0, 8).join(', ')}`;
  const what = wanted === null ? 'no remote is called origin' : `--remote ${JSON.stringify(wanted)} is no remote`;
  throw new Problem(
    'usage',
    `${what}; ${there}`,
    all.length === 0 ? 'Add one: git remote add origin URL' : 'Give one: --remote NAME',
  );
}

async function addressOf(git: Git, remote: string): Promise<string> {
  return (await git.output(['remote', 'get-url', '--push', remote])).toString().trim();
}

/** A snapshot holds what a person has not committed: it is nobody's to publish. Throws a Problem of kind `git`. */
async function refuseSnapshots(git: Git, branch: string, remote: string): Promise<void> {
  const args = ['log', '--format=%H %s', `refs/heads/${branch}`, '--not', `--remotes=${remote}`];
  const lines = (await git.output(args)).toString().split('\n');
  const snapshot = lines.find((line) => line.slice(line.indexOf(' ') + 1).startsWith(SNAPSHOT_SUBJECT));
  if (snapshot === undefined) return;
  throw new Problem(
    'git',
    `the branch ${branch} holds the snapshot ${snapshot.slice(0, 10)} of files that a person had not committed: it is not pushed`,
    'Take that commit out of the branch first.',
  );
}

/** What git and the server said. Never by force: what somebody else pushed there stays. */
async function push(git: Git, remote: string, branch: string): Promise<string> {
  const name = `refs/heads/${branch}`;
  const args = ['push', '--no-verify', '--no-follow-tags', '--recurse-submodules=no', remote, `${name}:${name}`];
  const output = await git.run(args, { isLong: true });
  if (output.code !== 0) throw gitFailure(args, output, 'Nothing was opened. Mend that, then call it again.');
  return output.err.toString();
}

/** The branch that the pull request is for, if it is on the server: else gh knows the usual one. */
async function targetOf(git: Git, remote: string, own: string): Promise<string | null> {
  const { branch } = (await look(git)).status;
  if (branch === null || branch === own) return null;
  const known = await git.run(['rev-parse', '--verify', '--quiet', `refs/remotes/${remote}/${branch}`]);
  return known.code === 0 ? branch : null;
}

/** Null: there is none. Throws a Problem where the only one lies in the work tree. */
function ghAt({ workspace, env }: PullRequestWish): string | null {
  const { file, problem } = findProgram('gh', { env, cwd: workspace, allowInside: false });
  if (problem !== null) throw new Problem('usage', problem.text, 'Install gh outside the work tree.');
  return file;
}

interface ByGh {
  readonly wish: PullRequestWish;
  readonly gh: string;
  readonly place: RemotePlace | null;
  readonly target: string | null;
  readonly page: string | null;
}

async function openByGh({ wish, gh, place, target, page }: ByGh): Promise<{ url: string; isOld: boolean }> {
  const ask = askIn({ env: wish.env, cwd: wish.workspace, allowInside: false });
  const { branch } = wish.tree;
  const where = place === null ? [] : ['--repo', `${place.host}/${place.name}`];
  const hint = `The branch is pushed. ${page === null ? 'Open it by hand.' : `Open it by hand: ${page}`}`;
  const list = ['pr', 'list', ...where, '--head', branch, '--state', 'open', '--json', 'url', '--limit', '1'];
  const known = pageIn(answered(await ask(gh, list), 'gh pr list', hint).replaceAll(/["'\]}]/g, ' '));
  if (known !== null) return { url: known, isOld: true };
  const body = path.join(openMachineFolder(wish.workspace) ?? wish.workspace, `pr-${process.pid}.md`);
  await replaceFile(body, wish.body);
  try {
    const create = ['pr', 'create', ...where, '--head', branch, '--title', wish.title, '--body-file', body];
    const more = [...(target === null ? [] : ['--base', target]), ...(wish.isDraft ? ['--draft'] : [])];
    const url = pageIn(answered(await ask(gh, [...create, ...more]), 'gh pr create', hint));
    if (url !== null) return { url, isOld: false };
    throw new Problem('git', 'gh pr create named no address', hint);
  } finally {
    rmSync(body, { force: true });
  }
}

function answered({ exitCode, stdout, stderr, error }: Said, command: string, hint: string): string {
  if (exitCode === 0) return stdout;
  const words = screenLine(redactTokens(stderr.trim() || stdout.trim()), 600);
  throw new Problem('git', `${command} ${error ?? `failed with exit code ${exitCode ?? '?'}`}: ${words}`, hint);
}
