import type { Pair, PhaseMode, ProviderName, Role, RunStatus, Usage } from './vocabulary.ts';
import type { AuditEvent } from './audit-events.ts';
import type { FromCommand, SteeringEvent } from './steering-events.ts';
import type { NoticeEvent } from './notice-events.ts';
import type { AnnouncedChange, ChainBase, CheckEventBody } from './checks/check-events.ts';
import type { SettingChange, Settings } from './settings.ts';
import type { OpenedInTree } from './worktree-events.ts';

/**
 * The events of a run's log, in the wire format (docs/events.md): each is one past fact with its consequence decided. Fields that
 * a pair without phases lacks are null or absent. Those marked as ours are passed over by other implementations.
 */

interface RunOpened extends OpenedInTree {
  readonly workspace: string;
  readonly pairs: readonly Pair[];
  readonly max_iterations: number;
  readonly use_git: boolean;
  readonly task_id: string;
  readonly task_root: string;
  readonly parent_run_id: string | null;
  /** Absent in the first releases. */
  readonly followup_depth?: number;
  /** The resolved configuration in force. Absent in logs of release 0.1.x. */
  readonly settings?: Settings;
  /** Ours: what a reader must know to go on with this log, and the release that wrote it. Absent in logs of release 0.2.0. */
  readonly format?: number;
  readonly version?: string;
  /** Ours: the versions of the agents' programs, by provider. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Ours: what the runs before this one in its chain had spent, for the limits on turns, minutes and cost. */
  readonly spent_before?: Totals;
  /** Ours: the base of the first run of its chain, for a follow-up. */
  readonly chain_base?: ChainBase;
}

interface InPair {
  readonly pair: Pair;
  readonly phase_id?: string | null;
}
interface InCycle extends InPair {
  readonly cycle: number;
  readonly attempt: number;
}

interface InTurn extends InCycle {
  /** The role; `phase` is its name on the wire. */
  readonly phase: Role;
}

/** What was decided when a turn ended. `changed`: whether an agent changed the work tree or the artifacts in this turn. */
export type Outcome =
  | { readonly kind: 'produced'; readonly changed: boolean }
  | { readonly kind: 'question'; readonly changed: boolean; readonly question: string }
  | {
      readonly kind: 'verdict';
      readonly changed: boolean;
      readonly verdict: Verdict;
      readonly reason: VerdictReason;
      /** What the next producer must be told first. */
      readonly note?: string;
    }
  /** Blank output of a turn that changed nothing. */
  | { readonly kind: 'empty'; readonly changed: false }
  /** A loop-control block that cannot be read; `error` is handed to the agent in the retry. */
  | { readonly kind: 'unreadable'; readonly changed: boolean; readonly error: string };

export type Verdict = 'complete' | 'incomplete' | 'blocked';

/** Why the verdict is what it is, where it is not simply what the verifier promised. */
export type VerdictReason =
  'promised' | 'missing_promise' | 'open_criteria' | 'invalid_phase_plan' | 'edits_outside_scope' | 'checks_failed';

/** What happened to a turn that did not come to its end. */
export type InterruptionReason =
  'signal' | 'limit' | 'unreachable' | 'hang' | 'permission' | 'provider_error' | 'state_error' | 'branch_switched';

/** What a turn took. Durations in milliseconds. */
export interface TurnCost {
  readonly duration_ms: number;
  readonly provider: ProviderName;
  readonly model: string | null;
  readonly session_id: string | null;
  readonly usage: Usage;
  /** Of the session so far, where the provider counts that. */
  readonly session_totals?: Usage | null;
}

