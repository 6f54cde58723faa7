import type { Problem } from '../core/problem.ts';
import type { GitPath, WorkTree } from '../run/git-port.ts';
import type { DiedCall } from './call-record.ts';
import type { IgnoreState } from './coverage.ts';
import type { Operation } from './operation.ts';
import type { Unshown } from './unshown.ts';

/** What the program needs of a repository beyond what the loop does. */
export interface GitWorkTree extends WorkTree {
  /** Absolute paths of the top of the work tree, and of its own git folder. */
  readonly top: string;
  readonly gitFolder: string;
  /** Checkpoints are made under the stand-in identity: to be warned of once. */
  readonly identityMissing: boolean;
  /** See `WorkTree`; `unmerged paths` only after `observe` has seen them. */
  operationInProgress(): Operation | 'unmerged paths' | null;
  /** See `hindrance`, and `clearLeftLocks` for `died`. One process, and two more where there is no commit yet. */
  hindrance(died: DiedCall | null): Promise<Problem | null>;
  /** See `IgnoreState`. */
  ignoreState(folder: string): Promise<IgnoreState>;
  /** Repositories within this one that are no submodules: no checkpoint covers them. */
  uncovered(): Promise<GitPath[]>;
  /** Begins with what the snapshot of this start will need, while other things are done. */
  foreseeSnapshot(): void;
  /** What was written since (ms since 1970) and git does not show. */
  unshown(since: number): Promise<Unshown>;
  /** The program has ended its work here: what changes in git's configuration from now on is a person's. */
  close(): Promise<void>;
  /** See `clearLeftLocks`: the files that were removed. */
  clearLeftLocks(died: DiedCall | null): readonly string[];
}
