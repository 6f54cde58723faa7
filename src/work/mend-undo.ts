import path from 'node:path';
import { lookAt } from '../files/door.ts';
import { remove } from '../files/folders.ts';
import type { Git } from '../git/git.ts';
import { LOCK_WAIT_MS, openGit } from '../git/repository.ts';
import { createRunner } from '../git/runner.ts';
import { finishUndo, UNDO_FILE, undoFile, type UndoIntent } from '../history/undo.ts';
import { runMetadata } from '../run/project.ts';
import { apply } from '../core/apply.ts';
import { mendMerge, MERGE_FILE } from './worktrees/merge-move.ts';
import { openRunStore } from '../store/run/open.ts';

/** A workspace whose lock this process holds. */
export interface Held {
  readonly workspace: string;
  readonly machine: string | null;
  readonly warn: (text: string) => void;
}

/** Finishes or forgets an undo or a merge that a crash broke off, before anything else is done here. */
export async function mendUndo(held: Held, git: Git): Promise<void> {
  const merged = await mendMerge(git, held.machine);
  if (merged !== null) held.warn(`a merge that had been broken off was finished: ${merged.slice(0, 10)}`);
  const file = undoFile(git, held.machine);
  if (lookAt(file) === null) return;
  const intent = await finishUndo(git, file, LOCK_WAIT_MS);
  if (intent === null) return;
  await logUndo(held, intent);
  remove(file);
  held.warn(`an undo that had been broken off was finished: ${intent.event.commit?.slice(0, 10) ?? 'no file changed'}`);
}

/** The same for whoever has no repository open. */
export async function mendUndoIn(held: Held): Promise<void> {
  const { machine } = held;
  if (machine !== null && [UNDO_FILE, MERGE_FILE].every((name) => lookAt(path.join(machine, name)) === null)) return;
  const opened = await openGit(held.workspace, { runner: createRunner({ workspace: held.workspace }) });
  if (opened.kind !== 'repository') return;
  try {
    await mendUndo(held, opened.git);
  } finally {
    await opened.git.close();
  }
}

/** Puts the undo into the log of its run, unless it is there. */
export async function logUndo({ workspace, machine, warn }: Held, intent: UndoIntent): Promise<void> {
  const { taskId, runId, seq, event } = intent;
  const { store } = await openRunStore({
    workspace,
    taskId,
    runId,
    create: null,
    now: () => new Date(),
    warn,
    machine,
  });
  let state = store.opened;
  if (state.seq < seq) state = apply(state, await store.append(event));
  const metadata = runMetadata(store, state);
  if (metadata !== null) await store.saveRunMetadata(metadata);
}
