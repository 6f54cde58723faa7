import type { AuditVerdict } from '../core/audit.ts';
import type { Clarification, EventBody, RunEvent } from '../core/events.ts';
import type { PhasePlan } from '../core/phase-plan.ts';
import type { Pair, PhaseStatus, ProviderName, Role, Scope, Usage } from '../core/vocabulary.ts';

/**
 * What the loop needs of the world. `run/` is written against these and nothing else, so that a test can play the world,
 * and can make its n-th operation fail. `cli/` builds the real ones.
 */
export interface Ports {
  readonly store: RunStore;
  /** Null with `--no-git`. */
  readonly git: WorkTree | null;
  readonly agents: Readonly<Record<Role, Agent>>;
  readonly asker: Asker;
  readonly narrator: Narrator;
  readonly clock: Clock;
  /** A new run id (spec: cli.md, run id). */
  readonly newRunId: () => string;
  /** The operator's stop: aborted with a `StopRequest` as its reason. */
  readonly stop: AbortSignal;
}

/** Why the operator's signal stops the run, and how the program then exits. */
export interface StopRequest {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
}

export interface Clock {
  now(): Date;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

// ---------------------------------------------------------------- store

/** One run's folder, open for writing by this process (which holds the workspace's lock). */
export interface RunStore {
  readonly files: RunFiles;
  /** The text of request.md. */
  readonly request: string;
  /** The log as it was when the run was opened; a torn tail has been moved aside. */
  readonly events: readonly RunEvent[];
  /** Appends one event with the next `seq` and syncs it before it resolves. */
  append(body: EventBody): Promise<RunEvent>;
  /** Replaces run.json, keeping keys that this program does not know. Does nothing when nothing changed. */
  saveRunMetadata(metadata: RunMetadata): Promise<void>;
  /** Replaces `sessions/<name>.json` (name: `plan`, `audit`, `phases/<phase-key>`, or with `.<role>`). Same rules. */
  saveSession(name: string, session: SessionRecord): Promise<void>;
  /** Null when there is none; an unreadable file is kept aside and reads as none. Lenient about older releases' shapes. */
  readSession(name: string): Promise<SessionRecord | null>;
  /** Appends one entry to the run's and the task's raw_phase_log.md. Token shapes are redacted. */
  appendRawLog(entry: RawLogEntry): Promise<void>;
  readonly decisions: DecisionsLedger;
  readonly artifacts: ArtifactStore;
  /** Stores a JSON document under `turns/` by the hash of its content; returns that name. Idempotent. */
  keep(kind: 'baseline' | 'edits', document: unknown): Promise<string>;
  /** Reads what `keep` stored; null when it is not there (another machine) or unreadable. */
  recall(name: string): Promise<unknown>;
  /** The task's folder, relative to the workspace, `/`-separated. */
  readonly taskFolder: string;
  /** The bookkeeping files of the task and the run that exist, relative to the workspace: what the loop itself writes. */
  bookkeeping(): readonly string[];
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

export interface SessionRecord {
  readonly mode: 'persistent';
  readonly provider: ProviderName;
  readonly session_id: string | null;
  /** Equal to session_id for codex, null for the others. */
  readonly thread_id: string | null;
  readonly provider_metadata: Readonly<Record<string, unknown>>;
  readonly model_override: string | null;
  readonly effort_override: string | null;
  readonly pending_clarification_note: string | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
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
  readonly thread_id?: string | null;
  readonly source?: string;
  readonly body: string;
}

/** decisions.txt of the run (spec: state.md). Every method is idempotent: doing it again after a crash changes nothing. */
export interface DecisionsLedger {
  /** Appends the header of a producer's turn unless the file already ends in an empty block of that owner and turn. Returns its turn_seq. */
  openBlock(scope: Scope): Promise<number>;
  /** Removes the trailing block if nobody wrote under it. */
  closeBlock(): Promise<void>;
  /** The sequence numbers that the next question of this role would get. */
  nextSequences(scope: Scope, role: Role): Promise<{ turnSeq: number; qaSeq: number }>;
  /** Adds the questions and answers blocks of a clarification unless its qa_seq already has them. */
  record(clarification: Clarification): Promise<void>;
}

export interface ArtifactStore {
  /** Creates what is missing of a pair's artifacts; for plan, restores the runtime's keys of phase_plan.yaml. */
  seed(scope: Scope, criteria: string): Promise<void>;
  /** A hash over the contents of the scope's artifacts (never of the bookkeeping): equal means that nobody changed them. */
  fingerprint(scope: Scope): Promise<string>;
  readCriteria(scope: Scope): Promise<string | null>;
  /** The phase plan of this run; null when it is only the seed. Throws a Problem that words every error. */
  readPhasePlan(): Promise<{ plan: PhasePlan | null; errors: readonly string[] }>;
  writePhasePlan(plan: PhasePlan): Promise<void>;
  /** Adds a `## System Warning (cycle n)` section to feedback.md; the same text for the same cycle is written once. */
  warnInFeedback(scope: Scope, cycle: number, text: string): Promise<void>;
  /** The audit's verdict, and the SHA-256 of the two texts it rests on (hex; of the empty text when one is missing). */
  readAuditResult(): Promise<{ verdict: AuditVerdict; revisedRequestSha256: string; gapReportSha256: string }>;
}

// ---------------------------------------------------------------- git

/** A path as git has it: its bytes read as latin1, relative to the top of the repository, so that no name is lost. */
export type GitPath = string;

/** What the work tree looked like at one moment: the commit, and what differs from it. */
export interface Observation {
  /** Null in a repository without commits. */
  readonly head: string | null;
  /** Null when HEAD is detached. */
  readonly branch: string | null;
  /** Dirty and untracked paths with a fingerprint of mode and content (`gone` for a deleted file). */
  readonly dirty: ReadonlyMap<GitPath, string>;
}

export interface CommitRequest {
  readonly paths: readonly GitPath[];
  readonly subject: string;
  /** Names the checkpoint for ever; written as a trailer, so that a crash after the commit finds it again. */
  readonly id: string;
  readonly trailers?: readonly string[];
}

export interface CommitResult {
  /** Null: the paths held no change. */
  readonly commit: string | null;
  /** Paths that git could not take (unreadable, a failing filter): left in the work tree. */
  readonly skipped: readonly GitPath[];
}

/** What happened to a repository between two observations of it. */
export interface RepositoryChanges {
  /** Paths that are new, modified or gone since, and those that commits of somebody else touched. */
  readonly paths: readonly GitPath[];
  /** Somebody committed, or moved HEAD elsewhere. */
  readonly headMoved: boolean;
  /** The branch before and after, when it is another one. */
  readonly branchSwitch: { readonly from: string; readonly to: string } | null;
  /** Paths that were dirty before and are clean or gone now: what a reset, a clean or a stash takes. */
  readonly vanished: readonly GitPath[];
}

/** Which of the changed paths a checkpoint may take (spec: git.md). */
export interface PathSelection {
  readonly commit: readonly GitPath[];
  /** Left in the work tree, each with the reason in a few words. Whole folders are named once, with a trailing `/`. */
  readonly leftOut: readonly { readonly path: GitPath; readonly why: string }[];
}

/** The user's repository, seen and changed only in the ways that git.md allows. Failures are Problems of kind `git`. */
export interface WorkTree {
  observe(): Promise<Observation>;
  changes(before: Observation, after: Observation): Promise<RepositoryChanges>;
  /** Applies the leave-out rules to paths that agents changed; `before` tells what the operator had changed already. */
  select(changed: readonly GitPath[], before: Observation): PathSelection;
  /** `observation` as if these paths had been committed just now as `commit`. */
  afterCommit(observation: Observation, paths: readonly GitPath[], commit: string): Observation;
  /** An observation as plain JSON, exact to the byte, and back; null for what is not one. */
  encode(observation: Observation): unknown;
  decode(document: unknown): Observation | null;
  /** Commits exactly these paths as they are now, leaving the user's index as it was. */
  commit(request: CommitRequest): Promise<CommitResult>;
  /** A checkpoint with this id made since `head`; mends the index when the crash came before that. */
  find(id: string, head: string | null): Promise<string | null>;
  /** What a merge, rebase or the like leaves: its name, or null. */
  operationInProgress(): string | null;
  /** Converts between git's paths and paths relative to the workspace; null for a path outside the workspace. */
  toWorkspace(path: GitPath): string | null;
  fromWorkspace(path: string): GitPath;
  /** For the screen: control characters escaped. */
  show(path: GitPath): string;
}

// ---------------------------------------------------------------- agents

export interface Agent {
  readonly provider: ProviderName;
  readonly model: string | null;
  readonly effort: string | null;
  /** One turn, to its end: it is over, and so are its processes, when this resolves. It rejects only on a bug. */
  run(turn: TurnCall): Promise<TurnReport>;
}

export interface TurnCall {
  readonly prompt: string;
  /** What is the same in every turn of a run, for providers with a system prompt that is frozen at the first turn. */
  readonly contract: string;
  /** The session to go on with; null starts a new one. */
  readonly resume: string | null;
  /** What the provider had reported for this session before, for those that report cumulative figures; null: unknown. */
  readonly totalsBefore: Usage | null;
  /** Where the raw output goes; it is appended to. */
  readonly logFile: string;
  /** Called as soon as the session's id is known. The turn waits for it. */
  readonly onSession: (id: string) => Promise<void>;
  readonly onActivity: (activity: Activity) => void;
  readonly stop: AbortSignal;
}

/** What an agent is doing, for the status line: a command, a file, a text, tokens so far. */
export type Activity =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'file'; readonly text: string }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'usage'; readonly usage: Usage };

