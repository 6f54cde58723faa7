import type { Pair, PromiseWord, Role } from '../../../src/core/vocabulary.ts';
import type { AcpTable } from './acp-table.ts';
import type { FailureName } from './failures.ts';

export type Program = 'codex' | 'claude' | 'acp';

/**
 * What the fake agents of one rig do. Without `turns`, every turn does its pair's default work (see defaults.ts) except
 * where the first matching rule says otherwise; with `turns`, the n-th turn plays the n-th entry and one turn too many
 * fails with exit code 97.
 *
 * @example { phases: ['parse', 'print'], rules: [{ pair: 'implement', role: 'verifier', cycle: 1, promise: 'INCOMPLETE' }] }
 */
export interface AgentScript {
  /** Phase ids of the default planner; `['phase-1']`. */
  readonly phases?: readonly string[];
  /** In how many runs (first come, first served) the default auditor finds gaps; 0. */
  readonly gaps?: number;
  readonly rules?: readonly Rule[];
  readonly turns?: readonly TurnScript[];
  /** Fail a turn that no rule matches. */
  readonly strict?: boolean;
  /** How the agent of the Agent Client Protocol departs from a well-behaved one. */
  readonly acp?: AcpTable;
  /** What `--version` prints; the versions of facts.md. */
  readonly versions?: Partial<Record<Program, string>>;
  /** Options that this version does not have, for both programs: `['--json']`. */
  readonly lacks?: readonly string[];
  /** Options without a value that this version has in addition: `['--full-auto']`. */
  readonly extra?: readonly string[];
  /** What `claude auth status` and `codex login status` say; true. */
  readonly loggedIn?: boolean;
}

/** Which turns a rule is for: all selectors that are given must match. */
export interface Match {
  readonly program?: Program;
  readonly pair?: Pair;
  readonly role?: Role;
  /** The phase's id. */
  readonly phase?: string;
  /** `auto`: an auto-answer turn, which has no preamble. */
  readonly kind?: 'start' | 'resume' | 'auto';
  readonly cycle?: number;
  readonly attempt?: number;
  /** 1 for the first run that the agents see, 2 for its follow-up… */
  readonly run?: number;
  /** Only the n-th turn that the other selectors match, from 1. */
  readonly nth?: number;
  /** Only the first so many turns that the other selectors match. */
  readonly times?: number;
}

export type Rule = Match & TurnScript;

/**
 * One turn. The default work of the pair is done first, unless the turn asks, fails, answers `raw` or says `noDefaults`.
 * Texts and paths may hold `${workspace}`, `${run}` (the run's folder), `${artifacts}`, `${bundle}` (the active artifact
 * folder), `${decisions}`, `${phase}`, `${cycle}` and `${attempt}`. Paths are relative to the workspace.
 *
 * @example { write: { 'src/a.txt': 'cycle ${cycle}\n' }, question: 'Which one?', supposition: 'the first' }
 */
export interface TurnScript extends Actions, Ending {
  /** Hand the turn over to the test: `rig.nextTurn()`. */
  readonly remote?: boolean;
}

/** What a turn does. In this order: leave, noise, write, append, delete, shell. */
export interface Actions {
  readonly noDefaults?: boolean;
  readonly write?: Readonly<Record<string, string>>;
  readonly append?: Readonly<Record<string, string>>;
  readonly delete?: readonly string[];
  /** Shell commands, run in the workspace; one that fails fails the turn with exit code 97. */
  readonly shell?: readonly string[];
  /** Megabytes of events that nobody needs, before anything else (claude without stream-json: on standard error). */
  readonly noiseMb?: number;
  /** SIGINT, SIGTERM and SIGHUP are recorded and ignored from now on. */
  readonly ignoreSignals?: boolean;
  /** Processes to leave running (`sleep`): see `rig.leftovers()`. */
  readonly leave?: readonly Leftover[];
}

/**
 * `child`: in the agent's group. `session`: in a session of its own, as both programs run their tools. `orphan`: the same,
 * re-parented to init. `unmarked`: the same without any environment. `holding`: as `session`, keeping standard output open.
 */
export type Leftover = 'child' | 'session' | 'orphan' | 'unmarked' | 'holding';

/** How a turn ends: what it says, and how the program leaves. */
export interface Ending {
  /** The text before the loop control. */
  readonly say?: string;
  /** A verifier says COMPLETE unless told otherwise, a producer nothing. NONE: no control at all. */
  readonly promise?: PromiseWord | 'NONE';
  /** Whether a verifier ticks the criteria; by default when it says COMPLETE. */
  readonly tick?: boolean;
  readonly question?: string;
  readonly supposition?: string;
  /** The whole final text; blank is blank. */
  readonly raw?: string;
  /** Replaces all of standard output. `latin1:` before it: written byte by byte. */
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
  readonly failure?: FailureName;
  /** Never ends: `silent`, or printing an event every 50 ms. */
  readonly hang?: 'silent' | 'chatty';
  /** Prints its final result and stays. */
  readonly lingers?: boolean;
  /** Tools in claude's `permission_denials`. */
  readonly denials?: readonly string[];
  /** What this turn costs, nothing when it fails unless given; the fakes report it as the real programs do (facts.md, section 2). */
  readonly usage?: Partial<TurnUsage>;
  /** The session id that is reported in place of the true one; null: none. */
  readonly sessionId?: string | null;
}

export interface TurnUsage {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
  readonly costUsd: number;
}

/** One call of a fake agent, as recorded in `calls/NNNN.json` when it starts. */
export interface AgentCall {
  readonly n: number;
  readonly program: Program;
  readonly pid: number;
  readonly startedAt: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly prompt: string;
  /** The content of claude's --append-system-prompt-file. */
  readonly systemPrompt: string | null;
  /** `slash`: claude took the prompt for a slash command, and nothing was done. */
  readonly kind: 'start' | 'resume' | 'auto' | 'slash';
  readonly session: string | null;
  readonly runId: string | null;
  /** 1 for the first run that the agents saw. */
  readonly run: number;
  readonly pair: Pair | null;
  readonly role: Role | null;
  readonly phase: string | null;
  readonly cycle: number | null;
  readonly attempt: number | null;
}

/** How a call ended, as recorded in `calls/NNNN.result.json`; a killed one has none. */
export interface CallResult {
  readonly endedAt: string;
  readonly exit: number;
  readonly text: string | null;
}

/** A file outside the state folder that an agent wrote (its SHA-256) or deleted (null); relative to the workspace. */
export interface Writing {
  readonly call: number;
  readonly path: string;
  readonly sha256: string | null;
}
