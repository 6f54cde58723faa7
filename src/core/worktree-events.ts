/** Where the work tree of a task is in its repository: its branch, the commit that it began with, and the branch that it began from (null: none). */
export interface RunTree {
  readonly branch: string;
  readonly base: string;
  readonly base_branch: string | null;
}

/** What the opening of a run tells of it. Ours. */
export interface OpenedInTree {
  /** Absent: the run is in no work tree of its task's own. */
  readonly worktree?: RunTree;
}

/** What happens to the work tree of a task and to its branch. All are ours; none moves the run. */
export type WorktreeEvent =
  /** `base` is the commit that it began with; `included`: how many ignored files were copied; `setup_ms`: null without a setup. */
  | {
      readonly event_type: 'worktree_created';
      readonly path: string;
      readonly branch: string;
      readonly base: string;
      readonly base_branch: string | null;
      readonly included: number;
      readonly setup_ms: number | null;
    }
  /** `snapshot`: the reference that keeps what was not committed; null: nothing was. */
  | { readonly event_type: 'worktree_removed'; readonly path: string; readonly snapshot: string | null }
  /** `commit` is what the branch `into` got. */
  | {
      readonly event_type: 'merged';
      readonly into: string;
      readonly strategy: string;
      readonly commit: string;
    }
  /** Paths in which both sides changed the same, at most 100; nothing was changed. */
  | { readonly event_type: 'merge_conflict'; readonly into: string; readonly paths: readonly string[] };
