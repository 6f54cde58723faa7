import path from 'node:path';
import { lookAt, readText } from '../../files/door.ts';
import { remove } from '../../files/folders.ts';
import { replaceFile } from '../../files/replace.ts';
import type { Git } from '../../git/git.ts';
import { LOCK_WAIT_MS } from '../../git/repository.ts';
import { finishMove, type Move, performMove } from '../../history/move.ts';

export const MERGE_FILE = 'merge.json';

/** Where a merge that is decided is written down. */
function mergeFile(git: Git, machine: string | null): string {
  return machine === null ? path.join(git.place.gitDir, `autoloop-${MERGE_FILE}`) : path.join(machine, MERGE_FILE);
}

/** Moves the branch that is checked out, its index and files; a crash in between is mended by `mendMerge`. False: the branch moved. */
export async function moveByMerge(git: Git, machine: string | null, move: Move, why: string): Promise<boolean> {
  const file = await beginMove(git, machine, move);
  const hasMoved = await performMove(git, move, why, LOCK_WAIT_MS);
  endMove(file);
  return hasMoved;
}

/** Writes down a move that a crash is to be mended by. Resolves with where; `endMove` takes it away again. */
export async function beginMove(git: Git, machine: string | null, move: Move): Promise<string> {
  const file = mergeFile(git, machine);
  await replaceFile(file, `${JSON.stringify({ version: 1, ...move })}\n`);
  return file;
}

/** It is done. */
export function endMove(file: string): void {
  remove(file);
}

/** Finishes or forgets a merge that a crash broke off. Resolves with its commit; null: there was none, or nothing had moved. */
export async function mendMerge(git: Git, machine: string | null): Promise<string | null> {
  const file = mergeFile(git, machine);
  if (lookAt(file) === null) return null;
  const move = readMove(file);
  const isFinished = move !== null && (await finishMove(git, move, LOCK_WAIT_MS));
  remove(file);
  return isFinished ? move.commit : null;
}

function readMove(file: string): Move | null {
  try {
    const move = JSON.parse(readText(file, Infinity) ?? 'null') as (Move & { version: number }) | null;
    return move?.version === 1 ? move : null;
  } catch {
    return null; // Torn: nothing had begun.
  }
}
