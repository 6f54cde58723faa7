import type { CommitGraph } from '../core/commit-graph.ts';
import type { Git } from './git.ts';

/** The commits of all branches, those of remotes too, by the full name of the reference. One process. */
export async function branchTips(git: Git): Promise<ReadonlyMap<string, string>> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/remotes'];
  const lines = (await git.output(args)).toString().split('\n').slice(0, -1);
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
}

/** Which of these are commits that the repository has. One process; none for none. */
export async function commitsThere(git: Git, commits: readonly string[]): Promise<ReadonlySet<string>> {
  if (commits.length === 0) return new Set();
  const input = Buffer.from(commits.map((commit) => `${commit}\n`).join(''));
  const lines = (await git.output(['cat-file', '--batch-check'], { input })).toString().split('\n');
  return new Set(commits.filter((_, at) => / commit /.test(lines[at] ?? '')));
}

/** The commits that can be reached from `tips` and from none of `others`, with their parents. One process. */
export async function commitsBeyond(git: Git, tips: Iterable<string>, others: Iterable<string>): Promise<CommitGraph> {
  const lines = [...new Set(tips), ...[...new Set(others)].map((commit) => `^${commit}`)];
  const input = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const output = await git.output(['rev-list', '--parents', '--stdin'], { input, isLong: true });
  const rows = output.toString().split('\n').slice(0, -1);
  return new Map(rows.map((row) => row.split(' ')).map(([commit = '', ...parents]) => [commit, parents]));
}

/** The commits that not all of these share, with their parents. Two processes. */
export async function commitsNotShared(git: Git, commits: readonly string[]): Promise<CommitGraph> {
  const asked = [...new Set(commits)];
  if (asked.length < 2) return new Map();
  const base = await git.run(['merge-base', '--octopus', ...asked]);
  const shared = base.code === 0 ? base.out.toString().trim().split('\n') : [];
  return commitsBeyond(git, asked, shared);
}
