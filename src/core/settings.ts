import type { Check, Gate } from './checks/check.ts';
import type { NotifySettings } from './notify-settings.ts';
import type { AcpAgentName, AgentName, IntentMode, Pair, PhaseMode } from './vocabulary.ts';
import { ownValue } from './own-value.ts';

/** One role's agent: who plays it, a provider or one of `provider.commands`, and with which model and effort (null: the provider's own default). */
export interface AgentSettings {
  readonly name: AgentName;
  readonly model: string | null;
  readonly effort: string | null;
}

/** A provider given as a command line (docs/providers.md). */
export interface CommandSettings {
  readonly start: readonly string[];
  readonly resume: readonly string[] | null;
  readonly output: 'text' | 'json' | 'jsonl';
  /** Dotted path of the answer in the JSON document or line; null for text. */
  readonly answer: string | null;
  /** Dotted path of the session id; null when the program has no sessions. */
  readonly session: string | null;
  /** What it is called in place of `the command`. */
  readonly name: string | null;
  /** `path=value`: what the program's last word is known by. */
  readonly final: string | null;
  /** Dotted paths of figures. */
  readonly usage: {
    readonly input: string | null;
    readonly cached: string | null;
    readonly output: string | null;
    readonly reasoning: string | null;
    readonly cost: string | null;
  };
  /** What the figures count: a turn, the session so far, or one step of many that are summed. */
  readonly usageScope: 'turn' | 'session' | 'step';
  /** Dotted path of what it is doing. */
  readonly activity: string | null;
  /** Dotted path of what it failed of. */
  readonly error: string | null;
  /** Added to its environment. */
  readonly env: Readonly<Record<string, string>> | null;
}

/** A command that has its name from the configuration. */
export type NamedCommand = Omit<CommandSettings, 'name' | 'start' | 'usage'> & {
  readonly start: readonly string[] | null;
  readonly usage: CommandSettings['usage'] | null;
};

const NO_FIGURES = { input: null, cached: null, output: null, reasoning: null, cost: null };

/** The command line of an agent, by its name; null: it has none. */
export function commandOf({ command, commands }: Settings['provider'], name: AgentName): CommandSettings | null {
  const named = ownValue(commands, name);
  return named === undefined ? command : { ...named, start: named.start ?? [], usage: named.usage ?? NO_FIGURES, name };
}

/** An agent that speaks the Agent Client Protocol; null: the recipe's, or the agent's own default. */
export interface AcpSettings {
  readonly agent: AcpAgentName | null;
  readonly command: readonly string[] | null;
  readonly mode: string | null;
  readonly permissions: 'workspace' | 'allow' | 'reject';
  readonly model: string | null;
  readonly config: Readonly<Record<string, string | boolean>> | null;
}

/**
 * The resolved configuration of a run: what the layers and the command line gave, with defaults filled in.
 * It is recorded in `run_started` and `run_resumed`, so that a resume needs nothing else. Durations in minutes as configured.
 */
