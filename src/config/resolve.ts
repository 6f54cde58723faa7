import { parsePairs } from '../core/pairs.ts';
import type { Settings } from '../core/settings.ts';
import { codexWarnings, effortFaults, resolveAgent } from './agents.ts';
import { resolveCommand } from './command.ts';
import { commandLineSource, type CommandLineOptions } from './command-line.ts';
import { refuse } from './fault.ts';
import type { ResolvedKey } from './keys.ts';
import type { Layer } from './layer.ts';
import { Lookup, type Source } from './lookup.ts';

export interface Resolution {
  readonly settings: Settings;
  /** By dotted key: `default`, the path of a file, or an option. What a role inherits has the origin of what it inherits. */
  readonly origins: ReadonlyMap<ResolvedKey, string>;
  /** What was given and does not apply, one line each. */
  readonly warnings: readonly string[];
}

/**
 * The settings in force: layers merge key by key, a later one over an earlier one, and options over all of them.
 * Throws one Problem with everything that does not add up, of kind `usage` when only options are to blame.
 */
export function resolve(layers: readonly Layer[], options: CommandLineOptions): Resolution {
  const lookup = new Lookup([...layers.map(fileSource), commandLineSource(options)]);
  const { provider, faults, warnings } = resolveProvider(lookup);
  const runtime = resolveRuntime(lookup, options);
  refuse(faults);
  return { settings: { provider, runtime }, origins: lookup.origins, warnings };
}

function resolveProvider(lookup: Lookup) {
  const name = lookup.value('provider.name');
  const roles = { producer: resolveAgent(lookup, 'producer', name), verifier: resolveAgent(lookup, 'verifier', name) };
  const command = resolveCommand(lookup, roles);
  const provider: Settings['provider'] = {
    name,
    roles,
    codex: {
      model: lookup.value('provider.codex.model'),
      effort: lookup.value('provider.codex.model_effort'),
      sandbox: lookup.value('provider.codex.sandbox'),
      networkAccess: lookup.value('provider.codex.network_access'),
    },
    claude: {
      model: lookup.value('provider.claude.model'),
      effort: lookup.value('provider.claude.effort'),
      permissionStrategy: lookup.value('provider.claude.permission_strategy'),
      stream: lookup.value('provider.claude.stream'),
    },
    command: command.settings,
    idleTimeoutMinutes: lookup.value('provider.idle_timeout_minutes'),
    turnTimeoutMinutes: lookup.value('provider.turn_timeout_minutes'),
    maxWaitMinutes: lookup.value('provider.max_wait_minutes'),
  };
  const faults = [...effortFaults(lookup, roles), ...command.faults];
  return { provider, faults, warnings: codexWarnings(lookup, roles) };
}

function resolveRuntime(lookup: Lookup, options: CommandLineOptions): Settings['runtime'] {
  const list = parsePairs(lookup.value('runtime.pairs'));
  // Layers hold lists that were read without error, and options hold pairs.
  if ('error' in list) throw new Error(`runtime.pairs was not checked: ${list.error}`);
  return {
    pairs: list.pairs,
    maxIterations: lookup.value('runtime.max_iterations'),
    phaseMode: lookup.value('runtime.phase_mode'),
    phaseId: options.phaseId ?? null,
    intentMode: lookup.value('runtime.intent_mode'),
    fullAutoAnswers: lookup.value('runtime.full_auto_answers'),
    useGit: !lookup.value('runtime.no_git'),
    trackArtifacts: lookup.value('runtime.track_autoloop_artifacts'),
    autoFollowup: lookup.value('runtime.auto_followup'),
    autoFollowupMaxDepth: lookup.value('runtime.auto_followup_max_depth'),
    verifierSession: lookup.value('runtime.verifier_session'),
    verifierScope: lookup.value('runtime.verifier_scope'),
    commitEverything: lookup.value('runtime.commit_everything'),
    maxTurns: lookup.value('runtime.max_turns'),
    maxMinutes: lookup.value('runtime.max_minutes'),
    maxCostUsd: lookup.value('runtime.max_cost_usd'),
  };
}

function fileSource({ file, values, places }: Layer): Source {
  return { values, origin: () => file, place: (key) => places.get(key) ?? file, typed: false };
}
