import type { AgentSettings, Settings } from '../core/settings.ts';
import type { AgentName, ProviderName } from '../core/vocabulary.ts';
import type { ProviderProblem } from './find-program.ts';
import type { Ask, Environment } from './program.ts';
import type { ProcessRunner } from '../supervision/supervisor.ts';

/** Everything that can be said of a provider before its first turn: shown by `autoloop doctor`, checked by the start of a run. */
export interface ProviderReport {
  readonly provider: ProviderName;
  /** As a role names it; absent: as its provider. */
  readonly name?: AgentName;
  /** The agent's own name, where the provider's is not it: `opencode`. */
  readonly agent?: string;
  /** What the program calls itself, where it was asked: `Gemini CLI`. */
  readonly callsItself?: string;
  /** Absolute path; null when the program was not found. */
  readonly program: string | null;
  readonly version: string | null;
  /** What this version has, where it was asked: `exec --json`. */
  readonly capabilities: readonly string[];
  /** What it is started with, where that is ours to say: `its own default`. Null: no provider's setting names a model. */
  readonly models: string | null;
  readonly login: string;
  /** What would log in, where the program says that nobody is and only a turn can tell whether that matters. */
  readonly logInWith: string | null;
  readonly whoPays: string;
  /** What the agent may do, with the setting that says so. */
  readonly permissions: string;
  /** Worth knowing, and no reason not to run. One line each. */
  readonly notices: readonly string[];
  /** Reasons not to run. */
  readonly problems: readonly ProviderProblem[];
}

/** What a preflight looks at. */
export interface PreflightWorld {
  /** The workspace. */
  readonly cwd: string;
  readonly env: Environment;
  /** See `ProgramPlace`. */
  readonly allowInside: boolean;
  /** The user id of this process; null where there are none. */
  readonly uid: number | null;
  /** Where answers that cost time are remembered: `$XDG_CACHE_HOME/autoloop` or `~/.cache/autoloop`. */
  readonly cacheDir: string;
  readonly ask: Ask;
  /** Lends what sees to it that a program which stays a while, and what it starts, outlive neither the work nor this program. */
  readonly supervised: <T>(work: (runner: ProcessRunner) => Promise<T>) => Promise<T>;
  /** Also ask what only a report needs (`autoloop doctor`). */
  readonly thorough: boolean;
}

/** What the preflight of one provider is given: `roles` are those that it plays. */
export interface PreflightSubject {
  readonly settings: Settings;
  readonly roles: readonly AgentSettings[];
  readonly world: PreflightWorld;
}

/** The report of a provider whose program is not there. */
export function notFound(provider: ProviderName, problem: ProviderProblem): ProviderReport {
  return {
    provider,
    program: null,
    version: null,
    capabilities: [],
    models: null,
    login: 'unknown',
    logInWith: null,
    whoPays: 'unknown',
    permissions: 'unknown',
    notices: [],
    problems: [problem],
  };
}

/** The models that these roles are played with, in words; an agent that is given none takes its own. */
export function modelsOf(chosen: readonly Pick<AgentSettings, 'model' | 'effort'>[]): string {
  const models = chosen.map(
    ({ model, effort }) => `${model ?? 'its own default'}${effort === null ? '' : `, effort ${effort}`}`,
  );
  return [...new Set(models)].join('; ');
}
