import type { KeyRow } from './key-row.ts';
import { CONFIG_KEYS } from './keys.ts';
import type { Field, Kind } from './kinds.ts';

/** A key as documents and messages show it. `type` completes a sentence that begins with "accepted". */
export interface KeyDescription {
  /** Within lists `checks[].name`; below a name that the file chooses `provider.commands.NAME.start`. */
  readonly key: string;
  readonly type: string;
  /** Null: unset. */
  readonly default: unknown;
  /** Whether its mapping is refused without it. */
  readonly required: boolean;
  readonly meaning: string;
  readonly kind: Kind;
}

/** Stands for a name that the file chooses. */
const ANY_NAME = 'NAME';

/** The keys of all rows, each followed by those of the mappings within it. */
export function describedKeys(rows: readonly KeyRow[] = CONFIG_KEYS): KeyDescription[] {
  return rows.flatMap(({ key, kind, default: fallback, meaning }) => [
    { key, type: kind.accepted, default: fallback, required: false, meaning, kind },
    ...within(key, kind),
  ]);
}

const KNOWN = describedKeys();

export function describeKey(pattern: string): KeyDescription | null {
  return KNOWN.find((entry) => entry.key === pattern) ?? null;
}

/** The names accepted directly below a section (`''`: at the top of a file); empty for what is no section. */
export function namesBelow(section: string): readonly string[] {
  const prefix = section === '' ? '' : `${section}.`;
  const below = KNOWN.filter((entry) => entry.key.startsWith(prefix));
  const names = below.map((entry) => entry.key.slice(prefix.length).split('.', 1).join(''));
  return [...new Set(names.map((name) => name.replace(/(?:\[\])+$/, '')))];
}

/** The described key that a path in a file is about: `checks.0.name` is about `checks[].name`. */
export function patternOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((above, name) => {
    if (typeof name === 'number') return `${above}[]`;
    const exact = above === '' ? String(name) : `${above}.${String(name)}`;
    const free = `${above}.${ANY_NAME}`;
    return !isKnown(exact) && isKnown(free) ? free : exact;
  }, '');
}

function isKnown(pattern: string): boolean {
  return KNOWN.some(({ key }) => key === pattern || key.startsWith(`${pattern}.`) || key.startsWith(`${pattern}[`));
}

function within(above: string, kind: Kind): KeyDescription[] {
  switch (kind.is) {
    case 'list':
      return within(`${above}[]`, kind.of);
    case 'map':
      return within(`${above}.${ANY_NAME}`, kind.of);
    case 'mapping':
      return Object.entries<Field>(kind.of).flatMap(([name, field]) => [
        { ...field, key: `${above}.${name}`, type: field.kind.accepted },
        ...within(`${above}.${name}`, field.kind),
      ]);
    case 'either':
      return kind.of.flatMap((one) => within(above, one));
    default:
      return [];
  }
}
