import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { isWithin, realPathOf, workTreeAround } from './work-tree.ts';

/** Where a program is looked for. */
export interface LookupPlace {
  /** The value of PATH. */
  readonly path: string;
  /** Any folder of the work tree in which agents write; null: there is none. */
  readonly workspace: string | null;
}

/** What a name stands for, links resolved to judge by; `file` null: nothing that may be run. */
export interface FoundProgram {
  readonly file: string | null;
  /** The first program of that name that lies in the work tree, where there is no other. */
  readonly refused: string | null;
}

/**
 * Looks a program up in the absolute entries of PATH outside the work tree: whatever lies inside, an agent may have written. A name with
 * a slash is a path from the workspace.
 */
export function lookUp(name: string, { path: given, workspace }: LookupPlace): FoundProgram {
  const isInside = insideOf(workspace);
  const candidates = name.includes('/')
    ? [path.resolve(workspace ?? '/', name)]
    : absoluteEntries(given).map((folder) => path.join(folder, name));
  const found = candidates.filter(isExecutable);
  const isOutside = (file: string) => name.includes('/') || !isInside(path.dirname(file));
  const file = found.find((candidate) => isOutside(candidate) && !isInside(candidate)) ?? null;
  return { file, refused: file === null ? (found[0] ?? null) : null };
}

/** The absolute entries of PATH that lie outside the work tree, as a PATH. */
export function outsideEntries({ path: given, workspace }: LookupPlace): string {
  const isInside = insideOf(workspace);
  return absoluteEntries(given)
    .filter((entry) => !isInside(entry))
    .join(path.delimiter);
}

/**
 * The words that start a program whose first line leaves it to PATH who reads it (`#!/usr/bin/env node`): that one by its absolute
 * path, then the program. `interpreter` null: any other program, which is started as it is.
 */
export function interpreterOf(file: string): string | null {
  const [, name] = /^#![ \t]*\/\S*\/env[ \t]+(?:-S[ \t]*)?([^\s=/]+)[ \t]*$/.exec(firstLine(file)) ?? [];
  return name ?? null;
}

function insideOf(workspace: string | null): (place: string) => boolean {
  const tree = workspace === null ? null : workTreeAround(workspace);
  return (place) => tree !== null && isWithin(realPathOf(place), tree);
}

function absoluteEntries(given: string): readonly string[] {
  return given.split(path.delimiter).filter((entry) => path.isAbsolute(entry));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // Not there, or not for us.
  }
}

const LINE_BYTES = 256;

function firstLine(file: string): string {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(LINE_BYTES);
      return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, LINE_BYTES, 0)).split('\n', 1)[0] ?? '';
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return ''; // What may be run need not be for us to read.
  }
}
