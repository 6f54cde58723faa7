import path from 'node:path';
import type { Git } from '../../git/git.ts';
import { gitFailure } from '../../git/runner.ts';

/** The tops of the work trees that have a branch checked out; git allows one, unless it was forced to. One process. */
export async function checkoutsOf(git: Git, branch: string): Promise<readonly string[]> {
  const tops = (await checkouts(git))
    .filter((lines) => lines.includes(`branch refs/heads/${branch}`))
    .flatMap((lines) => lines.filter((line) => line.startsWith('worktree ')))
    .map((line) => line.slice('worktree '.length));
  return Promise.all(tops.map((top) => (top === git.place.commonDir ? mainTop(git) : Promise.resolve(top))));
}

/** git names the main work tree of a submodule by its git folder, which has the way to it. One process, and none in that work tree itself. */
async function mainTop(git: Git): Promise<string> {
  const { top, gitDir, commonDir } = git.place;
  if (gitDir === commonDir) return top;
  const output = await git.run(['config', '--file', path.join(commonDir, 'config'), '--get', 'core.worktree']);
  return output.code === 0 ? path.resolve(commonDir, output.out.toString().replace(/\n$/, '')) : commonDir;
}

async function checkouts(git: Git): Promise<readonly (readonly string[])[]> {
  const args = ['worktree', 'list', '--porcelain'];
  const output = await git.run([...args, '-z']);
  // git before 2.36 has not that option: there a line feed within a name cannot be told from one after it.
  const [found, end] = output.code === 129 ? [await git.run(args), '\n'] : [output, '\0'];
  if (found.code !== 0) throw gitFailure(args, found, git.hint);
  const pieces = found.out.toString().split(`${end}${end}`);
  return pieces.map((piece) => piece.split(end));
}
