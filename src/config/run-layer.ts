import type { Settings } from '../core/settings.ts';
import { type AgentName, type Pair, providerOf } from '../core/vocabulary.ts';
import { settingsEntries } from './entries.ts';
import type { KeyRow } from './key-row.ts';
import { type KeyValues, RESOLVED_KEYS, type ResolvedKey } from './keys.ts';
import { type Layer, layerOfKeys } from './layer-values.ts';
import { settingAt } from './settings-tree.ts';

/** What a run says of itself, whether its log has settings or is older than that. */
export interface RunFacts {
  readonly provider: AgentName;
  readonly pairs: readonly Pair[];
  readonly maxIterations: number;
  readonly useGit: boolean;
  readonly recorded: Settings | null;
  /** Checks and evidence are not kept. */
  readonly reloadChecks?: boolean;
}

/** What a resumed run keeps of its own, as a layer between the configuration files and the options (docs/loop.md, resuming). */
export function runLayer(run: RunFacts): Layer {
  const { provider, pairs, maxIterations, useGit, recorded } = run;
  return layerOfKeys('the run', {
    'provider.name': provider,
    ...(recorded === null ? {} : { ...roleNames(recorded, provider), ...keptValues(recorded, run) }),
    'runtime.pairs': pairs.join(','),
    'runtime.max_iterations': maxIterations,
    ...(useGit ? {} : { 'runtime.no_git': true }),
  });
}

/** What it keeps where nothing else says it, as the weakest layer. A log without settings is of a release before any of them. */
export function runDefaults({ recorded }: RunFacts): Layer {
  const entries: Partial<Record<ResolvedKey, unknown>> = recorded === null ? {} : settingsEntries(recorded);
  const kept = RESOLVED_KEYS.filter((row) => row.keptUnlessSet === true);
  const values = kept.map(({ key, before }) => [key, recorded === null ? before : entries[key]] as const);
  return layerOfKeys('the run', Object.fromEntries(values));
}

/** The agents of the roles, where they are not all the same. */
function roleNames({ provider: { roles } }: Settings, provider: AgentName): KeyValues {
  if (roles.producer.name === provider && roles.verifier.name === provider) return {};
  return {
    'provider.roles.producer.name': roles.producer.name,
    'provider.roles.verifier.name': roles.verifier.name,
  };
}

function keptValues(recorded: Settings, { provider, reloadChecks = false }: RunFacts): KeyValues {
  const entries = settingsEntries(recorded);
  const { producer, verifier } = recorded.provider.roles;
  const players = [provider, producer.name, verifier.name].map(providerOf);
  const kept = RESOLVED_KEYS.filter(
    ({ kept: always, keptWith = null }) => always === true || (keptWith !== null && players.includes(keptWith)),
  );
  const isOfAgents = ({ keptWith }: KeyRow) => keptWith !== undefined;
  const isOfChecks = (key: string) => key === 'checks' || key.startsWith('evidence.');
  // A section that is null as a whole shows defaults, which nobody set.
  const isSet = (row: KeyRow) => settingAt(recorded, row) !== null;
  const own = kept.filter(
    (row) =>
      isSet(row) && (!reloadChecks || !isOfChecks(row.key)) && !(isOfAgents(row) && isRedacted(entries[row.key])),
  );
  return Object.fromEntries(own.map(({ key }) => [key, entries[key]]));
}

/** A key of an agent's command line or options stands in no log: only today's files can say it. */
function isRedacted(value: unknown): boolean {
  return JSON.stringify(value).includes('[redacted ');
}
