import { Problem } from '../../core/problem.ts';
import { openMachineFolder } from '../../files/machine-folder.ts';
import { treeDifferences } from '../../git/entries.ts';
import { look } from '../../git/look.ts';
import { isStateBelow, pathDisplay } from '../../git/paths.ts';
import { commitOf } from '../../git/put-back.ts';
import { stateFiles, taskFiles } from '../../store/layout.ts';
import { storedRequest } from '../../store/tasks/task.ts';
import { lockWorkTree } from '../locks.ts';
import { mendUndo } from '../mend-undo.ts';
import { refuseDirty } from './in-the-way.ts';
import { moveByMerge } from './merge-move.ts';
import { mergedTree } from './merge-ways.ts';
import { treeOfTask } from './named.ts';
import { openHere } from './open-here.ts';

/** What an agent is asked to do about the conflicts of a merge. */
export interface AgentMerge {
  /** The work tree of the task, and a task of its own in it. */
  readonly workspace: string;
  readonly taskId: string;
  readonly intent: string;
}

/**
 * Merges the target into the branch of a task, as a commit in which the conflicts are marked: agents need no right to git's folder to
 * resolve them. Rejects with a Problem where something is in the way; nothing is changed then.
 */
export async function beginAgentMerge(
  { workspace: asked, taskId, into }: { readonly workspace: string; readonly taskId: string; readonly into: string },
  warn: (text: string) => void,
): Promise<AgentMerge> {
  const tree = treeOfTask(asked, taskId);
  const { workspace, top, branch } = tree;
  if (!tree.isThere) throw new Problem('usage', `--agent works in the work tree of the task, and ${top} is gone`);
  const { git, identityMissing } = await openHere(workspace);
  try {
    const lock = await lockWorkTree({ workspace, runId: tree.taskId, gitFolder: git.place.gitDir });
    try {
      const machine = openMachineFolder(workspace);
      await mendUndo({ workspace, machine, warn }, git);
      const { status } = await look(git);
      const { head } = status;
      if (head === null || status.branch !== branch) throw elsewhere(top, branch, status.branch);
      const { tree: merged, conflicts } = await mergedTree(git, head, into);
      const changes = (await treeDifferences(git, head, merged)).filter(
        (change) => !isStateBelow(git.place.prefix, change.path),
      );
      await refuseDirty(git, changes, status, workspace);
      const message = `autoloop: merge ${into} with its conflicts marked\n`;
      const other = (await git.output(['rev-parse', '--verify', `refs/heads/${into}^{commit}`])).toString().trim();
      const commit = await commitOf(git, { head, changes, message, identityMissing, parents: [head, other] });
      const why = `autoloop: merge ${into}`;
      if (commit === null || !(await moveByMerge(git, machine, { head, commit, changes, state: [] }, why)))
        throw new Problem('unsettled', `the branch ${branch} moved meanwhile; nothing was changed`, 'Try again.');
      const request = await storedRequest(taskFiles(stateFiles(workspace), tree.taskId)).catch(() => null);
      const paths = conflicts.filter((one) => !isStateBelow(git.place.prefix, one)).map(pathDisplay);
      return { workspace, taskId: mergeTaskOf(tree.taskId), intent: intentFor({ branch, into, paths, request }) };
    } finally {
      await lock.release();
    }
  } finally {
    await git.close();
  }
}

/** The task in which an agent resolves the conflicts of another one. */
export function mergeTaskOf(taskId: string): string {
  return `${taskId.slice(0, 190)}-merge`;
}

function elsewhere(top: string, branch: string, now: string | null): Problem {
  return new Problem(
    'usage',
    `${top} has ${now === null ? 'no branch' : `the branch ${now}`} checked out, and not ${branch}`,
    `Go back there: git switch ${branch}`,
  );
}

interface Conflicts {
  readonly branch: string;
  readonly into: string;
  readonly paths: readonly string[];
  readonly request: string | null;
}

function intentFor({ branch, into, paths, request }: Conflicts): string {
  const files = paths.map((one) => `- ${one}`).join('\n');
  const task = request === null ? '' : `\n\nWhat ${branch} was made for:\n\n${request}`;
  return `Resolve the conflicts of a merge. The branch ${into} has just been merged into ${branch}, and both had changed these files:

${files}

Between conflict markers (<<<<<<<, =======, >>>>>>>) they hold both sides; a file that one side deleted or moved holds the other side. Make of each what both sides meant, leave no marker behind, and change nothing else but what must fit together again. The commits of both branches show what each side meant.${task}`;
}
