import type { Checkpoint } from './checkpoints.ts';
import type { Moment } from './checks/check.ts';
import type { EventBody, Outcome } from './events.ts';
import type { Role, RunStatus, Scope } from './vocabulary.ts';

/**
 * What to do next, with everything it is done to. `run/perform.ts` does it and reports it as events, with which `apply` moves the
 * state on. Between pairs `next.ts` tells the step; in a pair the steps that are left stand in its `todo`, and the fold of the event
 * that ends one takes it off (`done` in `active.ts`).
 */
export type Step =
  | { readonly do: 'record'; readonly event: EventBody }
  | { readonly do: 'select_phases' }
  | { readonly do: 'open_pair'; readonly scope: Scope }
  | ({ readonly do: 'take_turn' } & TurnPlan)
  | { readonly do: 'recover_edits'; readonly scope: Scope; readonly turn: TurnRecord | null }
  | { readonly do: 'checkpoint'; readonly checkpoint: Checkpoint }
  | ({ readonly do: 'answer' } & QuestionPlan)
  /** `asked`: the hash of the plan that was last put before a person. */
  | { readonly do: 'await_approval'; readonly asked: string | null }
  /** Runs the checks that are due and judges them. `scope` is the pair worked on; null at the base and the end. */
  | { readonly do: 'check'; readonly at: Moment; readonly scope: Scope | null; readonly closesPhase: boolean }
  | { readonly do: 'report_evidence' }
  | { readonly do: 'read_audit_result' }
  | { readonly do: 'schedule_followup'; readonly depth: number; readonly maxDepth: number }
  | { readonly do: 'finish'; readonly status: RunStatus; readonly reason: string | null }
  | { readonly do: 'launch_followup'; readonly runId: string; readonly depth: number; readonly maxDepth: number }
  | { readonly do: 'stop' };

export interface TurnPlan {
  readonly scope: Scope;
  readonly role: Role;
  readonly cycle: number;
  readonly attempt: number;
  /** The same turn once more, because its output was blank or its loop control could not be read. */
  readonly isRetry: boolean;
}

export interface QuestionPlan {
  readonly scope: Scope;
  readonly cycle: number;
  readonly attempt: number;
  readonly role: Role;
  readonly question: string;
  /** Given by the automatic answerer and paid for, but not yet recorded as the clarification. */
  readonly autoAnswer: string | null;
}

/** One turn, from its start in the log to what became of it. */
export interface TurnRecord {
  readonly role: Role;
  readonly cycle: number;
  readonly attempt: number;
  readonly number: number;
  /** `recovered`: it was lost, and what it had changed is committed. */
  readonly stage: 'running' | 'interrupted' | 'recovered' | 'finished';
  /** Names the kept document of what was dirty before the turn; null: nothing was, or no git. */
  readonly baseline: string | null;
  readonly head: string | null;
  /** Null where HEAD was detached; undefined where nobody looked: there is no git. */
  readonly branch: string | null | undefined;
  /** A hash over the scope's artifacts before the turn. */
  readonly artifacts: string;
  /** The boxes of criteria.md that were ticked before the turn; null: they were looked at when it ended, or an older release began it. */
  readonly ticked: readonly string[] | null;
  /** Names the kept document of what an interrupted turn had changed; null: its end was not seen. */
  readonly edits: string | null;
  readonly outcome: Outcome | null;
}
