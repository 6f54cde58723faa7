import { Problem } from '../core/problem.ts';
import { leadsNowhere } from '../files/disk-problem.ts';
import { makesWait, readByEachCall, waitsFor } from './blocker.ts';
import type { ConfigRecord } from './config-record.ts';
import { LIST_CONFIG, parseConfig } from './config-values.ts';
import type { ConfigValue } from './config-values.ts';
import { ConfigWatch, refusedConfig } from './config-watch.ts';
import { Git } from './git.ts';
import { hasIdentity } from './identity.ts';
import { locate, placeEnvironment } from './place.ts';
import type { Place } from './place.ts';
import { putBackDrafts } from './draft.ts';
import { removeDeadCopies } from './private-index.ts';
import { createRunner, gitFailure } from './runner.ts';
import type { GitRunner } from './runner.ts';
import { RepositoryWorkTree } from './work-tree.ts';
import type { GitWorkTree } from './work-tree-port.ts';

export type Opened =
  | { readonly kind: 'repository'; readonly tree: GitWorkTree; readonly git: Git }
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
  /** What earlier starts knew of git's configuration. */
  readonly configRecord?: ConfigRecord | null;
  /** The operator takes the configuration as it is now (`--accept-git-config`). */
  readonly acceptConfig?: boolean;
  /** Only to look: nothing is taken down or cleared away. */
  readonly looksOnly?: boolean;
}

/**
 * Opens the repository that a workspace is in. Two processes. What git refuses (bare, unsafe owner), and a configuration that an
 * earlier start refused, is a Problem.
 */
export async function openRepository(workspace: string, options: RepositoryOptions = {}): Promise<Opened> {
  const opened = await openGit(workspace, options);
  if (opened.kind !== 'repository') return opened;
  const { git, identityMissing } = opened;
  const tree = new RepositoryWorkTree(git, {
    identityMissing,
    lockWaitMs: options.lockWaitMs ?? LOCK_WAIT_MS,
    commitEverything: options.commitEverything ?? false,
  });
  return { kind: 'repository', tree, git };
}

/** How long another git command may hold the index, in ms. */
export const LOCK_WAIT_MS = 5000;

export type OpenedGit =
  | { readonly kind: 'repository'; readonly git: Git; readonly identityMissing: boolean }
  | Exclude<Opened, { readonly kind: 'repository' }>;

/** The same, for what calls git itself. */
export async function openGit(workspace: string, options: RepositoryOptions = {}): Promise<OpenedGit> {
  try {
    return await openThere(workspace, options);
  } catch (error) {
    if (!leadsNowhere(error)) throw error;
    throw new Problem(
      'unsettled',
      `the repository of ${workspace} was taken away while it was opened: ${(error as Error).message}`,
      'Put it back, then try again.',
    );
  }
}

async function openThere(workspace: string, options: RepositoryOptions): Promise<OpenedGit> {
  const runner = options.runner ?? createRunner({ workspace });
  const located = await locate(runner, workspace);
  if (located.kind !== 'found') return located;
  const { place } = located;
  const { looksOnly = false } = options;
  if (!looksOnly) {
    removeDeadCopies(place.gitDir);
    putBackDrafts(place.gitDir);
  }
  const values = await readConfig(runner, place);
  const identityMissing = !hasIdentity(values);
  const { configRecord: record = null, acceptConfig: accept = false } = options;
  if (looksOnly) {
    const refused = accept ? null : refusedConfig(values, { place, record });
    if (refused !== null) throw refused;
    return { kind: 'repository', git: new Git(runner, place), identityMissing };
  }
  const watch = await ConfigWatch.begin(values, {
    place,
    list: () => readConfigAgain(runner, place),
    record,
    accept,
  });
  return { kind: 'repository', git: new Git(runner, place, watch), identityMissing };
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

/** Every value of git's configuration there. One process, which executes nothing of it. */
async function readConfig(runner: GitRunner, place: Place): Promise<ConfigValue[]> {
  const waits = readByEachCall(place).find((file) => makesWait(file));
  if (waits !== undefined) throw waitsFor(waits);
  const output = await runner.run(place.top, LIST_CONFIG, { env: placeEnvironment(place) });
  if (output.code !== 0) throw gitFailure(LIST_CONFIG, output, '--no-git runs without checkpoints.');
  return parseConfig(output.out);
}

/** During a run: what git could read a moment ago, somebody has spoilt. */
async function readConfigAgain(runner: GitRunner, place: Place): Promise<ConfigValue[]> {
  try {
    return await readConfig(runner, place);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(
      'unsettled',
      `git cannot read its configuration any more: ${error.message}`,
      'Mend it, then resume.',
    );
  }
}
