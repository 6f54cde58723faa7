import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { look } from '../../git/look.ts';
import { readOperation } from '../../git/operation.ts';
import { keepAll } from '../../history/undo.ts';
import { openMachineFolder } from '../../files/machine-folder.ts';
import { lockFor } from '../locks.ts';
import { mendUndo } from '../mend-undo.ts';
import { checkoutsOf } from './checkouts.ts';
import { refuseDirty } from './in-the-way.ts';
import { type MergeReport, type MergeRequest, type Merging, prepare, settingsOf } from './merge-plan.ts';
import { moveByMerge } from './merge-move.ts';
import { latestOf } from './merge-source.ts';
import { treeOfTask } from './named.ts';
import { openHere } from './open-here.ts';
import { logInRun } from './run-event.ts';
import { gitFolderOf, noteMerged, type TaskTree } from './record.ts';

/**
 * Brings what a task's branch has into another one, as one commit without the program's own files. Conflicts change nothing. Where the
 * branch is checked out, none of the changed files may have uncommitted changes. Rejects with a Problem where it is refused.
 */
export async function mergeTask(request: MergeRequest, warn: (text: string) => void): Promise<MergeReport> {
  const tree = treeOfTask(request.workspace, request.taskId);
  const settings = await settingsOf(request);
  const here = await openHere(request.workspace);
  const { git } = here;
  try {
    const into = request.into ?? (await look(git)).status.branch;
    if (into === null || into === tree.branch) throw noTarget(into);
    const checkout = (await checkoutsOf(git, into))[0] ?? null;
    const target = checkout === null ? null : await openHere(checkout);
    const own = tree.isThere ? await lockTree(tree) : null;
    try {
      const merging = { git: target?.git ?? git, tree, into, identityMissing: here.identityMissing, settings };
      const isHere = checkout === git.place.top;
      const workspace = isHere || checkout === null ? checkout : path.join(checkout, tree.folder);
      const report =
        workspace === null
          ? await intoBranch(merging, request, warn)
          : await held(isHere ? request.workspace : workspace, merging, { request, warn });
      await keepNote(tree, report, warn);
      return report;
    } finally {
      await own?.release();
      await target?.git.close();
    }
  } finally {
    await git.close();
  }
}

/** What came of it stays with the work tree and in the log of the run. */
async function keepNote(tree: TaskTree, report: MergeReport, warn: (text: string) => void): Promise<void> {
  const { source, before, commit, into, strategy, conflicts, failedCheck } = report;
  if (conflicts.length === 0 && failedCheck === null) {
    await noteMerged(tree, { tip: source, into, commit: commit ?? before });
  }
  const latest = await latestOf(tree).catch(() => null);
  if (latest === null) return;
  const run = { workspace: tree.workspace, taskId: tree.taskId, runId: latest.runId };
  if (commit !== null) await logInRun(run, { event_type: 'merged', into, strategy, commit }, warn);
  if (conflicts.length > 0)
    await logInRun(run, { event_type: 'merge_conflict', into, paths: conflicts.slice(0, 100) }, warn);
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
    const { report, changes } = await prepare(merging, request, warn);
    if (report.commit === null) return report;
    const view = await look(git);
    const busy = readOperation(git.place.gitDir);
    if (busy !== null)
      throw new Problem('git', `${workspace} is in the middle of a ${busy}`, 'Finish or abort it first.');
    await refuseDirty(git, changes, view.status, workspace);
    await keepAll(git, view, `${taskId}-merge`);
    const move = { head: report.before, commit: report.commit, changes, state: [] };
    if (await moveByMerge(git, machine, move, `autoloop: merge task ${taskId}`)) return report;
    throw moved(report.into);
  } finally {
    await lock.release();
  }
}

/** Nothing has it checked out: the branch alone moves. */
async function intoBranch(merging: Merging, request: MergeRequest, warn: (text: string) => void): Promise<MergeReport> {
  const { report } = await prepare(merging, request, warn);
  const { into, before, commit, taskId } = report;
  if (commit === null) return report;
  const args = ['update-ref', '-m', `autoloop: merge task ${taskId}`, `refs/heads/${into}`, commit, before];
  if ((await merging.git.run(args)).code === 0) return report;
  throw moved(into);
}

function moved(into: string): Problem {
  return new Problem('unsettled', `the branch ${into} moved meanwhile; nothing was changed`, 'Try again.');
}
