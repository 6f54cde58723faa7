import type { Settings, SettingsInForce } from '../core/settings.ts';
import type { KeyRow } from './key-row.ts';
import { follow } from '../core/own-value.ts';
import { placeOf } from './keys.ts';

type Tree = Record<string, unknown>;

/** The value at a row's place; null where it is unset, or its section is. */
export function settingAt(settings: Settings, row: KeyRow): unknown {
  return follow(settings, placeOf(row)) ?? null;
}

/** Settings of the values of all rows. A test and a type hold that they are complete. */
export function assemble(values: readonly (readonly [KeyRow, unknown])[]): SettingsInForce {
  const settings: Tree = {};
  for (const [row, value] of values) put(settings, placeOf(row), value);
  for (const [row, value] of values)
    if (row.anchor === true && value === null) put(settings, placeOf(row).slice(0, -1), null);
  return settings as unknown as SettingsInForce;
}

/** The settings less the values of these rows. */
export function without(settings: Settings, rows: readonly KeyRow[]): Settings {
  const copy = structuredClone(settings) as unknown as Tree;
  for (const row of rows) {
    const path = placeOf(row);
    const section = follow(copy, path.slice(0, -1));
    if (typeof section === 'object' && section !== null) Reflect.deleteProperty(section, path.at(-1) ?? '');
  }
  return copy as unknown as Settings;
}

/** The settings with what a log has of the values of these rows. */
export function asRecorded(settings: Settings, rows: readonly KeyRow[]): Settings {
  const copy = structuredClone(settings) as unknown as Tree;
  for (const row of rows) {
    const value = row.recordedAs === undefined ? null : settingAt(settings, row);
    if (value !== null) put(copy, placeOf(row), row.recordedAs?.(value));
  }
  return copy as unknown as Settings;
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  let section = tree;
  for (const name of path.slice(0, -1)) section = (section[name] ??= {}) as Tree;
  section[path.at(-1) ?? ''] = value;
}

/** A mapping; null for anything else. */
export function objectIn(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : null;
}
