import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../core/problem.ts';

/** The git that is called, looked up once: an agent that leaves another one later is not heard. */
export interface GitProgram {
  /** Absolute; null: there is none. */
  readonly file: string | null;
  /** PATH for git and what it starts: the absolute entries outside the work tree. */
  readonly path: string;
}

/**
 * Looks git up in the absolute entries of PATH that are outside the work tree, links resolved. Throws a Problem when the only
 * one there is lies inside: an agent may have written it.
 */
export function findGit(workspace: string | null, given = process.env['PATH'] ?? ''): GitProgram {
  const tree = workspace === null ? null : workTreeAround(workspace);
  const isInside = (place: string) => tree !== null && isWithin(realPathOf(place), tree);
  const entries = given.split(path.delimiter).filter((entry) => path.isAbsolute(entry));
  const outside = entries.filter((entry) => !isInside(entry));
  const gits = (folders: readonly string[]) => folders.map((folder) => path.join(folder, 'git')).filter(isExecutable);
  const file = gits(outside).find((candidate) => !isInside(candidate)) ?? null;
  const refused = gits(entries)[0];
  if (file === null && refused !== undefined) {
    throw new Problem(
      'git',
      `The only git on PATH is ${refused}, inside the work tree, where an agent may have written it: it is not run`,
      'Install git outside the work tree, or put the folder of the one that you trust on PATH.',
    );
  }
  return { file, path: outside.join(path.delimiter) };
}

/** The nearest folder at or above the workspace that has a `.git`; the workspace when none has. Real path. */
export function workTreeAround(workspace: string): string {
  const start = realPathOf(workspace);
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, '.git'))) return folder;
    if (folder === path.dirname(folder)) return start;
  }
}

function isWithin(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder.endsWith(path.sep) ? folder : `${folder}${path.sep}`);
}

/** Of what is not there yet: that of the part that is. */
function realPathOf(place: string): string {
  try {
    return realpathSync(place);
  } catch {
    const parent = path.dirname(place);
    return parent === place ? place : path.join(realPathOf(parent), path.basename(place));
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // Not there, or not for us.
  }
}
