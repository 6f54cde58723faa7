import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import type { DiedCall } from './call-record.ts';
import { readHead, standing } from './head.ts';
import { removal } from './left-lock.ts';
import { lockHolder } from './lock-holder.ts';
import type { Place } from './place.ts';

/** A lock older than this, with no git at work, is nobody's. */
const STALE_MS = 60_000;
/** File systems date by a clock that may be a tick behind. */
const TICK_MS = 20;

/**
 * Looks at the locks that would keep checkpoints from being made. One that appeared during a call of ours which died with the
 * program is removed, and returned; any other one that is stale is a Problem with the command that removes it.
 */
export function clearLeftLocks(place: Place, died: DiedCall | null): string[] {
  const { ours, stale } = leftLocks(place, died);
  for (const file of ours) rmSync(file, { force: true });
  if (stale !== null) throw stale;
  return ours;
}

export interface LeftLocks {
  /** Those of our own call that died. */
  readonly ours: string[];
  /** Why no run can start; null: none is in the way. */
  readonly stale: Problem | null;
}

/** The same, and removes nothing. */
export function leftLocks(place: Place, died: DiedCall | null): LeftLocks {
  const [found, own] = [dated(locksOf(place)), dated(locksOfOurs(place))];
  if (found.length + own.length === 0) return { ours: [], stale: null };
  const holder = lockHolder(place);
  if (typeof holder === 'string') return { ours: [], stale: null };
  const ours = [...found, ...own].filter(({ since }) => died !== null && since >= died.at - TICK_MS);
  const stale = found.find((lock) => !ours.includes(lock) && holder === null && Date.now() - lock.since > STALE_MS);
  return { ours: ours.map(({ file }) => file), stale: stale === undefined ? null : inTheWay(stale.file) };
}

function dated(files: readonly string[]): { readonly file: string; readonly since: number }[] {
  return files.flatMap((file) => {
    const stats = standing(file);
    return stats === undefined ? [] : [{ file, since: stats.mtimeMs }];
  });
}

function inTheWay(file: string): Problem {
  return new Problem(
    'git',
    `The lock ${file} is in the way, and no git command is at work in this repository: one that was killed left it`,
    `${removal(file)}, then try again.`,
  );
}

function locksOf({ gitDir, commonDir }: Place): string[] {
  const branch = readHead({ gitDir, commonDir })?.branch ?? null;
  return [
    path.join(gitDir, 'index.lock'),
    path.join(gitDir, 'HEAD.lock'),
    path.join(commonDir, 'packed-refs.lock'),
    ...(branch === null ? [] : [path.join(commonDir, `refs/heads/${branch}.lock`)]),
  ];
}

/** Those of references that only this program writes. What another run of it left is in nobody's way. */
function locksOfOurs({ commonDir }: Place): string[] {
  return ['runs', 'safety', 'kept'].flatMap((name) => {
    const folder = path.join(commonDir, 'refs/autoloop', name);
    return namesIn(folder).flatMap((entry) => (entry.endsWith('.lock') ? [path.join(folder, entry)] : []));
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // There is none yet, or git says what is wrong with it.
  }
}
