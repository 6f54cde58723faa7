import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { isThere, readText } from '../files/door.ts';
import { listFolder, remove, withFolder } from '../files/folders.ts';
import { openMachineFolder } from '../files/machine-folder.ts';
import { machineFolder } from '../files/places.ts';
import { placeOnDisk } from '../files/mounts.ts';
import { isWithin } from '../files/work-tree.ts';
import { busyText, type Holder, holderOf, WAIT_OR_STOP } from '../store/holder.ts';
import { stateFiles } from '../store/layout.ts';
import { write } from '../store/lock-file.ts';
import { isAlive } from '../supervision/identity.ts';
import { processTable } from '../supervision/platform.ts';

/**
 * Writes down who works in which workspace, beside the folders of the workspaces that this machine keeps: whoever works in a folder below
 * another one, or has it by another mount, is seen from there. Returns what takes it out again. `holder`: the text of the workspace's lock.
 * Where it cannot be written, such a one is not seen.
 */
export function enterRegister(workspace: string, holder: string): () => void {
  const machine = openMachineFolder(workspace);
  if (machine === null) return () => undefined;
  const register = registerBeside(machine);
  const entry = path.join(register, `${process.pid}-${randomBytes(4).toString('hex')}.json`);
  attempt(() => {
    for (const { file, by } of entriesIn(register)) if (by !== null && isGone(by)) remove(file);
    const told = JSON.stringify({ ...(JSON.parse(holder) as object), place: placeOnDisk(workspace) });
    withFolder(register, () => write(entry, `${told}\n`));
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
  const here = placeOnDisk(workspace);
  for (const { by, place } of entriesIn(registerBeside(machineFolder(workspace)))) {
    // Of the same folder its own lock tells.
    if (by === null || place === null || place === here || by.pid === process.pid || !isAlive(by)) continue;
    if (isWithin(place, here)) throw busy(by, by.workspace ?? place, 'which lies in this workspace');
    if (isWithin(here, place)) throw busy(by, by.workspace ?? place, 'which this workspace lies in');
  }
}

interface Entry {
  readonly file: string;
  /** Null: the file names nobody. */
  readonly by: Holder | null;
  readonly place: string | null;
}

function entriesIn(register: string): readonly Entry[] {
  try {
    return listFolder(register).map(({ name }) => {
      const file = path.join(register, name);
      const by = holderOf(file);
      return { file, by, place: by === null ? null : placeIn(file) };
    });
  } catch {
    return []; // Another user's, or a link.
  }
}

function placeIn(file: string): string | null {
  const { place } = JSON.parse(readText(file) ?? '{}') as { readonly place?: unknown };
  return typeof place === 'string' ? place : null;
}

/** Killed, before a restart too. One that another pid namespace has is not seen from here. */
function isGone(holder: Holder): boolean {
  const { boot, pidNamespace } = processTable.epoch();
  return holder.boot !== boot || (holder.pidNamespace === pidNamespace && !isAlive(holder));
}

function registerBeside(machine: string): string {
  return path.join(path.dirname(machine), 'at-work');
}

function busy(holder: Holder, folder: string, how: string): Problem {
  return new Problem('busy', `${busyText(holder)} in ${folder}, ${how}`, WAIT_OR_STOP);
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // A state home that is full or not ours: the locks are what counts.
  }
}