export type EventBody =
  | CheckEventBody
  | ({ readonly event_type: 'run_started' } & RunOpened)
  | ({ readonly event_type: 'run_resumed'; readonly changed_settings?: readonly SettingChange[] } & RunOpened)
  /** `boxes`: ours, the boxes of criteria.md when the pair was opened first. */
  | ({ readonly event_type: 'pair_started'; readonly boxes?: readonly string[] } & InPair)
  | ({ readonly event_type: 'cycle_started' } & InCycle)
  /** Ours: synced before the agent starts. `agent`: its own name, where the provider's is not it. `baseline` names the file of what was dirty before; `head` the commit, `branch` null where HEAD is detached. */
  | ({ readonly event_type: 'turn_started' } & InTurn & {
        readonly turn: number;
        readonly agent?: string;
        readonly provider: ProviderName;
        readonly model: string | null;
        readonly session_id: string | null;
        readonly baseline: string | null;
        readonly head: string | null;
        readonly branch?: string | null;
        /** Before the turn: a hash over the scope's artifacts, and the ticked boxes of criteria.md, absent in logs of older releases. */
        readonly artifacts: string;
        readonly ticked?: readonly string[];
      })
  /** Ours: the session of a turn, as soon as the provider tells it. `session` is the file below `sessions/`; `agent` as in `turn_started`. */
  | ({ readonly event_type: 'session_identified' } & InPair & {
        readonly session: string;
        readonly agent?: string;
        readonly provider: ProviderName;
        readonly session_id: string;
      })
  /** A turn ended. `outcome` and the cost are absent in logs of release 0.1.x. */
  | ({ readonly event_type: 'phase_finished'; readonly empty_output: boolean; readonly outcome?: Outcome } & InTurn &
      Partial<TurnCost>)
  /** Ours: a turn did not end by itself; `edits` names the file with the paths and hashes of what it had changed. */
  | ({ readonly event_type: 'turn_interrupted' } & InTurn &
      Partial<TurnCost> & {
        readonly reason: InterruptionReason;
        readonly message: string;
        readonly edits: string | null;
        /** When the usage limit ends that the turn was lost to, where the provider names it; ISO 8601. */
        readonly until?: string;
      })
  /** Ours: edits of an interrupted turn were committed (`commit`) or there was nothing to commit (null). */
  | ({
      readonly event_type: 'edits_recovered';
      readonly commit: string | null;
      readonly paths: number;
      /** The sources among them, at most 100, and whether the end of the turn was seen: without it a person's edits may be among them. */
      readonly files?: readonly string[];
      readonly end_seen?: boolean;
    } & InTurn)
  /**
   * Ours: a checkpoint was committed, or was empty (`commit` null). Of `kind` the subject is what people read; pair to role say whose
   * work it holds, and are absent between pairs. Release 0.2.0 wrote subject and commit alone.
   */
  | ({
      readonly event_type: 'checkpoint';
      readonly subject: string;
      readonly commit: string | null;
    } & Partial<InCycle> & {
        readonly kind?: string;
        readonly role?: Role;
      })
  /** Ours: sources that a verifier edited in its turn, at most 100; where its scope is strict they make the cycle INCOMPLETE. */
  | ({ readonly event_type: 'verifier_edited'; readonly paths: readonly string[] } & InTurn)
  | ({ readonly event_type: 'phase_output_empty' } & InTurn)
  /** `text` and the count that bounds the questions are ours. */
  | ({ readonly event_type: 'question'; readonly text?: string } & InTurn)
  /** Ours: the answer given by an agent of its own, and what it cost. */
  | ({ readonly event_type: 'auto_answer_finished'; readonly answer: string } & InTurn & Partial<TurnCost>)
  /** Ours: an answer, or (without `question`) an instruction given with `--resume --intent` or sent as a note. */
  | ({ readonly event_type: 'clarified'; readonly clarification: Clarification } & Partial<FromCommand>)
  | SteeringEvent
  | ({ readonly event_type: 'missing_promise_default' } & InCycle)
  | ({ readonly event_type: 'pair_completed' } & InCycle)
  | ({ readonly event_type: 'blocked'; readonly reason?: string } & InCycle)
  | ({ readonly event_type: 'pair_failed'; readonly reason?: 'max_iterations' | 'no_progress' } & InPair)
  | {
      readonly event_type: 'phase_scope_resolved';
      readonly phase_mode: PhaseMode;
      readonly phase_ids: readonly string[];
      readonly explicit: boolean;
      readonly current_phase_index: number;
      /** Ours: the changes of tests that the plan announces. */
      readonly test_changes?: readonly AnnouncedChange[];
    }
  | { readonly event_type: 'phase_started'; readonly phase_id: string; readonly phase_mode: PhaseMode }
  | ({ readonly event_type: 'phase_deferred'; readonly reason: string } & PhaseInPair)
  | ({ readonly event_type: 'phase_completed' } & PhaseInPair)
  | ({ readonly event_type: 'phase_blocked' } & PhaseInPair)
  | AuditEvent
  | NoticeEvent
  | {
      readonly event_type: 'run_finished';
      readonly status: RunStatus;
      readonly exit_code: number;
      readonly followup_run_id: string | null;
      readonly parent_run_id: string | null;
      readonly followup_depth: number;
      /** Ours, as what follows: why, in one line; what agents changed and no checkpoint took, at most 100 names; of a success, whether checks showed it; the state of the sources. */
      readonly reason?: string | null;
      readonly left_uncommitted?: readonly string[];
      readonly usage?: Totals;
      readonly verified?: boolean;
      readonly tree?: string;
    };

interface PhaseInPair {
  readonly pair: Pair;
  readonly phase_id: string;
  readonly phase_mode: PhaseMode;
}

/** A question with its answer, or an operator's instruction (`question` null). `qa_seq` and `turn_seq` as in decisions.txt. */
export interface Clarification {
  readonly question: string | null;
  readonly answer: string;
  readonly source: 'human' | 'auto';
  readonly pair: Pair | null;
  readonly phase_id: string | null;
  readonly phase: Role | null;
  readonly cycle: number | null;
  readonly attempt: number | null;
  readonly turn_seq: number;
  readonly qa_seq: number;
}

/** Turns, milliseconds of agents' time, and the sums of what providers reported (null: nothing was reported). */
export interface Totals {
  readonly turns: number;
  readonly duration_ms: number;
  readonly usage: Usage;
}

/** An event as it stands in the log: `seq` counts 1, 2, 3… within a run, `ts` is ISO 8601 with an offset. */
export type RunEvent = EventBody & { readonly ts: string; readonly run_id: string; readonly seq: number };

export type EventType = EventBody['event_type'];
export type EventOf<T extends EventType> = Extract<EventBody, { event_type: T }>;
