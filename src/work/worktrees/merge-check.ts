import path from 'node:path';
import { Problem } from '../../core/problem.ts';
import { openMachineFolder } from '../../files/machine-folder.ts';
import { treeDifferences } from '../../git/entries.ts';
import type { Git } from '../../git/git.ts';
import { look } from '../../git/look.ts';
import { readOperation } from '../../git/operation.ts';
import { LOCK_WAIT_MS } from '../../git/repository.ts';
import { performMove, type Move } from '../../history/move.ts';
import { stateFiles, taskFiles } from '../../store/layout.ts';
import { mendUndo } from '../mend-undo.ts';
import { treeEnvironment } from './environment.ts';
import { beginMove, endMove } from './merge-move.ts';
import { openHere } from './open-here.ts';
import { refuseDirty } from './in-the-way.ts';
import type { TaskTree } from './record.ts';
import { runShell, type ShellEnd } from './shell.ts';
import { isStateBelow } from '../../git/paths.ts';

const MINUTES = 30;

/**
 * Runs the check on the files of a merge, in the work tree of the task, which has them as long as it takes; a crash in between is mended
 * by the next start, undo or merge there. Rejects with a Problem where the work tree cannot take them.
 */
export async function checkMerged(
  tree: TaskTree,
  { command, commit }: { readonly command: string; readonly commit: string },
  warn: (text: string) => void,
): Promise<ShellEnd> {
  const { workspace, taskId, top } = tree;
  if (!tree.isThere) throw new Problem('usage', `merge.check runs in the work tree of the task, and ${top} is gone`);
  const { git } = await openHere(workspace);
  try {
    const machine = openMachineFolder(workspace);
    await mendUndo({ workspace, machine, warn }, git);
    const { status } = await look(git);
    const busy = readOperation(git.place.gitDir);
    if (busy !== null) throw new Problem('git', `${top} is in the middle of a ${busy}`, 'Finish or abort it first.');
    const { head } = status;
    if (head === null) throw new Problem('usage', `${top} has no commit`);
    const changes = (await treeDifferences(git, head, commit)).filter(
      (change) => !isStateBelow(git.place.prefix, change.path),
    );
    await refuseDirty(git, changes, status, workspace);
    const there: Move = { head, commit: null, changes, state: [] };
    const back: Move = {
      ...there,
      changes: changes.map(({ path: at, from, to }) => ({ path: at, from: to, to: from })),
    };
    return await withFiles(git, { machine, there, back }, () =>
      runShell({
        command,
        workspace,
        env: { ...process.env, ...treeEnvironment(tree) },
        logFile: path.join(taskFiles(stateFiles(workspace), taskId).folder, 'turns', 'merge-check.log'),
        minutes: MINUTES,
      }),
    );
  } finally {
    await git.close();
  }
}

/** The way back is written down first. */
async function withFiles<T>(
  git: Git,
  { machine, there, back }: { machine: string | null; there: Move; back: Move },
  work: () => Promise<T>,
): Promise<T> {
  const file = await beginMove(git, machine, back);
  try {
    await performMove(git, there, '', LOCK_WAIT_MS);
    return await work();
  } finally {
    await performMove(git, back, '', LOCK_WAIT_MS);
    endMove(file);
  }
}
