import type { FollowupFacts } from './audit-events.ts';
import type { Clarification, Totals } from './events.ts';
import type { ChainBase } from './checks/check-events.ts';
import { type CheckFacts, NO_CHECKS } from './checks/facts.ts';
import type { Decided } from './decided.ts';
import type { SettingChange, Settings } from './settings.ts';
import type { RunTree } from './worktree-events.ts';
import type { PhaseSelection } from './phase-plan.ts';
import type { Step, TurnRecord } from './steps.ts';
import { HEARD, type Unheard } from './unheard.ts';
import { UNKNOWN_USAGE } from './vocabulary.ts';
import type { Pair, PhaseStatus, ProviderName, Role, RunStatus, Scope, Usage } from './vocabulary.ts';

/**
 * What the log says about a run: facts, folded event by event (`apply.ts`), from which `next.ts` tells the next step.
 *
 *     unborn --run_started--> working --run_finished--> finished --run_resumed--> working
 *                                |                          (anything but success)
 *                    between pairs <-> in a pair (`active`, with its `todo`)
 */
export interface RunState {
  readonly at: 'unborn' | 'working' | 'finished';
  /** Sequence number of the last event. */
  readonly seq: number;
  readonly run: RunFacts;
  readonly selection: PhaseSelection | null;
  /** Scopes whose pair was opened at some time, by `scopeKey`. */
  readonly opened: readonly string[];
  /** Scopes whose pair the verifier completed, by `scopeKey`. */
  readonly completed: readonly string[];
  readonly phases: Readonly<Record<string, PhaseFacts>>;
  readonly history: readonly PhaseHistory[];
  /** The pair being worked on; null between pairs. */
  readonly active: ActivePair | null;
  readonly audit: AuditFacts;
  /** Where the audit pair stood when it was completed, for the cycle that an unreadable result adds. */
  readonly lastAudit: CompletedAt;
  /** The same of the plan pair, for the cycle that opens it again when the plan is sent back. */
  readonly lastPlan: CompletedAt;
  /** The plan as it was put before a person, and as it was approved: hashes. Null: never. */
  readonly approval: { readonly asked: string | null; readonly approved: string | null };
  /** Where pairs stood when they were completed, by `scopeKey`: for a cycle that an audit's result or a check adds. */
  readonly left: Readonly<Record<string, Pick<ActivePair, 'cycle' | 'attempt' | 'boxes'>>>;
  readonly checks: CheckFacts;
  readonly followup: (FollowupFacts & { readonly launched: boolean }) | null;
  readonly followupSkipped: string | null;
  /** What the next turn must be told first: answers, instructions, errors of the turn before. */
  readonly notes: readonly string[];
  /** Those of them that came before a verifier's turn: the next producer is told them as well. */
  readonly notesForProducer: readonly string[];
  /** Ids of the commands that events of the log followed from. */
  readonly commands: readonly string[];
  /** When the run was resumed last (ms since 1970); null: never. A pause from before that is void. */
  readonly resumedAt: number | null;
  readonly clarifications: readonly Clarification[];
  /** What was asked and decided, first to last. */
  readonly decided: readonly Decided[];
  readonly sessions: Readonly<Record<string, SessionFacts>>;
  /** Sessions, by name, of which a turn with a recorded outcome has ended: a note in their files says nothing new. */
  readonly heard: readonly string[];
  /** Number of the last turn that was started, whatever became of it. */
  readonly lastTurn: number;
  readonly spent: Totals;
  readonly spentByPair: Partial<Readonly<Record<Pair, Totals>>>;
  /** Checkpoints made so far: the next one's identity, the same however often it is tried. */
  readonly checkpoints: number;
  /** The last commit the log knows of: where the search for a checkpoint that was not logged begins. */
  readonly lastCommit: string | null;
  readonly completionCommitted: boolean;
  /** When the usage limit that was waited for ends (ISO 8601); null: none is in the way. */
  readonly limitUntil: string | null;
  /** As it was after the last event that a run can go back to; that state has the one before it, and so on. */
  readonly earlier: RunState | null;
  /** How often the run went back to an earlier state. From the first time on, the log alone tells which conversations go on. */
  readonly rewinds: number;
  readonly unheard: Unheard;
  readonly finished: { readonly status: RunStatus; readonly reason: string | null } | null;
}

/** Where a pair stood when it was completed. */
export interface CompletedAt {
  readonly cycle: number;
  readonly attempt: number;
  readonly boxes: readonly string[];
}

