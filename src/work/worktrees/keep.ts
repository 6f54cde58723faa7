import { readdirSync } from 'node:fs';
import path from 'node:path';
import { listed } from '../../core/listed.ts';
import type { TreeFacts } from './facts.ts';
import { folderBeside } from './place.ts';

export interface KeepFacts {
  /** What only a look into the work tree tells; absent: nobody looked. */
  readonly inside?: Inside;
  /** How the task's latest run ended: `unfinished`; `none`: it has no run. */
  readonly run: string;
}

/** What git's status of a work tree does not show, as paths for the screen. */
export interface Inside {
  /** Submodules in which somebody worked. */
  readonly submodules: readonly string[];
  /** Edits of files that git was told to overlook. */
  readonly hidden: readonly string[];
}

/** Why the work tree of a task is not removed. */
export interface Reasons {
  readonly reasons: readonly string[];
  /** Whether a person may insist: then nothing is lost that a snapshot cannot keep. */
  readonly isForceable: boolean;
}

const NOT_SEEN: Inside = { submodules: [], hidden: [] };

/** What would be lost with a work tree; no reasons: nothing. */
export function reasonsToKeep(facts: TreeFacts, { inside = NOT_SEEN, run }: KeepFacts): Reasons {
  const { submodules, hidden } = inside;
  const { tree, dirty, nested, operation, locked, unmerged } = facts;
  const commits = unmerged === 1 ? '1 commit of it is' : `${unmerged} commits of it are`;
  const isOpen = unmerged === 0 && tree.merged === null && !['success', 'none'].includes(run);
  const all = [
    hidden.length > 0 && `it has edits that git was told to overlook: ${listed(hidden)}`,
    nested.length > 0 && `it holds repositories of their own: ${listed(nested)}`,
    operation !== null && `it is in the middle of a ${operation}`,
    dirty.length > 0 && `it has what no commit holds: ${listed(dirty)}`,
    submodules.length > 0 && `somebody worked in its submodules: ${listed(submodules)}`,
    unmerged > 0 && `${commits} in no other branch and not merged (autoloop merge ${tree.taskId})`,
    isOpen && `its run is ${run} and can go on (autoloop --resume --task-id ${tree.taskId})`,
    isPersons(locked) && `git was told to keep it${locked === '' ? '' : `: ${locked ?? ''}`} (git worktree unlock)`,
    isOutOfReach(tree) && `${tree.top} is out of reach, perhaps on a disk that is not there now`,
  ];
  const reasons = all.filter((reason) => reason !== false);
  // A snapshot has none of these.
  const isLost = [nested, submodules, hidden].some((paths) => paths.length > 0) || operation !== null;
  return { reasons, isForceable: !isLost };
}

/** Locked by somebody else than a run. */
function isPersons(locked: string | null): boolean {
  return locked !== null && !locked.startsWith('autoloop ');
}

/** A work tree that is not there, and whose folder may be that of a disk that is not there either. */
export function isOutOfReach({ top, isThere, admin }: TreeFacts['tree']): boolean {
  if (isThere) return false;
  const [holder, repository] = [path.dirname(top), path.dirname(path.dirname(path.dirname(admin)))];
  // Beside the repository it is on the same disk.
  if (holder === folderBeside(repository)) return false;
  try {
    return readdirSync(holder).length === 0;
  } catch {
    return true;
  }
}
