import { type ConfigKey, type DefaultOf, olderNames, type ResolvedKey, rowOf, type ValueOf } from './keys.ts';
import { type LayerValues, valueAt } from './layer-values.ts';

/** Something that sets keys: a file, or the command line. */
export interface Source {
  readonly values: LayerValues;
  /** Who sets the key, for people who ask where a value came from. */
  readonly origin: (key: ResolvedKey) => string;
  /** Where exactly, for messages about the value. */
  readonly place: (key: ConfigKey) => string;
  /** The command line, where a bad value is an error of usage. */
  readonly typed: boolean;
}

/** A value with the source that sets it, and the name under which it does. */
export interface Found<T> {
  readonly value: T;
  readonly source: Source;
  readonly key: ConfigKey;
}

/** Looks keys up in the sources, the strongest last, and notes where each resolved value came from. */
export class Lookup {
  readonly #origins = new Map<ResolvedKey, string>();
  readonly #sources: readonly Source[];

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
  }

  /** By key: `default`, or the origin that its source gives. Complete once every key has been looked up or credited. */
  get origins(): ReadonlyMap<ResolvedKey, string> {
    return this.#origins;
  }

  /** The value that wins, or the default. */
  value<K extends ResolvedKey>(key: K): ValueOf<K> | DefaultOf<K> {
    const found = this.find(key);
    this.credit(key, found, null);
    return (found === null ? rowOf(key).default : found.value) as ValueOf<K> | DefaultOf<K>;
  }

  /** The value that wins among the sources from `since` on; null when none of them sets the key. */
  find<K extends ResolvedKey>(key: K, since = 0): Found<ValueOf<K>> | null {
    for (const source of this.#sources.slice(since).toReversed()) {
      for (const name of [...olderNames(key), key]) {
        const value = read(source.values, name) ?? null;
        if (value !== null) return { value: value as ValueOf<K>, source, key: name };
      }
    }
    return null;
  }

  /** Notes where the value of a key came from: from the source that sets it, else from another key's source. */
  credit(key: ResolvedKey, found: Found<unknown> | null, inheritedFrom: ResolvedKey | null): void {
    const inherited = inheritedFrom === null ? undefined : this.#origins.get(inheritedFrom);
    this.#origins.set(key, found?.source.origin(key) ?? inherited ?? 'default');
  }

  /**
   * The index of the source that last gave the key another value. What weaker sources say about the rest of the same
   * mapping was meant for the value that was replaced: a model for another agent, arguments for another program.
   */
  replacedAt(key: ResolvedKey): number {
    let since = 0;
    let before = 'null';
    for (const [index, source] of this.#sources.entries()) {
      const value = JSON.stringify(read(source.values, key) ?? null);
      if (value === 'null' || value === before) continue;
      [since, before] = [index, value];
    }
    return since;
  }
}

function read(values: LayerValues, dotted: ConfigKey): unknown {
  return valueAt(values, dotted);
}
