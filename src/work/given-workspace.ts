import { realpathSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Problem } from '../core/problem.ts';

/** The absolute, real path of `--workspace`; `~` is the home folder. Throws a Problem (usage) unless it is a directory. */
export function resolveWorkspace(given: string): string {
  if (given.trim() === '') throw new Problem('usage', '--workspace is blank: give an existing directory');
  const expanded = given === '~' || given.startsWith('~/') ? path.join(os.homedir(), given.slice(1)) : given;
  const absolute = path.resolve(expanded);
  const stats = statSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new Problem('usage', `--workspace ${absolute} does not exist: give an existing directory`);
  if (!stats.isDirectory()) throw new Problem('usage', `--workspace ${absolute} is not a directory`);
  return realpathSync(absolute);
}
