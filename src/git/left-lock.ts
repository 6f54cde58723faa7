import { lstatSync } from 'node:fs';
import { Problem } from '../core/problem.ts';

/** The Problem of a git command that met a lock of somebody's, with the file and what to do; null where git says nothing of one. */
export function leftLock(words: string): Problem | null {
  const file = /Unable to create '([^'\n]+\.lock)': File exists/.exec(words)?.[1];
  if (file === undefined) return null;
  const stats = lstatSync(file, { throwIfNoEntry: false });
  const age = stats === undefined ? '' : `, ${Math.max(0, Math.round((Date.now() - stats.mtimeMs) / 1000))} s old,`;
  return new Problem(
    'git',
    `The lock ${file}${age} is in the way: a git command holds it, or one that was killed left it`,
    `${removal(file)} once no git command is at work in this repository, then resume the run.`,
  );
}

/** The command that removes a lock, as part of a sentence. */
export function removal(file: string): string {
  return `Remove it with: rm '${file.replaceAll("'", `'\\''`)}'`;
}
