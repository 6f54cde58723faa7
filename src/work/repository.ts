import path from 'node:path';
import { listed } from '../core/listed.ts';
import type { Settings } from '../core/settings.ts';
import { openMachineFolder } from '../files/machine-folder.ts';
import { machineFolder } from '../files/places.ts';
import { FileCallRecord, type Keeper } from '../git/call-record.ts';
import { configRecord } from '../git/config-record.ts';
import type { Git } from '../git/git.ts';
import { initRepository, openRepository, type RepositoryOptions } from '../git/repository.ts';
import { createRunner } from '../git/runner.ts';
import type { GitWorkTree } from '../git/work-tree-port.ts';
import type { LookedRepository } from './before-start.ts';
import type { Io } from './ports.ts';

/** A repository before a start. `open` makes it one first where the workspace is in none. */
export interface PreparedGit extends LookedRepository {
  /** The work tree's own git folder, absolute; null where there is no repository yet. */
  readonly gitFolder: string | null;
  /** To be called under the workspace's lock. `keeper`: who ends what git leaves running. */
  open(keeper: Keeper): Promise<OpenedGit | null>;
}

export interface OpenedGit {
  readonly tree: GitWorkTree;
  /** The same repository, under the same watch, for what is not a checkpoint. */
  readonly git: Git;
  /**
   * Says at the end of a run what is in no checkpoint, because git does not show it or it is a repository of its own. `unheard`: when
   * (ms since 1970) an earlier start began that was killed before it could say so.
   */
  nameUncovered(unheard: number): Promise<void>;
}

export interface GitRequest {
  readonly workspace: string;
  readonly settings: Settings;
  /** The operator takes git's configuration as it is, whoever wrote it (`--accept-git-config`). */
  readonly acceptGitConfig?: boolean;
}

/** The same to look at only. */
export async function lookAtGit(workspace: string, settings: Settings): Promise<LookedRepository> {
  const folder = machineFolder(workspace);
  const opened = await openRepository(workspace, {
    lockWaitMs: 0,
    commitEverything: settings.runtime.commitEverything,
    configRecord: configRecord(path.join(folder, 'git-config.json')),
    looksOnly: true,
  });
  return { opened, died: callRecordIn(folder).died() };
}

/**
 * Looks at the repository before anything is written; whether it is fit to work in is for the checks before a start to say. Rejects with
 * a Problem where git cannot be asked, and where it would run what an agent wrote.
 */
export async function prepareGit(request: GitRequest, io: Io): Promise<PreparedGit> {
  const { workspace, settings, acceptGitConfig } = request;
  const { stop, hurry } = io;
  const folder = openMachineFolder(workspace);
  const record = callRecordIn(folder);
  const options: RepositoryOptions = {
    commitEverything: settings.runtime.commitEverything,
    runner: createRunner({ workspace, record, stop, hurry }),
    configRecord: folder === null ? null : configRecord(path.join(folder, 'git-config.json')),
    acceptConfig: acceptGitConfig ?? false,
  };
  const opened = await openRepository(workspace, options);
  const looked = { opened, died: record.died() };
  if (opened.kind === 'missing') {
    return {
      ...looked,
      gitFolder: null,
      open: () => {
        io.warn('git is not installed: the run goes on without checkpoints');
        return Promise.resolve(null);
      },
    };
  }
  if (opened.kind === 'repository') {
    return {
      ...looked,
      gitFolder: opened.tree.gitFolder,
      open: async (keeper) => {
        clearLocks(opened.tree, record, io);
        record.keep(keeper);
        return introduce(opened, io);
      },
    };
  }
  return {
    ...looked,
    gitFolder: null,
    open: async (keeper) => {
      record.keep(keeper);
      const made = await initRepository(workspace, options);
      if (made.kind !== 'repository') return null;
      io.line(`[*] ${workspace} is now a git repository`);
      io.line(
        '[*] Files that were here before stay out of checkpoints; to change that: git add -A && git commit -m "Before Autoloop"',
      );
      return introduce(made, io);
    },
  };
}

/** Where a workspace's calls of git are recorded; `machine` null: nowhere. */
export function callRecordIn(machine: string | null): FileCallRecord {
  return new FileCallRecord(machine === null ? null : path.join(machine, 'git-call.json'));
}

/** What a git command of ours left that died with an earlier start must not stop this one. */
function clearLocks(tree: GitWorkTree, record: FileCallRecord, io: Io): void {
  for (const file of tree.clearLeftLocks(record.died())) {
    io.warn(`removed ${file}, which a git command of an earlier run left when it was killed`);
  }
}

async function introduce({ tree, git }: Omit<OpenedGit, 'nameUncovered'>, io: Io): Promise<OpenedGit> {
  if (tree.identityMissing) {
    io.warn('git knows no user.name and user.email: checkpoints are made as Autoloop Agent <autoloop@localhost>');
  }
  tree.foreseeSnapshot();
  const named = (await tree.uncovered()).map((file) => tree.show(file));
  nameRepositories(named, io);
  const since = Date.now() - CLOCK_TICK_MS;
  return { tree, git, nameUncovered: (unheard) => nameUnshown(tree, { since: Math.min(since, unheard), named }, io) };
}

/** File systems date by a clock that may be a tick behind ours. */
const CLOCK_TICK_MS = 10;

function nameRepositories(names: readonly string[], io: Io): void {
  if (names.length > 0) io.warn(`not covered by checkpoints (repositories of their own): ${names.join(', ')}`);
}

/** `named`: the repositories that the start has named. */
async function nameUnshown(
  tree: GitWorkTree,
  { since, named }: { readonly since: number; readonly named: readonly string[] },
  io: Io,
): Promise<void> {
  const { paths, repositories, hiding, unseen } = await tree.unshown(since);
  const within = repositories.map((file) => tree.show(file)).filter((name) => !named.includes(name));
  nameRepositories(within, io);
  const unread = unseen.map((file) => (file === '' ? tree.top : tree.show(file)));
  if (unread.length > 0) io.warn(`too many files to look through for what is in no checkpoint: ${listed(unread)}`);
  for (const rules of new Set(hiding.map((one) => one.rules))) {
    const hidden = hiding.filter((one) => one.rules === rules).map(({ path: file }) => tree.show(file));
    io.warn(`${rules} was written in this run and hides from git: ${listed(hidden)}`);
  }
  if (paths.length === 0) return;
  const names = paths.map((file) => tree.show(file));
  io.warn(`not in a checkpoint (ignored by git, or hidden from it): ${listed(names)}`);
}
