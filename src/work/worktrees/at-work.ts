import path from 'node:path';
import type { Io } from '../ports.ts';
import { treeEnvironment } from './environment.ts';
import { treesBeside } from './beside.ts';
import { RECORD_FILE, type TaskTree } from './record.ts';
import { readCarefully } from '../../files/careful-read.ts';
import { lookAt } from '../../files/door.ts';
import { remove } from '../../files/folders.ts';
import { put } from '../../store/lock-file.ts';

/** The work tree of a task that a workspace is in. */
export function treeAt(workspace: string): TaskTree | undefined {
  return treesBeside(workspace).find((one) => one.workspace === workspace);
}

/** What runs of a workspace have of their surroundings: in the work tree of a task also what tells it from others. */
export function inTree(io: Io, workspace: string): Io {
  const tree = treeAt(workspace);
  if (tree === undefined) return io;
  const env = { ...io.environment.env, ...treeEnvironment(tree) };
  return { ...io, environment: { ...io.environment, env } };
}

/**
 * Keeps git from removing the work tree of a task while a run works in it, as `git worktree lock` does; a lock of a person stays. What it
 * returns takes the lock away.
 */
export function lockForGit(gitFolder: string | null, runId: string): () => void {
  if (gitFolder === null || lookAt(path.join(gitFolder, RECORD_FILE)) === null) return () => undefined;
  const file = path.join(gitFolder, 'locked');
  const ours = `autoloop ${runId} pid ${process.pid}\n`;
  const isOthers = lookAt(file) !== null && textOf(file)?.startsWith('autoloop ') !== true;
  if (isOthers) return () => undefined;
  put(file, ours);
  return () => {
    if (textOf(file) === ours) remove(file);
  };
}

/** Null: it is not there, or no file, which an agent may have put there. */
function textOf(file: string): string | null {
  return readCarefully(file)?.toString() ?? null;
}
