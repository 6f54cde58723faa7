import type { Settings } from '../core/settings.ts';
import type { KeyRow, PlaceOf, SettingOf } from './key-row.ts';
import { BATCH_KEYS } from './keys/batch.ts';
import { CHECK_KEYS } from './keys/checks.ts';
import { HISTORY_KEYS } from './keys/history.ts';
import { MERGE_KEYS } from './keys/merge.ts';
import { NOTIFY_KEYS } from './keys/notify.ts';
import { PROVIDER_KEYS } from './keys/provider.ts';
import { RUNTIME_KEYS } from './keys/runtime.ts';
import { WORKTREE_KEYS } from './keys/worktree.ts';
import { camel, type FileValue } from './kinds.ts';

/**
 * Every key of a configuration file. A new one is a row here, below its section, and a line in the type `Settings`: the
 * schema of files and logs, the options, `--print-config`, the differences of a resume and the documents follow.
 */
export const CONFIG_KEYS = [
  ...PROVIDER_KEYS,
  ...RUNTIME_KEYS,
  ...CHECK_KEYS,
  ...HISTORY_KEYS,
  ...BATCH_KEYS,
  ...WORKTREE_KEYS,
  ...MERGE_KEYS,
  ...NOTIFY_KEYS,
] as const satisfies readonly KeyRow[];

/** What the keys directly below a section are about, in the order of the README's table. */
export const SECTIONS: Readonly<Record<string, string>> = {
  provider: 'which agent works, and for how long',
  'provider.codex': 'what codex is started with, and what it may touch',
  'provider.claude': 'what claude is started with, and what it may do: `allow_core_tools` lets it write',
  'provider.roles.producer': "the producer's own agent",
  'provider.roles.verifier': "the verifier's own: let another vendor's agent check the work",
  'provider.acp':
    'any agent that speaks the Agent Client Protocol, and what it may do ([docs/providers.md](docs/providers.md))',
  'provider.command': "any other agent's command line ([docs/providers.md](docs/providers.md))",
  'provider.command.usage': 'where such an agent tells its figures',
  checks: 'what success rests on ([docs/checks.md](docs/checks.md))',
  evidence: 'what success has to show, and how checks are run ([docs/checks.md](docs/checks.md))',
  notify:
    'who is told when a run needs a person; all but `on` only in your own file ([docs/watch.md](docs/watch.md#notifications))',
  runtime: 'what a run works through, what is committed, and the bounds of a whole chain of runs',
  batch: 'the bounds of `autoloop batch`, over all its tasks ([docs/worktrees.md](docs/worktrees.md#a-queue-of-tasks))',
  worktree: 'how work trees of tasks are made and left ([docs/worktrees.md](docs/worktrees.md))',
  merge: 'how the work of a task is brought into your branch ([docs/worktrees.md](docs/worktrees.md))',
  history: 'how long what was there before is kept ([docs/checkpoints.md](docs/checkpoints.md))',
};

type Row = (typeof CONFIG_KEYS)[number];
export type ConfigKey = Row['key'];

/** A key under which a value is resolved: all but the older names. */
export type ResolvedKey = Exclude<Row, { olderNameOf: string }>['key'];

/** The value that a file gives a key, with its literal type. */
export type ValueOf<K extends ConfigKey> = FileValue<Extract<Row, { key: K }>['kind']>;

/** The value in force when no file sets the key, with its literal type. */
export type DefaultOf<K extends ConfigKey> = Extract<Row, { key: K }>['default'];

/** Values under their dotted keys; absent, undefined and null: not set. */
export type KeyValues = { readonly [K in ConfigKey]?: ValueOf<K> | null | undefined };

/** The rows of the keys that are resolved, in the order in which they are shown. */
export const RESOLVED_KEYS: readonly (KeyRow & { readonly key: ResolvedKey })[] = CONFIG_KEYS.filter(
  (row): row is Exclude<Row, { olderNameOf: string }> => !('olderNameOf' in row),
);

/** The older names of a key. */
export function olderNames(key: ResolvedKey): readonly ConfigKey[] {
  return (OLDER_ROWS.get(key) ?? []).map((row) => row.key);
}

// Each key is looked up in every source, which a start waits for.
const OLDER_ROWS = Map.groupBy(
  CONFIG_KEYS.filter((row) => 'olderNameOf' in row),
  ({ olderNameOf }): ResolvedKey => olderNameOf,
);
const ROWS = new Map<ConfigKey, KeyRow>(CONFIG_KEYS.map((row) => [row.key, row]));

export function rowOf(key: ConfigKey): KeyRow {
  const row = ROWS.get(key);
  if (row === undefined) throw new Error(`there is no key ${key}`);
  return row;
}

/** The path of a row's value in the settings. */
export function placeOf({ key, at }: KeyRow): string[] {
  return (at ?? camel(key)).split('.');
}

type ResolvedRow = Exclude<Row, { olderNameOf: string }>;

/** The places of all values in the settings; a list or a map with free names is one value. */
type PlaceIn<T, Above extends string = ''> = {
  [Name in keyof T & string]: NonNullable<T[Name]> extends readonly unknown[] | string | number | boolean
    ? `${Above}${Name}`
    : string extends keyof NonNullable<T[Name]>
      ? `${Above}${Name}`
      : PlaceIn<NonNullable<T[Name]>, `${Above}${Name}.`>;
}[keyof T & string];

type At<T, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? At<NonNullable<NonNullable<T>[Head & keyof T]>, Rest>
  : NonNullable<T>[Path & keyof T];

type Misfits<R extends ResolvedRow = ResolvedRow> = R extends unknown
  ? SettingOf<R> extends At<Settings, PlaceOf<R>> | null
    ? R['default'] extends FileValue<R['kind']> | null
      ? never
      : R['key']
    : R['key']
  : never;

type None<Missing extends never> = Missing;

/** Does not compile while a setting has no row (`--phase-id` has no key), a row no setting, or the two are of other types. */
export type Complete = [
  None<Exclude<PlaceIn<Settings>, PlaceOf<ResolvedRow> | 'runtime.phaseId'>>,
  None<Exclude<PlaceOf<ResolvedRow>, PlaceIn<Settings>>>,
  None<Misfits>,
];
