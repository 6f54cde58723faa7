import { readCarefully } from '../files/careful-read.ts';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** What a person is in the middle of: no checkpoint may be made then. */
export type Operation = 'merge' | 'rebase' | 'am' | 'cherry-pick' | 'revert' | 'bisect';

/** The operation that the files in the git folder tell of (the same files that `git status` goes by). No process. */
export function readOperation(gitDir: string): Operation | null {
  const has = (...name: string[]) => existsSync(path.join(gitDir, ...name));
  if (has('MERGE_HEAD')) return 'merge';
  if (has('rebase-apply', 'applying')) return 'am';
  if (has('rebase-merge') || has('rebase-apply')) return 'rebase';
  if (has('CHERRY_PICK_HEAD')) return 'cherry-pick';
  if (has('REVERT_HEAD')) return 'revert';
  // Between two commits of a series neither of the two heads is there.
  if (has('sequencer', 'todo')) {
    const todo = readCarefully(path.join(gitDir, 'sequencer', 'todo'))?.toString() ?? '';
    return todo.startsWith('revert') ? 'revert' : 'cherry-pick';
  }
  return has('BISECT_LOG') ? 'bisect' : null;
}
