import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { timeText } from '../core/time-text.ts';
import { isThere } from '../files/door.ts';
import { listFolder, remove, withFolder } from '../files/folders.ts';
import { openMachineFolder } from '../files/machine-folder.ts';
import { machineFolder } from '../files/places.ts';
import { isWithin } from '../files/work-tree.ts';
import { type Holder, holderOf } from '../store/holder.ts';
import { stateFiles } from '../store/layout.ts';
import { write } from '../store/lock-file.ts';
import { isAlive } from '../supervision/identity.ts';
import { processTable } from '../supervision/platform.ts';

/**
 * Writes down who works in which workspace, beside the folders of the workspaces that this machine keeps: whoever works in a folder below
 * another one is seen from there. Returns what takes it out again. `text` is that of the workspace's lock. Where it cannot be written,
 * such a one is not seen.
 */
export function enterRegister(workspace: string, text: string): () => void {
  const machine = openMachineFolder(workspace);
  if (machine === null) return () => undefined;
  const register = registerBeside(machine);
  const entry = path.join(register, `${process.pid}-${randomBytes(4).toString('hex')}.json`);
  attempt(() => {
    for (const { file, holder } of entriesIn(register)) if (holder !== null && isGone(holder)) remove(file);
    withFolder(register, () => write(entry, text));
  });
  return () => attempt(() => remove(entry));
}

/**
 * Refuses a workspace that lies in another one in which somebody works, or has one within it. A repository's own lock shows neither where
 * one of the two is no part of it. Throws a Problem of kind `busy`.
 */
export function refuseNested(workspace: string): void {
  for (let folder = path.dirname(workspace); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const { lock } = stateFiles(folder);
    const holder = isThere(lock, 'file') ? holderOf(lock) : null;
    if (holder !== null && isAlive(holder)) throw busy(holder, folder, 'which this workspace lies in');
  }
  for (const holder of registered(workspace)) {
    const { workspace: folder } = holder;
    if (folder === null || folder === workspace || !isWithin(folder, workspace)) continue;
    throw busy(holder, folder, 'which lies in this workspace');
  }
}

/** Who is alive of those in the register. */
function registered(workspace: string): readonly Holder[] {
  const found = entriesIn(registerBeside(machineFolder(workspace)));
  return found.flatMap(({ holder }) => (holder !== null && isAlive(holder) ? [holder] : []));
}

function entriesIn(register: string): readonly { readonly file: string; readonly holder: Holder | null }[] {
  try {
    const files = listFolder(register).map(({ name }) => path.join(register, name));
    return files.map((file) => ({ file, holder: holderOf(file) }));
  } catch {
    return []; // Another user's, or a link.
  }
}

/** Killed, before a restart too. One that another pid namespace has is not seen from here. */
function isGone(holder: Holder): boolean {
  const { boot, pidNamespace } = processTable.epoch();
  return holder.boot !== boot || (holder.pidNamespace === pidNamespace && !isAlive(holder));
}

function registerBeside(machine: string): string {
  return path.join(path.dirname(machine), 'at-work');
}

function busy({ pid, run_id: runId, since }: Holder, folder: string, how: string): Problem {
  return new Problem(
    'busy',
    `busy: pid ${pid}, run ${runId} since ${timeText(since)} in ${folder}, ${how}`,
    'Wait for it to end, or stop it with Ctrl-C in its terminal.',
  );
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // A state home that is full or not ours: the locks are what counts.
  }
}
