import path from 'node:path';
import type { EventOf } from '../core/events.ts';
import { Problem } from '../core/problem.ts';
import { readText } from '../files/door.ts';
import { remove } from '../files/folders.ts';
import { replaceFile } from '../files/replace.ts';
import type { View } from '../git/checkpoint.ts';
import { changedBetween } from '../git/coverage.ts';
import type { Git } from '../git/git.ts';
import { fileEntries, indexEntries, isBeginningOf, sameEntry } from '../git/entries.ts';
import { moveHead, type PathChange, setIndexAndFiles } from '../git/put-back.ts';
import { takeSnapshot } from '../git/snapshot.ts';

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

/** Keeps all that no commit holds, the program's own state included. Null: there is nothing. */
export function keepAll(git: Git, view: View, name: string) {
  return takeSnapshot(git, view, { name, isOurs: () => false });
}

/** Moves HEAD, index and files. Afterwards the event is to be logged, and then `file` to be removed. Throws a Problem where HEAD moved. */
export async function performUndo(git: Git, intent: UndoIntent, file: string, lockWaitMs: number): Promise<void> {
  await replaceFile(file, `${JSON.stringify(intent)}\n`);
  const { head, commit } = intent.event;
  const why = `autoloop: undo to ${intent.event.checkpoint.slice(0, 10)}`;
  if (commit !== null && !(await moveHead(git, { from: head, to: commit, why }))) {
    remove(file);
    throw new Problem('unsettled', 'HEAD moved while the undo was prepared; nothing was changed', 'Try again.');
  }
  await setIndexAndFiles(git, [...intent.changes, ...intent.state], lockWaitMs);
}

/**
 * An undo that a crash broke off: finished where HEAD has moved already, forgotten where nothing has. Resolves with the intent whose
 * event is still to be logged; null: none.
 */
export async function finishUndo(git: Git, file: string, lockWaitMs: number): Promise<UndoIntent | null> {
  const intent = readIntent(file);
  if (intent === null) return null;
  const { head, commit } = intent.event;
  const now = await git.headCommit();
  const hasMoved = commit === null || (now !== null && now !== head && (await contains(git, commit, now)));
  if (!hasMoved) {
    remove(file);
    return null;
  }
  const touched = commit === null ? [] : await changedBetween(git, commit, now);
  const changes = intent.changes.filter(({ path: at }) => !touched.includes(at));
  await setIndexAndFiles(git, [...(await unfinished(git, changes)), ...intent.state], lockWaitMs);
  return intent;
}

async function contains(git: Git, commit: string, head: string): Promise<boolean> {
  return (await git.run(['merge-base', '--is-ancestor', commit, head])).code === 0;
}

/** The paths that the crash left as they were, or half way: what a person changed since stays. */
async function unfinished(git: Git, changes: readonly PathChange[]): Promise<readonly PathChange[]> {
  const [index, files] = [await indexEntries(git), await fileEntries(git, changes.map(pathOf))];
  const left: PathChange[] = [];
  for (const change of changes) {
    const { path: at, from, to } = change;
    const staged = index.get(at) ?? null;
    const found = files.get(at) ?? null;
    const isIndexOurs = sameEntry(from, staged) || sameEntry(to, staged);
    const isFileOurs = found === null || sameEntry(from, found) || sameEntry(to, found);
    const isHalf = !isFileOurs && to !== null && (await isBeginningOf(git, at, to));
    if (isIndexOurs && (isFileOurs || isHalf)) left.push(change);
  }
  return left;
}

const pathOf = (change: PathChange) => change.path;

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
