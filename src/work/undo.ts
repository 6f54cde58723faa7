import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { remove } from '../files/folders.ts';
import { machineFolder } from '../files/places.ts';
import { configRecord } from '../git/config-record.ts';
import type { Git } from '../git/git.ts';
import { look } from '../git/look.ts';
import { readOperation } from '../git/operation.ts';
import { pathDisplay } from '../git/paths.ts';
import { commitOf, type PathChange } from '../git/put-back.ts';
import { CHECKPOINT_TRAILER } from '../git/recovery.ts';
import { LOCK_WAIT_MS, openGit } from '../git/repository.ts';
import { createRunner } from '../git/runner.ts';
import type { View } from '../git/checkpoint.ts';
import { historyOf, type RunHistory } from '../history/checkpoints.ts';
import { byLog, stateChanges, undoFacts } from '../history/undo-facts.ts';
import { undoGoal, type UndoGoal, type UndoWish } from '../history/undo-goal.ts';
import { planUndo, type UndoPlan } from '../history/undo-plan.ts';
import { keepAll, performUndo, snapshotTrees, undoFile, type UndoIntent } from '../history/undo.ts';
import { readEventsOnly } from '../store/log/event-log.ts';
import { runLayout, stateFiles, taskFiles } from '../store/layout.ts';
import { findRun, type FoundRun, type RunQuery } from '../store/tasks/lookup.ts';
import { holdWorkspace } from './hold-workspace.ts';
import { logUndo, mendUndo } from './mend-undo.ts';

export interface UndoRequest extends RunQuery {
  readonly wish: UndoWish;
  /** Only tells what would happen. */
  readonly isDry: boolean;
}

/** What went back, or would. Paths as they are shown. */
export interface UndoReport {
  readonly taskId: string;
  readonly runId: string;
  /** Null: it is none of the list. */
  readonly number: number | null;
  readonly checkpoint: string;
  readonly isDry: boolean;
  readonly back: readonly string[];
  readonly kept: readonly { readonly path: string; readonly why: string }[];
  /** Whether artifacts and sessions are those of that time; false: no commit has them. */
  readonly artifacts: boolean;
  readonly commit: string | null;
  readonly snapshot: string | null;
}

/**
 * Takes a run and what it changed back to an earlier state by a commit on top of HEAD; nothing of a person's is displaced or lost. Rejects
 * with a Problem where that cannot be, before anything is changed.
 */
export async function undoRun(request: UndoRequest, warn: (text: string) => void): Promise<UndoReport> {
  const { workspace, isDry } = request;
  const found = await findRun(request);
  if (found.root !== 'autoloop') {
    throw new Problem('usage', `run ${found.runId} is of an older release, which made no such checkpoints`);
  }
  const { git, identityMissing } = await openRepositoryOf(workspace);
  try {
    if (isDry) {
      const prepared = await prepare(git, request, found);
      return report(prepared, { found, isDry, commit: null, snapshot: null });
    }
    const place = { workspace, runId: found.runId, gitFolder: git.place.gitDir };
    const { lock, machine } = await holdWorkspace(place, warn);
    try {
      await mendUndo({ workspace, machine, warn }, git);
      return await perform(git, { request, found, machine, warn, identityMissing });
    } finally {
      await lock.release();
    }
  } finally {
    await git.close();
  }
}

async function openRepositoryOf(workspace: string): Promise<{ git: Git; identityMissing: boolean }> {
  const record = configRecord(path.join(machineFolder(workspace), 'git-config.json'));
  const opened = await openGit(workspace, { runner: createRunner({ workspace }), configRecord: record });
  if (opened.kind === 'repository') return opened;
  throw new Problem('usage', `${workspace} is in no git repository: there are no checkpoints to go back to`);
}

interface Prepared {
  readonly view: View & { readonly head: string };
  readonly goal: UndoGoal;
  readonly plan: UndoPlan;
  readonly state: readonly PathChange[];
  readonly history: RunHistory;
}

