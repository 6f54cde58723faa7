import type { ProviderName } from '../core/vocabulary.ts';
import type { Camel, Kind, SettingValue } from './kinds.ts';

/** Everything that is known of a key of a configuration file; what else speaks of keys is derived from its row. */
export interface KeyRow {
  /** Dotted: a dot is one level of nesting in a file. */
  readonly key: string;
  readonly kind: Kind;
  /** The value in force when nobody sets the key, as a file would have it; null: unset. */
  readonly default: unknown;
  readonly meaning: string;
  /** Where its value stands in `Settings`; by default the key in the words of code. */
  readonly at?: string;
  readonly option?: OptionText;
  /** Only the user's own file may set it: the workspace's is an agent's to edit. */
  readonly owner?: 'user';
  /** It starts a program or lifts a limit: a start says its value and origin where that is not the default. */
  readonly isRisky?: true;
  /** The value as that line has it, where it says more than a person needs there; by default as a file has it. */
  readonly told?: (value: unknown) => string;
  /** Not in a run's log: what is of this machine or person alone. */
  readonly recorded?: false;
  /** What of a value, as settings have it, a run's log has, where that is not all. */
  readonly recordedAs?: (value: unknown) => unknown;
  /** A resumed run keeps the value that it was started with, whatever today's files say. */
  readonly kept?: true;
  /** The same, for a run in which this provider plays. */
  readonly keptWith?: ProviderName;
  /** The same, where neither today's files nor an option set it. */
  readonly keptUnlessSet?: true;
  /** What the log of a release that did not know the key means; by default what is in force without it. */
  readonly before?: unknown;
  /** What may stand in the settings where that is more than a file may say: a role has the agent that it inherits. */
  readonly resolvesTo?: Kind;
  /** While it is unset, its whole section is null in the settings. */
  readonly anchor?: true;
  /** Settings without it are none: every release that recorded any recorded it. */
  readonly essential?: true;
  /** An older name of this key. */
  readonly olderNameOf?: string;
}

/** The option of the command line that sets a key, and its words for `--help`. */
export interface OptionText {
  /** `--pairs <list>`; for what is on or off its positive form alone. */
  readonly flags: string;
  readonly help: string;
  /** Of the negative form. */
  readonly off?: string;
  /** The heading of the help below which it stands; by default the last one before the key's neighbours. */
  readonly group?: 'task';
}

/** The place of a row's value in the settings. */
export type PlaceOf<R> = R extends { at: infer At extends string }
  ? At
  : R extends { key: infer K extends string }
    ? Camel<K>
    : never;

/** What stands there. */
export type SettingOf<R> = R extends { kind: infer T; default: infer D }
  ? SettingValue<T> | (D extends null ? null : never)
  : never;
