import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { squashMessage } from '../../core/squash-message.ts';
import { names } from '../../git/coverage.ts';
import { treeDifferences } from '../../git/entries.ts';
import type { Git } from '../../git/git.ts';
import { look } from '../../git/look.ts';
import { readOperation } from '../../git/operation.ts';
import { pathDisplay, toText } from '../../git/paths.ts';
import { commitOf, type PathChange } from '../../git/put-back.ts';
import { gitFailure } from '../../git/runner.ts';
import { dirtyPaths } from '../../git/status.ts';
import { groundOf, isState } from '../../history/undo-facts.ts';
import { planUndo } from '../../history/undo-plan.ts';
import { keepAll } from '../../history/undo.ts';
import { stateFiles, taskFiles } from '../../store/layout.ts';
import { storedRequest } from '../../store/tasks/task.ts';
import { openMachineFolder } from '../../files/machine-folder.ts';
import { lockFor } from '../locks.ts';
import { mendUndo } from '../mend-undo.ts';
import { checkoutsOf } from './checkouts.ts';
import { moveByMerge } from './merge-move.ts';
import { latestOf, requireSuccess } from './merge-source.ts';
import { treeOfTask } from './named.ts';
import { openHere } from './open-here.ts';
import { gitFolderOf, noteMerged, type TaskTree } from './record.ts';

export interface MergeRequest {
  readonly workspace: string;
  readonly taskId: string;
  /** The branch that gets it; null: the one that the workspace has checked out. */
  readonly into: string | null;
  /** Also where the task's latest run is no success. */
  readonly force: boolean;
}

export interface MergeReport {
  readonly taskId: string;
  readonly branch: string;
  readonly into: string;
  /** The commit that was brought in, or was to be. */
  readonly source: string;
  /** Where `into` stood before. */
  readonly before: string;
  /** Null: nothing was to be brought in, or there are conflicts. */
  readonly commit: string | null;
  readonly changed: readonly string[];
  /** Paths in which both sides changed the same; nothing was done then. */
  readonly conflicts: readonly string[];
  /** What the task's work tree has that no commit holds: it was not brought in. */
  readonly uncommitted: readonly string[];
}

/**
 * Brings what a task's branch has into another one, as one commit without the program's own files. Conflicts change nothing. Where the
 * branch is checked out, none of the changed files may have uncommitted changes. Rejects with a Problem where it is refused.
 */
export async function mergeTask(request: MergeRequest, warn: (text: string) => void): Promise<MergeReport> {
  const tree = treeOfTask(request.workspace, request.taskId);
  const here = await openHere(request.workspace);
  const { git } = here;
  try {
    const into = request.into ?? (await look(git)).status.branch;
    if (into === null || into === tree.branch) throw noTarget(into);
    const checkout = (await checkoutsOf(git, into))[0] ?? null;
    const target = checkout === null ? null : await openHere(checkout);
    const own = tree.isThere ? await lockTree(tree) : null;
    try {
      const merging = { git: target?.git ?? git, tree, into, identityMissing: here.identityMissing };
      const workspace = checkout === git.place.top ? request.workspace : checkout;
      const report =
        workspace === null ? await intoBranch(merging, request) : await held(workspace, merging, { request, warn });
      const { source, before, commit, conflicts } = report;
      if (conflicts.length === 0) await noteMerged(tree, { tip: source, into, commit: commit ?? before });
      return report;
    } finally {
      await own?.release();
      await target?.git.close();
    }
  } finally {
    await git.close();
  }
}

interface Merging {
  /** Of the work tree that has the target checked out; else the workspace's. */
  readonly git: Git;
  readonly tree: TaskTree;
  readonly into: string;
  readonly identityMissing: boolean;
}

function noTarget(into: string | null): Problem {
  const what = into === null ? 'no branch is checked out here' : `the branch ${into} is the task's own`;
  return new Problem(
    'usage',
    `${what}: say which branch is to get the work`,
    'Give --into BRANCH, or call it in the main checkout.',
  );
}

/** Nobody may work on the task meanwhile. Rejects with a Problem of kind `busy`. */
function lockTree({ workspace, top, taskId }: TaskTree) {
  return lockGitFolder(gitFolderOf(top) ?? top, { workspace, runId: taskId });
}

/** The lock that runs of a work tree take, and nothing of its own in the work tree. */
function lockGitFolder(gitFolder: string, holder: { workspace: string; runId: string }) {
  return lockFor(path.join(gitFolder, 'autoloop.lock'), holder);
}

