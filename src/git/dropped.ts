import { hasCommit } from './coverage.ts';
import type { Git } from './git.ts';

/** Where commits are kept that an agent threw away. */
const KEPT = 'refs/autoloop/kept/';

/**
 * Keeps a commit reachable that is no ancestor of HEAD any more, and tells by which reference; `gone`: the repository does not even
 * have it. Null while HEAD has it in its history. `elsewhere`: it is enough that some branch or tag has it.
 */
export async function keepDropped(
  git: Git,
  commit: string,
  { elsewhere }: { readonly elsewhere: boolean },
): Promise<{ readonly ref: string } | 'gone' | null> {
  const ancestry = await git.run(['merge-base', '--is-ancestor', commit, 'HEAD']);
  if (ancestry.code === 0) return null;
  if (!(await hasCommit(git, commit))) return 'gone';
  if (elsewhere) {
    const holders = ['for-each-ref', '--count=1', `--contains=${commit}`, 'refs/heads', 'refs/remotes', 'refs/tags'];
    if ((await git.output(holders)).length > 0) return null;
  }
  const ref = `${KEPT}${commit}`;
  await git.output(['update-ref', '-m', 'autoloop: keep a commit that was thrown away', ref, commit]);
  return { ref };
}
