import type { InitialChoices } from './initial-choices.ts';
import type { KeyValues } from './keys.ts';
import { readLayer } from './layer.ts';
import { nest } from './layer-values.ts';
import { changeYaml, type YamlChange } from './yaml-edit.ts';
import { ownValue } from '../core/own-value.ts';

const SANDBOX = { workspace: 'workspace-write', everything: 'bypass', own: 'inherit' } as const;
const POLICY = { workspace: 'workspace', everything: 'allow', own: 'reject' } as const;
const STRATEGY = { workspace: 'allow_core_tools', everything: 'bypass', own: 'inherit' } as const;

/** The keys that the choices set. claude is made to tell what it does while it works. */
export function initialValues({ provider, permissions }: InitialChoices): Readonly<Record<string, string | boolean>> {
  if (provider === 'codex') return { 'provider.name': provider, 'provider.codex.sandbox': SANDBOX[permissions] };
  if (provider !== 'claude') {
    return {
      'provider.name': 'acp',
      'provider.acp.agent': provider,
      'provider.acp.permissions': POLICY[permissions],
    };
  }
  return {
    'provider.name': provider,
    'provider.claude.permission_strategy': STRATEGY[permissions],
    'provider.claude.stream': true,
  };
}

/**
 * The text of a configuration file with these keys set, or every problem of what would come of it, a line each. `text` is what the
 * file holds now, null where there is none; `file` is its path.
 */
export function fileWith(
  file: string,
  text: string | null,
  values: KeyValues,
): { readonly text: string } | { readonly problems: readonly string[] } {
  const before = text === null ? null : readLayer(file, text);
  if (before !== null && 'problems' in before) return before;
  const changes = Object.entries(values).map(([key, value]): YamlChange => [key.split('.'), value]);
  const changed = changeYaml(text ?? HEAD, changes);
  if (changed === null)
    return { problems: [`${file}: found a form that cannot be changed here; set the keys by hand`] };
  const after = readLayer(file, changed);
  if ('problems' in after) return after;
  return isKept(before?.layer.values ?? {}, after.layer.values, values)
    ? { text: changed }
    : { problems: [`${file}: found a form that cannot be changed here without changing more; set the keys by hand`] };
}

const HEAD = '# Configuration of Autoloop: autoloop --print-config shows what is in force, and where it comes from.\n';

/** Whether nothing but these values differs: an alias, say, would carry a change to another place. */
function isKept(before: unknown, after: unknown, values: KeyValues): boolean {
  return JSON.stringify(sorted(merged(before, nest(values)))) === JSON.stringify(sorted(after));
}

function merged(one: unknown, other: unknown): unknown {
  if (!isMapping(one) || !isMapping(other)) return other ?? one;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, merged(ownValue(one, name), ownValue(other, name))]));
}

function sorted(value: unknown): unknown {
  if (!isMapping(value)) return value;
  const entries = Object.entries(value).filter(([, inside]) => inside !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inside]) => [name, sorted(inside)]),
  );
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