async function held(
  workspace: string,
  merging: Merging,
  { request, warn }: { request: MergeRequest; warn: (text: string) => void },
): Promise<MergeReport> {
  const { git } = merging;
  const { taskId } = merging.tree;
  const lock = await lockGitFolder(git.place.gitDir, { workspace, runId: taskId });
  try {
    const machine = openMachineFolder(workspace);
    await mendUndo({ workspace, machine, warn }, git);
    const prepared = await prepare(merging, request);
    const { report, changes } = prepared;
    if (report.commit === null) return report;
    const view = await look(git);
    const busy = readOperation(git.place.gitDir);
    if (busy !== null)
      throw new Problem('git', `${workspace} is in the middle of a ${busy}`, 'Finish or abort it first.');
    refuseDirty(git, changes, dirtyPaths(view.status), workspace);
    await keepAll(git, view, `${taskId}-merge`);
    const move = { head: report.before, commit: report.commit, changes, state: [] };
    if (await moveByMerge(git, machine, move, `autoloop: merge task ${taskId}`)) return report;
    throw moved(report.into);
  } finally {
    await lock.release();
  }
}

/** Nothing has it checked out: the branch alone moves. */
async function intoBranch(merging: Merging, request: MergeRequest): Promise<MergeReport> {
  const { report } = await prepare(merging, request);
  const { into, before, commit, taskId } = report;
  if (commit === null) return report;
  const args = ['update-ref', '-m', `autoloop: merge task ${taskId}`, `refs/heads/${into}`, commit, before];
  if ((await merging.git.run(args)).code === 0) return report;
  throw moved(into);
}

function moved(into: string): Problem {
  return new Problem('unsettled', `the branch ${into} moved meanwhile; nothing was changed`, 'Try again.');
}

/** What would come, as a commit that no branch names yet. */
async function prepare({ git, tree, into, identityMissing }: Merging, { force }: MergeRequest) {
  const latest = await latestOf(tree);
  if (!force) requireSuccess(tree, latest);
  const before = await tipOf(git, into);
  const source = await tipOf(git, tree.branch);
  const { merged, conflicts } = await mergedTree(git, before, source);
  const differences = conflicts.length > 0 ? [] : await treeDifferences(git, before, merged);
  const changes: readonly PathChange[] = differences.filter(({ path }) => !isState(git, path));
  const request = await storedRequest(taskFiles(stateFiles(tree.workspace), tree.taskId)).catch(() => null);
  const message = squashMessage({ request, taskId: tree.taskId, runId: latest?.runId ?? null });
  const commit = changes.length === 0 ? null : await commitOf(git, { head: before, changes, message, identityMissing });
  const report: MergeReport = {
    taskId: tree.taskId,
    branch: tree.branch,
    into,
    source,
    before,
    commit,
    changed: changes.map(({ path }) => pathDisplay(path)),
    conflicts: conflicts.map(pathDisplay),
    uncommitted: await uncommittedIn(tree),
  };
  return { report, changes };
}

async function mergedTree(git: Git, into: string, source: string) {
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', into, source];
  const output = await git.run(args, { isLong: true });
  if (output.code !== 0 && output.code !== 1) throw gitFailure(args, output, 'autoloop merge needs git 2.38 or later.');
  const [merged = '', ...paths] = names(output.out);
  return { merged, conflicts: [...new Set(paths)].filter((path) => path !== '' && !isState(git, path)) };
}

async function tipOf(git: Git, branch: string): Promise<string> {
  const output = await git.run([
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `refs/heads/${branch}^{commit}`,
  ]);
  if (output.code === 0) return output.out.toString().trim();
  throw new Problem('usage', `there is no branch ${branch}, or it has no commit`);
}

/** Nothing of a person's makes room. Throws a Problem of kind `usage` that names what is in the way. */
function refuseDirty(git: Git, changes: readonly PathChange[], dirty: ReadonlySet<string>, workspace: string): void {
  const own = new Set(changes.map(({ path }) => path));
  const { kept } = planUndo({ differences: changes, own, foreign: new Set(), dirty, ground: groundOf(git) });
  if (kept.length === 0) return;
  const listed = kept.slice(0, 20).map(({ path, why }) => `${pathDisplay(path)} (${why})`);
  const more = kept.length > 20 ? ` and ${kept.length - 20} more` : '';
  throw new Problem(
    'usage',
    `in ${workspace} stand in the way, and nothing was changed: ${listed.join(', ')}${more}`,
    'Commit, stash or move them, then merge again.',
  );
}

async function uncommittedIn(tree: TaskTree): Promise<readonly string[]> {
  if (!tree.isThere) return [];
  const { git } = await openHere(tree.workspace);
  try {
    const { status } = await look(git);
    const all = [...dirtyPaths(status)].filter((path) => !isState(git, path));
    return all.filter((path) => !/(?:^|\/)autoloop\.yaml$/.test(toText(path))).map(pathDisplay);
  } finally {
    await git.close();
  }
}
