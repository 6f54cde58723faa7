import type { Git } from '../git/git.ts';
import { gitFailure } from '../git/runner.ts';
import { MOST_REFUSALS, refusedName } from '../git/staging.ts';

interface Sources {
  /** The pathspec that leaves out the state. */
  readonly but: string;
  /** What is not taken: names relative to the top, in bytes. */
  readonly large: readonly string[];
}

/** Adds the sources to an index, as far as git can take them; what it cannot, nobody can check out either. Rejects with a Problem of kind `git`. */
export async function addSources(
  git: Git,
  env: Readonly<Record<string, string>>,
  { but, large }: Sources,
  refused: readonly string[] = [],
): Promise<void> {
  const add = ['-c', 'advice.addEmbeddedRepo=false', 'add', '-A', '--ignore-errors'];
  const without = [...large, ...refused].map((name) => `:(exclude,top,literal)${name}`);
  const wanted = ['.', Buffer.from(but).toString('latin1'), ...without];
  const args = [...add, '--pathspec-from-file=-', '--pathspec-file-nul'];
  const added = await git.run(args, { env, input: Buffer.from(wanted.join('\0'), 'latin1') });
  // 1: a file could not be read.
  if (added.code === 0 || added.code === 1) return;
  const name = refusedName(added);
  if (name === undefined || refused.includes(name) || refused.length === MOST_REFUSALS) {
    throw gitFailure(['add'], added, git.hint);
  }
  await addSources(git, env, { but, large }, [...refused, name]);
}
