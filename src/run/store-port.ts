import type { AuditVerdict } from '../core/audit.ts';
import type { Clarification, EventBody, RunEvent } from '../core/events.ts';
import type { RunTree } from '../core/worktree-events.ts';
import type { PhasePlan } from '../core/phase-plan.ts';
import type { SessionRecord } from '../core/session.ts';
import type { RunState } from '../core/state.ts';
import type { Pair, PhaseStatus, ProviderName, Role, Scope } from '../core/vocabulary.ts';

/** One run's folder, open for writing by this process (which holds the workspace's lock). */
export interface RunStore {
  readonly files: RunFiles;
  /** The text of request.md. */
  readonly request: string;
  /** The state after the log as it was when the run was opened; a torn tail has been moved aside. */
  readonly opened: RunState;
  /** Appends one event with the next `seq`. No effect that relies on it comes before it is synced. */
  append(body: EventBody): Promise<RunEvent>;
  /** Replaces run.json, keeping keys that this program does not know. Does nothing when nothing changed. */
  saveRunMetadata(metadata: RunMetadata): Promise<void>;
  /** Replaces `sessions/<name>.json` (name: `plan`, `audit`, `phases/<phase-key>`, or with `.<role>`). Same rules. */
  saveSession(name: string, session: SessionRecord): Promise<void>;
  /** Null when there is none; an unreadable file is kept aside and reads as none. Lenient about older releases' shapes. */
  readSession(name: string): Promise<SessionRecord | null>;
  /** Appends one entry to the run's and the task's raw_phase_log.md. Token shapes are redacted. */
  appendRawLog(entry: RawLogEntry): Promise<void>;
  /** Around every call of an agent; absent where nothing is out of its reach. `end`: the configuration file that it changed. */
  readonly configurationWatch?: { begin(): void; end(): string | null };
  /** What the log is to say of how it was found when it was opened. */
  readonly noticed?: readonly { readonly kind: string; readonly detail: string }[];
  readonly decisions: DecisionsLedger;
  readonly artifacts: ArtifactStore;
  /** Stores a JSON document under `turns/` by the hash of its content; returns that name. Idempotent. */
  keep(kind: 'baseline' | 'edits' | 'results' | 'report', document: unknown): Promise<string>;
  /** SHA-256 of a text, or of a document as `keep` writes it; hex. */
  digest(document: unknown): string;
  /** Replaces a report in the run's folder. */
  saveReport(name: 'report.md' | 'report.html', text: string): Promise<void>;
  /** Reads what `keep` stored, in this run or another one of the task; null when it is not there (another machine) or unreadable. */
  recall(name: string, runId?: string): Promise<unknown>;
  /** The task's folder, relative to the workspace, `/`-separated. */
  readonly taskFolder: string;
  /** Which of these files of the state hold the shape of a secret, and what is committed in their place. Relative to the workspace. */
  redactedCopies(files: readonly string[]): {
    readonly copies: ReadonlyMap<string, Buffer>;
    readonly withheld: ReadonlyMap<string, string>;
  };
  /** What the loop itself writes, as far as it exists: the ledgers of task and run, and a scope's artifacts. Relative to the workspace. */
  bookkeeping(scope: Scope | null): readonly string[];
  /** Without git: whether a file of the workspace outside the state, or an artifact, changed after this file was written. */
  changedSince(turnLog: string): Promise<boolean>;
  /** Puts back what an agent took away (reset, clean, stash): the log, run.json, request.md. Returns what was restored. */
  heal(): Promise<readonly string[]>;
}

/** Absolute paths of the run's files. */
export interface RunFiles {
  readonly workspace: string;
  readonly run: string;
  readonly request: string;
  readonly events: string;
  readonly rawLog: string;
  readonly decisions: string;
  readonly artifacts: string;
  readonly turns: string;
  session(name: string): string;
  /** The artifact folder of a pair, for implement and test of a phase. */
  artifactDir(scope: Scope): string;
}

export interface RunMetadata {
  readonly run_id: string;
  readonly created_at: string;
  readonly request_file: string;
  readonly artifacts_dir: string;
  readonly provider: ProviderName;
  readonly worktree?: RunTree;
  readonly phase_plan_path?: string;
  readonly phase_plan_version?: 1;
  readonly active_phase_selection?: {
    readonly run_id: string;
    readonly mode: string;
    readonly phase_ids: readonly string[];
    readonly explicit: boolean;
    readonly current_phase_index: number;
    readonly current_phase_id: string | null;
  };
  readonly phase_status?: Readonly<Record<string, PhaseStatus>>;
  readonly phase_history?: readonly PhaseHistoryEntry[];
}