export interface Settings {
  readonly provider: {
    readonly name: AgentName;
    readonly roles: { readonly producer: AgentSettings; readonly verifier: AgentSettings };
    readonly codex: {
      /** Null: codex's own default. */
      readonly model: string | null;
      readonly effort: string | null;
      readonly sandbox: 'workspace-write' | 'bypass' | 'inherit';
      readonly networkAccess: boolean;
    };
    readonly claude: {
      readonly model: string | null;
      readonly effort: string | null;
      readonly permissionStrategy: 'inherit' | 'allow_core_tools' | 'bypass';
      readonly stream: boolean;
    };
    readonly acp: AcpSettings;
    readonly command: CommandSettings | null;
    /** Further ones, each by the name that a role gives. Absent in logs of releases that knew but one. */
    readonly commands?: Readonly<Record<string, NamedCommand>> | null;
    /** Whether an agent's program may lie in the work tree; only the user's own configuration says so. */
    readonly allowProgramInWorkspace: boolean;
    readonly idleTimeoutMinutes: number;
    readonly turnTimeoutMinutes: number;
    readonly maxWaitMinutes: number;
  };
  readonly runtime: {
    readonly pairs: readonly Pair[];
    readonly maxIterations: number;
    /** A plan with more phases is not valid. */
    readonly maxPhases: number;
    readonly phaseMode: PhaseMode;
    /** The phase asked for with `--phase-id`; null selects all. */
    readonly phaseId: string | null;
    readonly intentMode: IntentMode;
    readonly fullAutoAnswers: boolean;
    /** Whether a person approves the plan before anything else is paid for. */
    readonly approvePlan: boolean;
    /** How long a run stays with a question or an approval before it pauses. */
    readonly waitMinutes: number;
    /** Whether a new run gets a work tree of its own. Of a start alone: in no log. */
    readonly worktree?: boolean;
    readonly useGit: boolean;
    readonly trackArtifacts: boolean;
    readonly autoFollowup: boolean;
    readonly autoFollowupMaxDepth: number;
    readonly verifierSession: 'shared' | 'separate';
    readonly verifierScope: 'warn' | 'strict';
    readonly commitEverything: boolean;
    readonly maxTurns: number | null;
    readonly maxMinutes: number | null;
    readonly maxCostUsd: number | null;
  };
  /** Null: looked for. Absent in logs of releases that knew no checks, as `evidence` is. */
  readonly checks?: readonly ConfiguredCheck[] | null;
  readonly evidence?: EvidenceSettings;
  /** Of this machine or person alone: in no log. `keepDays`: how long snapshots of uncommitted files are kept. */
  readonly history?: { readonly keepDays: number };
  /** The bounds of a batch. Of this machine or person alone: in no log. */
  readonly batch?: {
    /** How many tasks of a provider may be at work at once. */
    readonly perProvider: Readonly<Record<string, number>> | null;
    readonly maxCostUsd: number | null;
    readonly maxMinutes: number | null;
  };
  /** How work trees of tasks are made and left. Of this machine or person alone: in no log. */
  readonly worktree?: WorktreeSettings;
  /** How tasks are brought into a branch. Of this machine or person alone: in no log. */
  readonly merge?: MergeSettings;
  /** Who is told when a person is needed. Of this machine alone: no log has it. */
  readonly notify?: NotifySettings;
}

/** The settings that today's configuration gives: with what no log has, and what logs of older releases lack. */
export type SettingsInForce = Settings &
  Required<Omit<Settings, 'provider' | 'runtime'>> & { readonly runtime: Required<Settings['runtime']> };

/** A check as the configuration has it; without a gate it has the one that is usual. */
export type ConfiguredCheck = Omit<Check, 'origin' | 'gate'> & { readonly gate: Gate | null };

/** How work trees of tasks are made and left; commands are of the shell, null: none. */
export interface WorktreeSettings {
  readonly setup: string | null;
  readonly teardown: string | null;
  readonly root: string | null;
  readonly portBase: number;
  readonly includeMaxMb: number;
}

/** The ways in which a task's work can be brought into a branch. */
export type MergeStrategy = 'squash' | 'no-ff' | 'ff-only' | 'rebase';

/** How a task's work is brought into a branch. `check`: a shell command; null: none. */
export interface MergeSettings {
  readonly strategy: MergeStrategy;
  readonly check: string | null;
  readonly keepArtifacts: boolean;
}

/** What success has to rest on, and how checks are run. */
export interface EvidenceSettings {
  readonly mode: 'auto' | 'required' | 'off';
  readonly setup: string | null;
  readonly carry: readonly string[];
  /** Null: cargo's own. */
  readonly keep: readonly string[] | null;
  readonly where: 'auto' | 'clean' | 'in_place';
  readonly guards: readonly string[];
  readonly retries: number;
  readonly maxMinutes: number | null;
}

/** Whether producer and verifier keep sessions of their own: asked for, or because different programs play them. */
export function hasSeparateSessions(settings: Settings | null): boolean {
  if (settings === null) return false;
  const { producer, verifier } = settings.provider.roles;
  return settings.runtime.verifierSession === 'separate' || producer.name !== verifier.name;
}

/** A setting with which a run goes on other than it was started. `key` as in a configuration file. */
export interface SettingChange {
  readonly key: string;
  readonly was: unknown;
  readonly is: unknown;
}
