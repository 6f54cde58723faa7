import { realpathSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { printable } from '../config/found.ts';
import { Problem } from '../core/problem.ts';
import { isErrno } from '../files/disk-problem.ts';

/** The absolute, real path of `--workspace`; `~` is the home folder. Throws a Problem (usage) unless it is a directory. */
export function resolveWorkspace(given: string): string {
  const expanded = given === '~' || given.startsWith('~/') ? path.join(os.homedir(), given.slice(1)) : given;
  const absolute = path.resolve(expanded);
  const refused = (why: string) => new Problem('usage', `--workspace ${printable(absolute)} ${why}`);
  try {
    const stats = statSync(absolute, { throwIfNoEntry: false });
    if (stats === undefined) throw refused('does not exist: give an existing directory');
    if (!stats.isDirectory()) throw refused('is not a directory: give an existing directory');
    return realpathSync(absolute);
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw refused(`cannot be looked at (${error.code}): give a directory that you may read`);
  }
}
