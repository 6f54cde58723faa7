import path from 'node:path';
import type { Settings } from '../core/settings.ts';
import { machineFolder } from '../files/places.ts';
import { FileCallRecord } from '../git/call-record.ts';
import { configRecord } from '../git/config-record.ts';
import type { ConfigValue } from '../git/config-values.ts';
import { refusedConfig } from '../git/config-watch.ts';
import { Git } from '../git/git.ts';
import { damagedRepository } from '../git/hindrance.ts';
import { AGENT_IDENTITY, hasIdentity } from '../git/identity.ts';
import { locate, type Place } from '../git/place.ts';
import { pruneExpire } from '../git/prune-expire.ts';
import { readConfig } from '../git/repository.ts';
import { createRunner, gitVersion } from '../git/runner.ts';
import { leftLocks } from '../git/stale-locks.ts';
import { RepositoryWorkTree } from '../git/work-tree.ts';
import { holderOf } from '../store/lock.ts';
import { isAlive } from '../supervision/identity.ts';
import { error, type Finding, ok, warning } from './finding.ts';

const GIT = 'git';

/** The repository of the workspace, as checkpoints will find it. Only reads: git takes no optional lock. */
export async function lookAtRepository(workspace: string, settings: Settings): Promise<Finding[]> {
  if (!settings.runtime.useGit) return [ok(GIT, 'not used (runtime.no_git): runs make no checkpoints')];
  const runner = createRunner({ workspace });
  const located = await locate(runner, workspace);
  if (located.kind === 'missing') {
    return [warning(GIT, 'not installed: runs go on without checkpoints', 'Install git, or set runtime.no_git: true.')];
  }
  const version = ok(GIT, `version ${(await gitVersion(runner)) ?? 'unknown'}`);
  if (located.kind === 'none') {
    const damaged = damagedRepository(workspace);
    if (damaged !== null) throw damaged;
    return [version, ok(GIT, 'no repository yet: the first run makes one (git init)')];
  }
  const { place } = located;
  const config = await readConfig(runner, place);
  const identityMissing = !hasIdentity(config);
  const options = { identityMissing, lockWaitMs: 0, commitEverything: settings.runtime.commitEverything };
  const git = new Git(runner, place);
  const tree = new RepositoryWorkTree(git, options);
  return [
    version,
    ...refusals(workspace, place, config),
    ...(await headFindings(tree)),
    ...(identityMissing ? [NO_IDENTITY] : [ok(GIT, 'user.name and user.email are set')]),
    ...(settings.runtime.trackArtifacts ? await ignoreFindings(tree) : []),
    ...(await uncoveredFindings(tree)),
    ...(config.some(({ key }) => key.toLowerCase() === 'gc.pruneexpire') ? await pruneFindings(git) : []),
  ];
}

async function pruneFindings(git: Git): Promise<Finding[]> {
  const found = await pruneExpire(git);
  if (found === null) return [];
  const text = `gc.pruneExpire is ${JSON.stringify(found)}: a git gc beside a run deletes what it has just written, and --worktree is refused`;
  return [warning(GIT, text, 'git config gc.pruneExpire 2.weeks.ago')];
}

/** What the start of a run refuses a repository for, whether or not git works there. */
function refusals(workspace: string, place: Place, config: readonly ConfigValue[]): Finding[] {
  const folder = machineFolder(workspace);
  const record = configRecord(path.join(folder, 'git-config.json'));
  const { stale } = leftLocks(place, new FileCallRecord(path.join(folder, 'git-call.json')).died());
  const problems = [refusedConfig(config, { place, record }), stale].filter((problem) => problem !== null);
  const holder = elsewhere(workspace, path.join(place.gitDir, 'autoloop.lock'));
  return [...problems.map(({ message, hint }) => error(GIT, message, hint)), ...(holder === null ? [] : [holder])];
}

/** A run in another folder of the same work tree holds its git folder. That of this workspace is told with the lock. */
function elsewhere(workspace: string, lock: string): Finding | null {
  const holder = holderOf(lock);
  if (holder === null || holder.workspace === workspace || !isAlive(holder)) return null;
  const { pid, run_id: runId, since } = holder;
  const text = `busy: pid ${pid}, run ${runId} since ${since} in ${holder.workspace ?? 'this repository'}`;
  return error('lock', text, `kill -INT ${pid} stops it`);
}

const NO_IDENTITY = warning(
  GIT,
  `no user.name and user.email: checkpoints are made as ${AGENT_IDENTITY.name} <${AGENT_IDENTITY.email}>`,
  'git config --global user.name "Your Name" && git config --global user.email you@example.com',
);

async function headFindings(tree: RepositoryWorkTree): Promise<Finding[]> {
  const { head, branch, dirty } = await tree.observe();
  const where = branch === null ? 'HEAD is detached' : `branch ${branch}`;
  const commit = head === null ? 'no commit yet' : head.slice(0, 10);
  const yours = dirty.size === 0 ? '' : `; ${dirty.size} changed or untracked files stay yours`;
  const hindrance = await tree.hindrance();
  return [
    ok(GIT, `repository ${tree.top}, ${where}, ${commit}${yours}`),
    ...(hindrance === null ? [] : [error(GIT, hindrance.message, hindrance.hint)]),
  ];
}

async function ignoreFindings(tree: RepositoryWorkTree): Promise<Finding[]> {
  const state = await tree.ignoreState('.autoloop/tasks');
  if (state === 'visible') return [ok(GIT, ".autoloop/ is not ignored: checkpoints hold the task's files")];
  const text =
    state === 'ignored'
      ? ".autoloop/ is ignored: the task's files stay out of checkpoints"
      : '.autoloop/ is ignored, but files of it are tracked: checkpoints hold them all the same';
  return [warning(GIT, text, 'Take it out of .gitignore, or set runtime.track_autoloop_artifacts: false.')];
}

async function uncoveredFindings(tree: RepositoryWorkTree): Promise<Finding[]> {
  const names = (await tree.uncovered()).map((path) => tree.show(path));
  return names.length === 0
    ? []
    : [warning(GIT, `not covered by checkpoints (repositories of their own): ${names.join(', ')}`)];
}