export type TurnReport =
  | {
      readonly kind: 'answered';
      readonly text: string;
      readonly sessionId: string | null;
      /** Of this turn alone. */
      readonly usage: Usage;
      /** Of the session so far, as the provider reports it; null where it does not. */
      readonly sessionTotals: Usage | null;
      readonly metadata: Readonly<Record<string, unknown>>;
      /** One line each, for the operator. */
      readonly warnings: readonly string[];
      /** Tools that the provider's permissions denied, with the setting that would allow them. */
      readonly denied: readonly string[];
    }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly sessionId: string | null; readonly usage: Usage };

/** Classes of failure (spec: providers.md, "What a failure is"); `hang_*` and `stopped` are our own doing. */
export type FailureClass =
  | 'configuration'
  | 'unknown_session'
  | 'transient'
  | 'auth'
  | 'limit'
  | 'context_full'
  | 'bad_model'
  | 'interrupted'
  | 'hang_idle'
  | 'hang_turn'
  | 'stopped'
  | 'other';

export interface Failure {
  readonly class: FailureClass;
  /** The provider's words, shortened to a line or two. */
  readonly message: string;
  /** What the operator can do about it; null when nothing is known. */
  readonly hint: string | null;
  /** Stated wait before another try, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** When a usage limit ends; ISO 8601. */
  readonly resetsAt: string | null;
  readonly exitCode: number | null;
  /** The last lines that the program printed, at most 20. */
  readonly tail: readonly string[];
}

// ---------------------------------------------------------------- people

/** Puts a question to the person at the terminal or on standard input. `none`: nobody answers. */
export interface Asker {
  ask(question: string, stop: AbortSignal): Promise<{ kind: 'answer'; text: string } | { kind: 'none' }>;
}

/** What the operator sees. Text from agents is stripped of control characters here. */
export interface Narrator {
  /** Called for every event after it is in the log. */
  event(event: RunEvent): void;
  line(text: string): void;
  warn(text: string): void;
  turnBegins(turn: { scope: Scope; role: Role; cycle: number; maxCycles: number; provider: ProviderName }): void;
  activity(activity: Activity): void;
  turnEnds(): void;
}
