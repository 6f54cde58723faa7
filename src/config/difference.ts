import type { SettingChange, Settings } from '../core/settings.ts';
import { redactIn } from '../core/redact.ts';
import { inheritedKey } from './agents.ts';
import { settingsEntries } from './entries.ts';
import { RESOLVED_KEYS } from './keys.ts';
import { asRecorded } from './settings-tree.ts';
import { ownValue } from '../core/own-value.ts';

/**
 * What differs of what a log records, under the keys and with the values of a configuration file (`--phase-id` has no key and stands under its
 * own name). What a role inherits is not repeated: a new model of the provider is one change, not three.
 */
export function settingsDifference(was: Settings, is: Settings): SettingChange[] {
  const before = writtenEntries(was);
  const after = writtenEntries(is);
  return Object.keys(after).flatMap((key) => {
    const change = { key, was: ownValue(before, key), is: ownValue(after, key) };
    return JSON.stringify(change.was) === JSON.stringify(change.is) ? [] : [change];
  });
}

function writtenEntries(settings: Settings): Record<string, unknown> {
  const { provider, runtime } = settings;
  const all: Record<string, unknown> = settingsEntries(asRecorded(settings, RESOLVED_KEYS));
  const recorded = RESOLVED_KEYS.filter((row) => row.recorded !== false).map(({ key }) => [key, all[key]] as const);
  const entries: Record<string, unknown> = { ...Object.fromEntries(recorded), '--phase-id': runtime.phaseId };
  for (const [role, agent] of Object.entries(provider.roles)) {
    const key = `provider.roles.${role}`;
    if (agent.name === provider.name) entries[`${key}.name`] = null;
    for (const part of ['model', 'effort'] as const) {
      const from = inheritedKey(agent.name, part);
      if (agent[part] === (from === null ? null : all[from])) entries[`${key}.${part}`] = null;
    }
  }
  // As a log has them: what was written there cannot be told from what it hides.
  return redactIn(entries);
}