async function prepare(git: Git, { workspace, wish }: UndoRequest, { taskId, runId }: FoundRun): Promise<Prepared> {
  const layout = runLayout(taskFiles(stateFiles(workspace), taskId), runId);
  const events = await readEventsOnly(layout.events);
  const history = historyOf(events);
  const goal = undoGoal(events, history, wish);
  const view = await quietView(git);
  const { head, status } = view;
  const { commit: target, undone } = goal;
  const made = new Set([undone?.commit ?? []].flat());
  const isOwn = undone === null ? byLog(events, { runId, checkpoints: history.state.checkpoints }) : () => made;
  const plan = planUndo(await undoFacts(git, { head, target, status, runId, isOwn }));
  const { file, index } = await snapshotTrees(git, undone?.snapshot ?? null, target);
  const folder = `${git.place.prefix}${layout.task.relative}/runs/${runId}/`;
  const state = await stateChanges(git, { head, to: target, index, file }, { folder, status });
  return { view, goal, plan, state, history };
}

/** Throws a Problem in the middle of a merge or the like: what is where then is not for us to say. */
async function quietView(git: Git): Promise<Prepared['view']> {
  const view = await look(git);
  const { head, unmerged } = view.status;
  const busy = readOperation(git.place.gitDir) ?? (unmerged.length > 0 ? 'unmerged paths' : null);
  if (busy !== null) {
    throw new Problem('git', `the repository is in the middle of something: ${busy}`, 'Finish or abort it first.');
  }
  if (head === null) throw new Problem('usage', 'the branch has no commit: there is nothing to go back to');
  return { ...view, head };
}

interface Performing {
  readonly request: UndoRequest;
  readonly found: FoundRun;
  readonly machine: string | null;
  readonly warn: (text: string) => void;
  readonly identityMissing: boolean;
}

async function perform(git: Git, performing: Performing): Promise<UndoReport> {
  const { request, found, machine, warn, identityMissing } = performing;
  const { taskId, runId } = found;
  const prepared = await prepare(git, request, found);
  const { goal, plan, view, history } = prepared;
  const snapshot = await keepAll(git, view, `${runId}-undo`);
  const leftOut = snapshot?.leftOut ?? [];
  for (const left of leftOut) warn(`not in the snapshot, and left as it is: ${pathDisplay(left.path)} (${left.why})`);
  const state = prepared.state.filter((change) => leftOut.every(({ path: at }) => at !== change.path));
  const turn = history.checkpoints.findLast(({ seq }) => seq <= goal.toSeq)?.turn ?? 0;
  const commit = await commitOf(git, {
    head: view.head,
    changes: [...plan.back, ...state],
    message: `autoloop: undo to turn ${turn}\n\n${CHECKPOINT_TRAILER}: ${runId}/undo-${history.state.seq + 1}\n`,
    identityMissing,
  });
  const intent: UndoIntent = {
    version: 1,
    taskId,
    runId,
    seq: history.state.seq + 1,
    changes: plan.back,
    state,
    event: {
      event_type: 'run_rewound',
      to_seq: goal.toSeq,
      number: goal.number,
      checkpoint: goal.commit,
      head: view.head,
      commit,
      snapshot: snapshot?.ref ?? null,
      kept: plan.kept.slice(0, 100).map((kept) => pathDisplay(kept.path)),
      undoes: goal.undone?.seq ?? null,
    },
  };
  const file = undoFile(git, machine);
  await performUndo(git, intent, file, LOCK_WAIT_MS);
  await logUndo({ workspace: request.workspace, machine, warn }, intent);
  remove(file);
  return report(prepared, { found, isDry: false, commit, snapshot: snapshot?.ref ?? null });
}

function report(
  { goal, plan, state }: Prepared,
  done: { found: FoundRun; isDry: boolean; commit: string | null; snapshot: string | null },
): UndoReport {
  const { found, ...rest } = done;
  return {
    taskId: found.taskId,
    runId: found.runId,
    number: goal.number,
    checkpoint: goal.commit,
    back: plan.back.map((change) => pathDisplay(change.path)),
    kept: plan.kept.map((kept) => ({ path: pathDisplay(kept.path), why: kept.why })),
    artifacts: state.length > 0,
    ...rest,
  };
}
