import { closeSync, constants, existsSync, lstatSync, openSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { isErrno } from './disk-problem.ts';
import { linkFault } from './fault.ts';

/** Windows has neither; there the look at the path is all there is. */
const known = constants as Partial<typeof constants>;
export const NO_FOLLOW = known.O_NOFOLLOW ?? 0;
/** A named pipe that nobody writes to is opened, and refused, instead of waited for. */
export const NON_BLOCKING = known.O_NONBLOCK ?? 0;
const FOLDER_ONLY = known.O_DIRECTORY ?? 0;

/** Linux shows which folder a descriptor really is, and lets a name in it be opened by way of the descriptor. */
const DESCRIPTORS = '/proc/self/fd';
const showsDescriptors = existsSync(DESCRIPTORS);

/**
 * Calls `work` with a path that stands for `folder` and that nobody can turn elsewhere meanwhile: no part of the folder's path is
 * a symbolic link. `folder` is absolute, below a root whose own path is real. The path is good until `work` returns. Throws a
 * FileFault for a link, and the system's error for what is missing.
 */
export function within<T>(folder: string, work: (way: string) => T): T {
  if (!showsDescriptors) {
    if (realpathSync.native(folder) !== folder) refuseLink(folder);
    return work(folder);
  }
  const held = heldFolders.get(folder);
  if (held !== undefined && readlinkSync(wayOf(held)) === folder) return work(wayOf(held));
  const descriptor = openFolder(folder);
  const isHeld = hold(folder, descriptor);
  try {
    const real = readlinkSync(wayOf(descriptor));
    if (real === `${folder} (deleted)`) lstatSync(folder); // Throws, unless another one has taken its place.
    if (real !== folder) refuseLink(folder);
    return work(wayOf(descriptor));
  } finally {
    if (!isHeld) closeSync(descriptor);
  }
}

/*
 * A step of a run opens files of the same few folders dozens of times. A folder stays open until whoever runs now has come to an end,
 * and is looked at each time all the same: whether it still is what its path says.
 */
const heldFolders = new Map<string, number>();
const toClose: number[] = [];
const MOST_HELD = 32;

function hold(folder: string, descriptor: number): boolean {
  if (toClose.length >= MOST_HELD) return false;
  if (toClose.length === 0) setTimeout(letGo, 0); // An immediate may wait for the next event (Bun 1.4).
  heldFolders.set(folder, descriptor);
  toClose.push(descriptor); // One that another replaces may be in use further up.
  return true;
}

function letGo(): void {
  for (const descriptor of toClose.splice(0)) closeSync(descriptor);
  heldFolders.clear();
}

function wayOf(descriptor: number): string {
  return `${DESCRIPTORS}/${descriptor}`;
}

function openFolder(folder: string): number {
  try {
    return openSync(folder, constants.O_RDONLY | FOLDER_ONLY | NO_FOLLOW | NON_BLOCKING);
  } catch (error) {
    // A link at its end is no folder to the system.
    if (isErrno(error) && (error.code === 'ENOTDIR' || error.code === 'ELOOP')) refuseIfLink(folder);
    throw error;
  }
}

/** The path leads elsewhere than it says: the link on it is named. */
function refuseLink(folder: string): void {
  refuseIfLink(folder);
  throw linkFault(folder);
}

function refuseIfLink(folder: string): void {
  const { root } = path.parse(folder);
  let place = root;
  for (const step of folder.slice(root.length).split(path.sep)) {
    place = path.join(place, step);
    const found = lstatSync(place, { throwIfNoEntry: false });
    if (found === undefined) return;
    if (found.isSymbolicLink()) throw linkFault(place);
  }
}
