import type { SettingsInForce } from '../core/settings.ts';
import { resolveAcp } from './acp.ts';
import { agentWarnings, keysInForce, resolveRoles, roleValues, type TypedPart } from './agents.ts';
import { resolveCommand } from './command.ts';
import { commandsFaults } from './commands.ts';
import { AGENT_OPTIONS, commandLineSource, type CommandLineOptions } from './command-line.ts';
import { refuse } from './fault.ts';
import { toSetting } from './kind-values.ts';
import { RESOLVED_KEYS, type ResolvedKey } from './keys.ts';
import type { Layer } from './layer-values.ts';
import { Lookup, type Source } from './lookup.ts';
import { assemble } from './settings-tree.ts';

export interface Resolution {
  readonly settings: SettingsInForce;
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
  const files = layers.map(fileSource);
  const typed = typedParts(new Lookup([...files, commandLineSource(options, [])]), options);
  const lookup = new Lookup([...files, commandLineSource(options, typed)]);
  const plain = new Map(RESOLVED_KEYS.map((row) => [row.key, lookup.value(row.key)]));
  const roles = resolveRoles(lookup);
  const command = resolveCommand(lookup, roles);
  const acp = resolveAcp(lookup, roles);
  const special = new Map<ResolvedKey, unknown>([...roleValues(roles), ...acp.values, ...command.values]);
  const values = RESOLVED_KEYS.map((row) => {
    const value = special.has(row.key) ? special.get(row.key) : plain.get(row.key);
    return [row, toSetting(row.kind, value)] as const;
  });
  refuse([...commandsFaults(lookup, roles), ...acp.faults, ...command.faults]);
  const { provider, runtime, ...more } = assemble(values);
  const settings = { ...more, provider, runtime: { ...runtime, phaseId: options.phaseId ?? null } };
  return { settings, origins: lookup.origins, warnings: agentWarnings(lookup, roles, typed) };
}

function typedParts(lookup: Lookup, options: CommandLineOptions): TypedPart[] {
  return AGENT_OPTIONS.filter(({ attribute }) => options[attribute] !== undefined).map(({ option, part }) => {
    return { option, part, keys: keysInForce(lookup, part) };
  });
}

function fileSource({ file, values, places }: Layer): Source {
  return { values, origin: () => file, place: (key) => places.get(key) ?? file, typed: false };
}
