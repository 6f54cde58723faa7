import {
  accessSync,
  copyFileSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import path from 'node:path';
import { diskProblem, isErrno, isMissing } from './disk-problem.ts';
import { kindOf, lookAt, type Standing, standing } from './door.ts';
import { within } from './way.ts';

/** A name in a folder, nothing followed. */
export interface Entry {
  readonly name: string;
  readonly kind: Standing['kind'];
}

/** What is in a folder, sorted by name; empty when there is none. Throws a FileFault for a link, or another Problem of kind `state`. */
export function listFolder(folder: string): readonly Entry[] {
  try {
    const entries = within(folder, (way) => readdirSync(way, { withFileTypes: true }));
    return entries
      .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isMissing(error)) return [];
    throw diskProblem(error, folder, 'read');
  }
}

/** A folder itself and what is in it, nothing followed. Throws a FileFault for a link, and the system's error for what is missing. */
export function lookInto(folder: string): { readonly self: Standing; readonly inside: ReadonlyMap<string, Standing> } {
  return within(folder, (way) => {
    const inside = readdirSync(way).flatMap((name) => {
      const found = lstatSync(path.join(way, name), { bigint: true, throwIfNoEntry: false });
      return found === undefined ? [] : [[name, standing(found)] as const];
    });
    return { self: standing(lstatSync(`${way}/.`, { bigint: true })), inside: new Map(inside) };
  });
}

/** Where a link leads, as it is written; null where no link is, or none that may be read. */
export function linkTarget(place: string): string | null {
  try {
    return within(path.dirname(place), (way) => readlinkSync(path.join(way, path.basename(place))));
  } catch {
    return null;
  }
}

/** The names of the folders in a folder, sorted; none where there is none, or none that may be read. */
export function foldersIn(folder: string): string[] {
  try {
    return listFolder(folder)
      .filter(({ kind }) => kind === 'folder')
      .map(({ name }) => name);
  } catch {
    return []; // A link, or somebody else's: whoever needs it says so.
  }
}

/**
 * Those of them in which a file or folder of one of these names stands, in no order. Ten thousand are looked at by their paths, in half
 * the time of the way through a descriptor: a link that meanwhile takes the place of a folder tells what stands behind it, and no more.
 */
export function foldersWith(folder: string, names: readonly string[]): string[] {
  const holds = (inner: string) =>
    names.some((name) => {
      const found = lstatSync(`${inner}/${name}`, { throwIfNoEntry: false });
      return found?.isFile() === true || found?.isDirectory() === true;
    });
  try {
    const found = within(folder, (way) => readdirSync(way, { withFileTypes: true }));
    return found.flatMap((entry) => (entry.isDirectory() && holds(`${folder}/${entry.name}`) ? [entry.name] : []));
  } catch {
    return []; // As above.
  }
}

/** The regular files below a folder with their paths, sorted, for those whose name is `wanted`. */
export function filesBelow(folder: string, wanted: (name: string) => boolean = () => true): readonly string[] {
  return listFolder(folder).flatMap(({ name, kind }) => {
    const place = path.join(folder, name);
    if (kind === 'folder') return filesBelow(place, wanted);
    return kind === 'file' && wanted(name) ? [place] : [];
  });
}

/** Creates a folder with its parents, for its owner alone. Throws a FileFault for a link on its way, or another Problem. */
export function makeFolder(folder: string): void {
  try {
    within(folder, () => undefined);
  } catch (error) {
    if (!(isErrno(error) && error.code === 'ENOENT') || path.dirname(folder) === folder) {
      throw diskProblem(error, folder, 'written');
    }
    makeFolder(path.dirname(folder));
    try {
      within(path.dirname(folder), (way) => mkdirSync(path.join(way, path.basename(folder)), 0o700));
    } catch (failure) {
      if (!(isErrno(failure) && failure.code === 'EEXIST')) throw diskProblem(failure, folder, 'written');
    }
  }
}

/** What `work` gives. Where the folder that it needs is missing, that is made, and the work done then. Throws as both do. */
export function withFolder<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isMissing(error)) throw error;
    makeFolder(folder);
    return work();
  }
}

/** Removes a file, link or folder with all in it; nothing happens where nothing is. Throws the system's error. */
export function remove(place: string): void {
  try {
    within(path.dirname(place), (way) => removeIn(path.join(way, path.basename(place))));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** A file by the system's own call: Bun's `rmSync` tells a failing or full disk as EFAULT. */
function removeIn(place: string): void {
  if (lstatSync(place).isDirectory()) rmSync(place, { recursive: true, force: true });
  else unlinkSync(place);
}

/** Gives a file or folder another name, in its folder or another one. Throws the system's error. */
export function rename(from: string, to: string): void {
  within(path.dirname(from), (source) => {
    const move = (target: string) =>
      renameSync(path.join(source, path.basename(from)), path.join(target, path.basename(to)));
    if (path.dirname(from) === path.dirname(to)) move(source);
    else within(path.dirname(to), move);
  });
}

/** Gives a file a second name in its own folder. Throws the system's error, EEXIST where something has that name. */
export function giveSecondName(file: string, name: string): void {
  within(path.dirname(file), (way) => linkSync(path.join(way, path.basename(file)), path.join(way, name)));
}

/** Copies a file to a name that is free. Throws the system's error. */
export function copyFile(from: string, to: string): void {
  within(path.dirname(from), (source) =>
    within(path.dirname(to), (target) =>
      copyFileSync(
        path.join(source, path.basename(from)),
        path.join(target, path.basename(to)),
        constants.COPYFILE_EXCL,
      ),
    ),
  );
}

/** Throws a FileFault for a link, and the system's error where this is no folder that the user may write and enter. */
export function requireFolder(folder: string): void {
  within(folder, (way) => accessSync(way, constants.W_OK | constants.X_OK));
}

/** The same for a folder or a file, which need only be written. */
export function requireAccess(place: string): void {
  try {
    requireFolder(place);
  } catch (error) {
    if (!(isErrno(error) && error.code === 'ENOTDIR')) throw error;
    within(path.dirname(place), (way) => accessSync(path.join(way, path.basename(place)), constants.W_OK));
  }
}

/**
 * A free name beside `file` for what is moved out of its way: `<file>.torn-20261123T184954258Z`, with a number after it when
 * that one is taken.
 */
export function asideName(file: string, why: 'torn' | 'corrupt' | 'aside', now: Date): string {
  const name = `${file}.${why}-${now.toISOString().replaceAll(/[-:.]/g, '')}`;
  let free = name;
  for (let count = 2; lookAt(free) !== null; count += 1) free = `${name}-${count}`;
  return free;
}

/** Moves what stands in a file's place out of the way; returns the path that it has now. Throws a Problem of kind `state`. */
export function moveAside(file: string, why: 'corrupt' | 'aside', now: Date): string {
  try {
    const aside = asideName(file, why, now);
    rename(file, aside);
    return aside;
  } catch (error) {
    throw diskProblem(error, file, 'written');
  }
}
