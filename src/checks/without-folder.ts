import type { Git } from '../git/git.ts';
import { nulTerminated } from '../git/paths.ts';
import type { GitPath } from '../run/git-port.ts';

/**
 * A tree without what it has at `folder`, and without the folders that are empty then. Only objects are added, and no index is read: two
 * processes for each part of the path, one where there is no such thing. Rejects with a Problem of kind `git`.
 */
export async function withoutFolder(git: Git, tree: string, folder: GitPath): Promise<string> {
  const [name = '', ...below] = folder.split('/');
  const entries = (await git.output(['ls-tree', '-z', tree])).toString('latin1').split('\0').slice(0, -1);
  const at = entries.findIndex((entry) => entry.endsWith(`\t${name}`));
  const [, type, id = ''] = /^\d+ (\w+) (\w+)\t/.exec(entries[at] ?? '') ?? [];
  if (type === undefined || (below.length > 0 && type !== 'tree')) return tree;
  const left = below.length === 0 ? git.emptyTree : await withoutFolder(git, id, below.join('/'));
  if (left === id) return tree;
  const others = left === git.emptyTree ? [] : [`040000 tree ${left}\t${name}`];
  // What a partial clone has not fetched stays where it is.
  const made = await git.output(['mktree', '-z', '--missing'], {
    input: nulTerminated(entries.toSpliced(at, 1, ...others)),
  });
  return made.toString().trim();
}
