import type { RunEvent } from '../core/events.ts';
import { scopeOf } from '../core/scope.ts';
import type { Scope } from '../core/vocabulary.ts';
import type { TurnName } from './phase-outputs.ts';

/** What a log tells of the work as a whole, for whoever asks what a run has made. */
export interface Outline {
  /** The commit on which the first turn began; null: none did, or there is no git. */
  readonly baseline: string | null;
  readonly commits: { readonly count: number; readonly first: string; readonly last: string } | null;
  /** The last audit that could be read. */
  readonly audit: { readonly summary: string; readonly hasGaps: boolean } | null;
  /** The verifier's turn that said BLOCKED; null where the run has gone on since. */
  readonly blocked: (TurnName & { readonly scope: Scope }) | null;
  /** What agents changed and no checkpoint took, as of the last end; at most 100 names. */
  readonly leftUncommitted: readonly string[];
  /** Whether the branch of its work tree can be brought in: neither was it since the run's last checkpoint, nor is the work tree gone. */
  readonly isToMerge: boolean;
}

export const NO_OUTLINE: Outline = {
  baseline: null,
  commits: null,
  audit: null,
  blocked: null,
  leftUncommitted: [],
  isToMerge: true,
};

/** What is known after one more event. */
export function outlineAfter(known: Outline, event: RunEvent): Outline {
  switch (event.event_type) {
    case 'run_resumed':
      return { ...known, blocked: null };
    case 'run_rewound':
      return {
        ...known,
        blocked: null,
        commits: event.commit === null ? known.commits : withCommit(known.commits, event.commit),
      };
    case 'turn_started':
      return known.baseline === null && event.head !== null ? { ...known, baseline: event.head } : known;
    case 'checkpoint':
    case 'edits_recovered':
      return event.commit === null
        ? known
        : { ...known, commits: withCommit(known.commits, event.commit), isToMerge: true };
    case 'worktree_created':
      return { ...known, isToMerge: true };
    case 'merged':
    case 'worktree_removed':
      return { ...known, isToMerge: false };
    case 'audit_clean':
      return { ...known, audit: { summary: event.summary, hasGaps: false } };
    case 'audit_gaps_found':
      return { ...known, audit: { summary: event.summary, hasGaps: true } };
    case 'blocked': {
      const { pair, phase_id: phaseId, cycle, attempt } = event;
      const turn = { pair, phase: 'verifier', cycle, attempt } as const;
      return { ...known, blocked: { ...turn, scope: scopeOf(pair, phaseId) } };
    }
    case 'run_finished':
      return { ...known, leftUncommitted: event.left_uncommitted ?? [] };
    default:
      return known;
  }
}

function withCommit(known: Outline['commits'], commit: string): Outline['commits'] {
  return { count: (known?.count ?? 0) + 1, first: known?.first ?? commit, last: commit };
}
