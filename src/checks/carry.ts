import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** What tools write into a dependency folder: it is theirs in every tree, and not the work tree's. */
const OWN = /^\.(?:cache|vite|vite-temp|vitest|tmp|turbo|nyc_output)/;

/**
 * Brings a dependency folder into the check tree: a real folder of links to its entries. One link to the whole would lead tools back
 * into the work tree, whose workspace packages are not those of the state under check; relative links are made anew for the same reason.
 */
function carryFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (OWN.test(entry.name)) continue;
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.isDirectory() && entry.name.startsWith('@')) carryFolder(source, target);
    else symlinkSync(source, target);
  }
}

/** The ignored folders to be carried: those with one of the names, or at one of the paths. */
export function foldersToCarry(ignored: readonly string[], names: readonly string[]): readonly string[] {
  return ignored.filter((folder) => names.includes(folder) || names.includes(path.posix.basename(folder)));
}

/** Carries folders of a work tree. One whose parent the state does not have is left out. */
export function carryAll(top: string, tree: string, folders: readonly string[]): void {
  for (const folder of folders) {
    const [from, to] = [path.join(top, folder), path.join(tree, folder)];
    const isFolder = (at: string) => lstatSync(at, { throwIfNoEntry: false })?.isDirectory() === true;
    if (isFolder(from) && isFolder(path.dirname(to))) carryFolder(from, to);
  }
}
