import { redactTokens } from '../core/redact.ts';
import { settingsEntries } from './entries.ts';
import { printable } from './found.ts';
import type { KeyRow } from './key-row.ts';
import { RESOLVED_KEYS, type ResolvedKey } from './keys.ts';
import type { Resolution } from './resolve.ts';

/** What `--print-config --json` prints. */
export interface ConfigDocument {
  readonly version: 1;
  /** The files that were read, the weaker first. */
  readonly files: readonly string[];
  readonly values: Readonly<Record<string, { readonly value: unknown; readonly origin: string }>>;
}

/** The configuration in force for people: a line for each key, with where its value came from. Ends with a newline. */
export function renderConfig(resolution: Resolution): string {
  const lines = Object.entries(configDocument(resolution, []).values).map(
    ([key, { value, origin }]) => `${key}: ${written(value)}  # ${printable(origin)}\n`,
  );
  return lines.join('');
}

/** The configuration in force for programs, as a JSON value. `files` are the paths of the layers. */
export function configDocument({ settings, origins }: Resolution, files: readonly string[]): ConfigDocument {
  const entries = Object.entries(settingsEntries(settings)).map(
    ([key, value]) => [key, { value, origin: origins.get(key as ResolvedKey) ?? 'default' }] as const,
  );
  return { version: 1, files, values: Object.fromEntries(entries) };
}

/** What starts a program or lifts a limit and is not the default, one line each with its origin. */
export function riskyLines(resolution: Resolution): readonly string[] {
  const { values } = configDocument(resolution, []);
  return RESOLVED_KEYS.filter((row: KeyRow) => row.isRisky === true).flatMap((row) => {
    const { value, origin = 'default' } = values[row.key] ?? {};
    const isDefault = origin === 'default' || JSON.stringify(value) === JSON.stringify(row.default);
    const told = row.told ?? written;
    return isDefault ? [] : [`${row.key}: ${redactTokens(told(value))} (from ${printable(origin)})`];
  });
}

/** As in YAML: plain where that cannot be mistaken for something else, in JSON otherwise. */
function written(value: unknown): string {
  const plain = typeof value === 'string' && /^[a-z][\w.,/-]*$/i.test(value) && !/^(?:true|false|null)$/i.test(value);
  return plain ? value : printable(JSON.stringify(value));
}
