import path from 'node:path';
import type { EventOf } from '../core/events.ts';
import { Problem } from '../core/problem.ts';
import { readText } from '../files/door.ts';
import { remove } from '../files/folders.ts';
import { replaceFile } from '../files/replace.ts';
import type { View } from '../git/checkpoint.ts';
import type { Git } from '../git/git.ts';
import { indexStamp } from '../git/private-index.ts';
import type { PathChange } from '../git/put-back.ts';
import { takeSnapshot } from '../git/snapshot.ts';
import type { SafetySnapshot } from '../run/git-port.ts';
import { finishMove, type Move, performMove } from './move.ts';

/** An undo that is decided: written down before anything moves, so that it is done whole or not at all. */
export interface UndoIntent {
  readonly version: 1;
  readonly taskId: string;
  readonly runId: string;
  /** The number that the event gets in the log. */
  readonly seq: number;
  /** Of sources, that nobody else touches; and of the run's own files, whatever stands there. */
  readonly changes: readonly PathChange[];
  readonly state: readonly PathChange[];
  readonly event: EventOf<'run_rewound'>;
}

/** Where it is written down: beside what the machine knows of the workspace, else in the git folder. */
export function undoFile(git: Git, machine: string | null): string {
  return machine === null ? path.join(git.place.gitDir, `autoloop-${UNDO_FILE}`) : path.join(machine, UNDO_FILE);
}

export const UNDO_FILE = 'undo.json';

/** Keeps all that no commit holds, the program's own state included. Null: there is nothing. Rejects with a Problem where the index moved. */
export async function keepAll(git: Git, view: View, name: string): Promise<SafetySnapshot | null> {
  const snapshot = await takeSnapshot(git, view, { name, isOurs: () => false });
  if (indexStamp(git.place) === view.stamp) return snapshot;
  throw new Problem(
    'unsettled',
    'the index changed while what it holds was to be kept; nothing was changed',
    'Try again.',
  );
}

/** Moves HEAD, index and files. Afterwards the event is to be logged, and then `file` to be removed. Throws a Problem where HEAD moved. */
export async function performUndo(git: Git, intent: UndoIntent, file: string, lockWaitMs: number): Promise<void> {
  await replaceFile(file, `${JSON.stringify(intent)}\n`);
  const why = `autoloop: undo to ${intent.event.checkpoint.slice(0, 10)}`;
  if (await performMove(git, moveOf(intent), why, lockWaitMs)) return;
  remove(file);
  throw new Problem('unsettled', 'HEAD moved while the undo was prepared; nothing was changed', 'Try again.');
}

function moveOf({ event: { head, commit }, changes, state }: UndoIntent): Move {
  return { head, commit, changes, state };
}

/**
 * An undo that a crash broke off: finished where HEAD has moved already, forgotten where nothing has. Resolves with the intent whose
 * event is still to be logged; null: none.
 */
export async function finishUndo(git: Git, file: string, lockWaitMs: number): Promise<UndoIntent | null> {
  const intent = readIntent(file);
  if (intent === null) return null;
  if (await finishMove(git, moveOf(intent), lockWaitMs)) return intent;
  remove(file);
  return null;
}

function readIntent(file: string): UndoIntent | null {
  try {
    const intent = JSON.parse(readText(file, Infinity) ?? 'null') as Partial<UndoIntent> | null;
    return intent?.version === 1 && intent.event !== undefined ? (intent as UndoIntent) : null;
  } catch {
    return null; // Torn: nothing had begun.
  }
}

/** The tree of a snapshot's files and of its index; both are those of the commit where nothing was dirty. */
export async function snapshotTrees(git: Git, snapshot: string | null, commit: string) {
  if (snapshot === null) return { file: commit, index: commit };
  const found = await git.run(['rev-parse', '--verify', '--quiet', `${snapshot}^{commit}`]);
  return found.code === 0 ? { file: snapshot, index: `${snapshot}^2` } : { file: commit, index: commit };
}
