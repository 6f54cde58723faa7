import type { Settings } from '../core/settings.ts';
import { toFile } from './kind-values.ts';
import { RESOLVED_KEYS, type ResolvedKey } from './keys.ts';
import { settingAt } from './settings-tree.ts';

/** Settings under the dotted keys, and with the values, that a configuration file has for them; null: unset. */
export function settingsEntries(settings: Settings): Record<ResolvedKey, unknown> {
  // In a section that is null as a whole, a key shows its default.
  const entries = RESOLVED_KEYS.map((row) => [row.key, toFile(row.kind, settingAt(settings, row)) ?? row.default]);
  return Object.fromEntries(entries) as Record<ResolvedKey, unknown>;
}