export interface RunFacts {
  readonly runId: string | null;
  readonly createdAt: string | null;
  readonly taskId: string;
  readonly pairs: readonly Pair[];
  readonly maxIterations: number;
  readonly useGit: boolean;
  readonly parentRunId: string | null;
  readonly depth: number;
  /** Null until a release that records settings has opened the run. */
  readonly settings: Settings | null;
  readonly changedSettings: readonly SettingChange[];
  readonly spentBefore: Totals | null;
  /** The branch of the task's own work tree; absent: the run is in none. */
  readonly worktree?: RunTree;
  /** The base of the first run of the chain; absent: this is the first. */
  readonly chainBase?: ChainBase;
  readonly programs: Readonly<Record<string, string>>;
  /** The newest format that was written into the log, and the release that did. */
  readonly format: number;
  readonly version: string | null;
  /** A release began it that logged neither settings nor sessions: what it knew is in its files. */
  readonly beganOlder: boolean;
}

/** `once` events that were logged for a phase, and its status in run.json. */
export interface PhaseFacts {
  readonly status: PhaseStatus;
  readonly started: boolean;
  readonly deferred: boolean;
}

export interface PhaseHistory {
  readonly phase_id: string;
  readonly run_id: string;
  readonly status: PhaseStatus;
  readonly ts: string;
  readonly pair?: Pair;
}

export type AuditFacts =
  | { readonly result: 'unread' }
  | { readonly result: 'clean' }
  | { readonly result: 'gaps' }
  | { readonly result: 'invalid'; readonly error: string };

export interface SessionFacts {
  readonly provider: ProviderName;
  /** The agent's own name, where its provider's is not it and the log tells. */
  readonly agent?: string;
  readonly sessionId: string;
  /**
   * What turns of this session that are in the log have used; null: unknown. The next turn's share is counted from here, so that
   * what a lost turn used, of which nothing was told, is counted with it.
   */
  readonly totals: Usage | null;
}

export interface ActivePair {
  readonly scope: Scope;
  readonly cycle: number;
  readonly attempt: number;
  /** The boxes of criteria.md when the pair was opened; empty in runs of older releases. */
  readonly boxes: readonly string[];
  /** What is left to do here, first thing first. Empty: nothing is known (a log of 0.1.x), or the pair is over. */
  readonly todo: readonly Step[];
  /** The last turn of this pair. */
  readonly turn: TurnRecord | null;
  /** How the last tries of the same turn ended: the first failure is tried again, the second one stops the run. */
  readonly blanks: number;
  readonly unreadable: number;
  /** Questions of this cycle number that were answered automatically. */
  readonly asked: readonly string[];
  readonly openQuestion: OpenQuestion | null;
  /** Whether an agent changed anything in this cycle, and how many cycles in a row ended alike without a change. */
  readonly changed: boolean;
  /** Sources that the verifier edited since its last turn that came to an outcome, also in turns that were lost. */
  readonly strays: readonly string[];
  readonly still: { readonly verdict: string; readonly cycles: number };
  readonly blockedBy: Role | null;
}

export interface OpenQuestion {
  /** Of the event that asked. */
  readonly seq: number;
  readonly role: Role;
  readonly text: string;
}

export const UNBORN: RunState = {
  at: 'unborn',
  seq: 0,
  run: {
    runId: null,
    createdAt: null,
    taskId: '',
    pairs: [],
    maxIterations: 15,
    useGit: true,
    parentRunId: null,
    depth: 0,
    settings: null,
    changedSettings: [],
    spentBefore: null,
    programs: {},
    format: 0,
    version: null,
    beganOlder: false,
  },
  selection: null,
  opened: [],
  completed: [],
  phases: {},
  history: [],
  active: null,
  audit: { result: 'unread' },
  lastAudit: { cycle: 1, attempt: 1, boxes: [] },
  lastPlan: { cycle: 1, attempt: 1, boxes: [] },
  approval: { asked: null, approved: null },
  left: {},
  checks: NO_CHECKS,
  followup: null,
  followupSkipped: null,
  notes: [],
  notesForProducer: [],
  commands: [],
  resumedAt: null,
  clarifications: [],
  decided: [],
  sessions: {},
  heard: [],
  lastTurn: 0,
  spent: { turns: 0, duration_ms: 0, usage: UNKNOWN_USAGE },
  spentByPair: {},
  checkpoints: 0,
  lastCommit: null,
  completionCommitted: false,
  limitUntil: null,
  earlier: null,
  rewinds: 0,
  unheard: HEARD,
  finished: null,
};
