import type { Settings } from '../core/settings.ts';
import { STATE_FOLDER } from '../core/state-folder.ts';
import type { Git } from '../git/git.ts';
import { AGENT_IDENTITY } from '../git/identity.ts';
import { pruneExpire } from '../git/prune-expire.ts';
import type { Opened } from '../git/repository.ts';
import { gitVersion } from '../git/runner.ts';
import type { GitWorkTree } from '../git/work-tree-port.ts';
import { type Finding, ok, warning } from './finding.ts';

const GIT = 'git';

/** The repository of a workspace, as checkpoints will find it; what a start refuses it for is not among this. Takes no optional lock. */
export async function lookAtRepository(opened: Opened, settings: Settings): Promise<Finding[]> {
  if (opened.kind === 'missing') {
    return [warning(GIT, 'not installed: runs go on without checkpoints', 'Install git, or set runtime.no_git: true.')];
  }
  const version = ok(GIT, `version ${(await gitVersion()) ?? 'unknown'}`);
  if (opened.kind === 'none') return [version];
  const { tree, git } = opened;
  return [
    version,
    await headFinding(tree),
    ...(tree.identityMissing ? [NO_IDENTITY] : [ok(GIT, 'user.name and user.email are set')]),
    ...(settings.runtime.trackArtifacts ? await ignoreFindings(tree) : []),
    ...(await uncoveredFindings(tree)),
    ...(await pruneFindings(git)),
  ];
}

/** What is said where git is not to be used, and where there is nothing yet that it would find. */
export const WITHOUT_GIT = ok(GIT, 'not used (runtime.no_git): runs make no checkpoints');
export const NO_REPOSITORY = ok(GIT, 'no repository yet: the first run makes one (git init)');

async function pruneFindings(git: Git): Promise<Finding[]> {
  const found = await pruneExpire(git);
  if (found === null) return [];
  const text = `gc.pruneExpire is ${JSON.stringify(found)}: a git gc beside a run deletes what it has just written, and --worktree is refused`;
  return [warning(GIT, text, 'git config gc.pruneExpire 2.weeks.ago')];
}

const NO_IDENTITY = warning(
  GIT,
  `no user.name and user.email: checkpoints are made as ${AGENT_IDENTITY.name} <${AGENT_IDENTITY.email}>`,
  'git config --global user.name "Your Name" && git config --global user.email you@example.com',
);

async function headFinding(tree: GitWorkTree): Promise<Finding> {
  const { head, branch, dirty } = await tree.observe();
  const where = branch === null ? 'HEAD is detached' : `branch ${branch}`;
  const commit = head === null ? 'no commit yet' : head.slice(0, 10);
  const yours = dirty.size === 0 ? '' : `; ${dirty.size} changed or untracked files stay yours`;
  return ok(GIT, `repository ${tree.top}, ${where}, ${commit}${yours}`);
}

async function ignoreFindings(tree: GitWorkTree): Promise<Finding[]> {
  const state = await tree.ignoreState(`${STATE_FOLDER}/tasks`);
  if (state === 'visible') return [ok(GIT, `${STATE_FOLDER}/ is not ignored: checkpoints hold the task's files`)];
  const text =
    state === 'ignored'
      ? `${STATE_FOLDER}/ is ignored: the task's files stay out of checkpoints`
      : `${STATE_FOLDER}/ is ignored, but files of it are tracked: checkpoints hold them all the same`;
  return [warning(GIT, text, 'Take it out of .gitignore, or set runtime.track_autoloop_artifacts: false.')];
}

async function uncoveredFindings(tree: GitWorkTree): Promise<Finding[]> {
  const names = (await tree.uncovered()).map((path) => tree.show(path));
  return names.length === 0
    ? []
    : [warning(GIT, `not covered by checkpoints (repositories of their own): ${names.join(', ')}`)];
}
