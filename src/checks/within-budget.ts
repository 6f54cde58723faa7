import { lstatSync } from 'node:fs';
import type { GitPath } from '../run/git-port.ts';
import { absolute } from '../git/paths.ts';

/** What is read into one state at most, in bytes. */
const BUDGET = 256 * 1024 * 1024;

/**
 * The paths, of changed ones, that are too much for a state, the largest first: git would read and store each of them whole. No
 * checkpoint takes a file of that size either, so that nobody who checks the work out has it.
 */
export function beyondBudget(top: string, changed: readonly GitPath[], budget = BUDGET): readonly GitPath[] {
  const sized = changed.map((path) => ({ path, size: sizeOf(absolute(top, path)) })).sort((a, b) => a.size - b.size);
  let left = budget;
  return sized.filter(({ size }) => (left -= size) < 0 && size > 0).map(({ path }) => path);
}

function sizeOf(file: string | Buffer): number {
  try {
    const stats = lstatSync(file);
    return stats.isFile() ? stats.size : 0;
  } catch {
    return 0; // Gone, or not for us: git says so.
  }
}