export interface PhaseHistoryEntry {
  readonly phase_id: string;
  readonly run_id: string;
  readonly status: PhaseStatus;
  readonly ts: string;
  readonly pair?: Pair;
}

export interface RawLogEntry {
  readonly entry:
    | 'run_state'
    | 'phase_output'
    | 'session_turn'
    | 'session_warning'
    | 'session_recovery'
    | 'request_recovery'
    | 'loop_control_retry'
    | 'provider_failure'
    | 'clarification'
    | 'phase_scope_resolved';
  readonly pair?: Pair;
  readonly phase?: Role;
  readonly process?: string;
  readonly cycle?: number;
  readonly attempt?: number;
  /** The number of the turn. */
  readonly turn?: number;
  readonly thread_id?: string | null;
  readonly source?: string;
  readonly body: string;
}

/** decisions.txt of the run (docs/state.md). Every method is idempotent: doing it again after a crash changes nothing. */
export interface DecisionsLedger {
  /** Appends the header of a producer's turn unless the file already ends in an empty block of that owner and turn. Returns its turn_seq. */
  openBlock(scope: Scope): Promise<number>;
  /** Removes the trailing block if nobody wrote under it. */
  closeBlock(): Promise<void>;
  /** The sequence numbers that the next question of this role would get. */
  nextSequences(scope: Scope, role: Role): Promise<{ turnSeq: number; qaSeq: number }>;
  /** Adds the questions and answers blocks of a clarification unless its qa_seq already has them. */
  record(clarification: Clarification): Promise<void>;
  /** The plain lines that agents have written in this run, at most so many: the last ones. */
  written(most: number): Promise<readonly string[]>;
}

export interface ArtifactStore {
  /** Creates what is missing of a pair's artifacts; for plan, restores the runtime's keys of phase_plan.yaml. */
  seed(scope: Scope, criteria: string): Promise<void>;
  /**
   * Puts back what a pair cannot complete without, and no agent could make up: a criteria.md that is gone or has no box left, and, for
   * the pairs that work by it, a phase plan that is gone. Resolves with their paths, relative to the workspace.
   */
  restore(scope: Scope, criteria: string): Promise<readonly string[]>;
  /** A hash over the contents of the scope's artifacts (never of the bookkeeping): equal means that nobody changed them. */
  fingerprint(scope: Scope): Promise<string>;
  /** Whether no agent has changed them since this fingerprint: what `warnInFeedback` added for the cycle is not an agent's. */
  isUntouched(scope: Scope, since: { readonly before: string; readonly cycle: number }): Promise<boolean>;
  readCriteria(scope: Scope): Promise<string | null>;
  writeCriteria(scope: Scope, text: string): Promise<void>;
  /** Puts back the keys of phase_plan.yaml that are the runtime's, as far as the file can be read. Resolves with those that were changed. */
  mendPlanKeys(): Promise<readonly string[]>;
  /** The phase plan of this run; null when it is only the seed. Throws a Problem that words every error. */
  readPhasePlan(): Promise<{ plan: PhasePlan | null; errors: readonly string[] }>;
  writePhasePlan(plan: PhasePlan): Promise<void>;
  /** SHA-256 (hex) over plan.md and phase_plan.yaml as they stand: what is approved is known by it. */
  planHash(): Promise<string>;
  /** A YAML artifact of a pair, parsed; null: it is not there, empty, or not YAML. */
  readYaml(scope: Scope, name: 'acceptance_evidence.yaml' | 'test_changes.yaml'): Promise<unknown>;
  /** Adds a `## System Warning (cycle n)` section to feedback.md; the same text for the same cycle is written once. */
  warnInFeedback(scope: Scope, cycle: number, text: string): Promise<void>;
  /** The audit's verdict, and the SHA-256 of the two texts it rests on (hex; of the empty text when one is missing). */
  readAuditResult(): Promise<{ verdict: AuditVerdict; revisedRequestSha256: string; gapReportSha256: string }>;
}
