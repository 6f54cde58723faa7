import { follow } from '../core/own-value.ts';
import type { ConfigKey, KeyValues } from './keys.ts';

/** One configuration file, nested as it is written. Null and absent both mean: not set in this file. */
export type LayerValues = Readonly<Record<string, unknown>>;

/** What one configuration file sets. */
export interface Layer {
  /** Absolute path of the file. */
  readonly file: string;
  readonly values: LayerValues;
  /** `FILE:LINE:COLUMN` of the keys that the file sets. */
  readonly places: ReadonlyMap<ConfigKey, string>;
}

/** A layer that is no file: `name` is what origins say. */
export function layerOfKeys(name: string, values: KeyValues): Layer {
  return { file: name, values: nest(values), places: new Map() };
}

/** The value of a dotted key in something read from a file; undefined where there is none. */
export function valueAt(values: unknown, dotted: string): unknown {
  return follow(values, dotted.split('.'));
}

/** Values under dotted keys, nested as in a file. */
export function nest(values: Readonly<Record<string, unknown>>): LayerValues {
  const file: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const names = key.split('.');
    const last = names.pop() ?? '';
    let section = file;
    for (const name of names) section = (section[name] ??= {}) as Record<string, unknown>;
    section[last] = value;
  }
  return file;
}
