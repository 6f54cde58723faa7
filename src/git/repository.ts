import { Git } from './git.ts';
import { hasIdentity } from './identity.ts';
import { locate } from './place.ts';
import { removeDeadCopies } from './private-index.ts';
import { createRunner, gitFailure } from './runner.ts';
import type { GitRunner } from './runner.ts';
import { RepositoryWorkTree } from './work-tree.ts';
import type { GitWorkTree } from './work-tree.ts';

export type Opened =
  | { readonly kind: 'repository'; readonly tree: GitWorkTree }
  /** The workspace is in no repository. */
  | { readonly kind: 'none' }
  /** git is not installed. */
  | { readonly kind: 'missing' };

export interface RepositoryOptions {
  readonly runner?: GitRunner;
  /** See `WorkTreeOptions`. */
  readonly commitEverything?: boolean;
  /** How long a checkpoint waits for another git command that holds the index, in ms. */
  readonly lockWaitMs?: number;
}

/** Opens the repository that a workspace is in. Two processes. What git refuses (bare, unsafe owner) is a Problem. */
export async function openRepository(workspace: string, options: RepositoryOptions = {}): Promise<Opened> {
  const runner = options.runner ?? createRunner({ workspace });
  const located = await locate(runner, workspace);
  if (located.kind !== 'found') return located;
  removeDeadCopies(located.place.gitDir);
  const identityMissing = !(await hasIdentity(runner, located.place.top));
  const git = new Git(runner, located.place);
  const tree = new RepositoryWorkTree(git, {
    identityMissing,
    lockWaitMs: options.lockWaitMs ?? 5000,
    commitEverything: options.commitEverything ?? false,
  });
  return { kind: 'repository', tree };
}

/** Makes the workspace a repository: no commit, and no configuration beyond what git itself writes into a new one. */
export async function initRepository(workspace: string, options: RepositoryOptions = {}): Promise<Opened> {
  const runner = options.runner ?? createRunner({ workspace });
  const args = ['init', '--quiet'];
  const output = await runner.run(workspace, args);
  if (output.code === 'missing') return { kind: 'missing' };
  if (output.code !== 0) throw gitFailure(args, output, '--no-git runs without checkpoints.');
  return openRepository(workspace, { ...options, runner });
}
