import * as z from 'zod';
import type { Settings } from '../core/settings.ts';
import { PAIRS } from '../core/vocabulary.ts';
import type { KeyRow } from './key-row.ts';
import { toSetting } from './kind-values.ts';
import { placeOf, RESOLVED_KEYS } from './keys.ts';
import { camel, type Field, type Kind } from './kinds.ts';
import { asRecorded, without } from './settings-tree.ts';

/** The settings as a run's log has them: without what is of this machine or person alone. */
export function recordedForm(settings: Settings, rows: readonly KeyRow[] = RESOLVED_KEYS): Settings {
  const kept = without(
    settings,
    rows.filter(({ recorded }) => recorded === false),
  );
  return asRecorded(kept, rows);
}

/** The recorded settings; null when they are of a form that cannot be taken for settings. */
export function parseSettings(recorded: unknown): Settings | null {
  settingsSchema ??= recordedSchema(RESOLVED_KEYS);
  return settingsSchema.safeParse(recorded).data ?? null;
}

/**
 * Settings with these keys as `run_started` and `run_resumed` record them. What this release does not know is dropped, and
 * what an older one did not write has the value that was in force without it. The form of a text and the bounds of a number
 * are not looked at again: what was in force once is read back.
 */
export function recordedSchema(rows: readonly KeyRow[]): z.ZodType<Settings> {
  // `--phase-id` is a setting of one run and no key.
  const phaseId = { path: ['runtime', 'phaseId'], schema: z.string().nullable().default(null), anchor: false };
  const leaves = rows.map((row) => ({ path: placeOf(row), schema: leafSchema(row), anchor: row.anchor === true }));
  return section([...leaves, phaseId]) as unknown as z.ZodType<Settings>;
}

/** Made when a log is read: that takes longer than a start should wait which reads none. */
let settingsSchema: z.ZodType<Settings> | null = null;

interface Leaf {
  readonly path: readonly string[];
  readonly schema: z.ZodType;
  readonly anchor: boolean;
}

function section(leaves: readonly Leaf[]): z.ZodObject {
  const byName = Map.groupBy(leaves, ({ path }) => path[0] ?? '');
  const shape = [...byName].map(([name, below]) => {
    const whole = below.find(({ path }) => path.length === 1);
    if (whole !== undefined) return [name, whole.schema] as const;
    const inner = below.map((leaf) => ({ ...leaf, path: leaf.path.slice(1) }));
    const isOptional = inner.some(({ path, anchor }) => anchor && path.length === 1);
    return [name, isOptional ? section(inner).nullable().default(null) : section(inner).prefault({})] as const;
  });
  return z.object(Object.fromEntries(shape));
}

function leafSchema(row: KeyRow): z.ZodType {
  const schema = settingSchema(row.resolvesTo ?? row.kind);
  if (row.essential === true || row.anchor === true) return schema;
  const before = 'before' in row ? row.before : row.default;
  const fallback = toSetting(row.kind, before);
  return (row.default === null ? schema.nullable() : schema).default(fallback);
}

function settingSchema(kind: Kind): z.ZodType {
  switch (kind.is) {
    case 'text':
      return z.string();
    case 'flag':
    case 'opposite':
      return z.boolean();
    case 'number':
      return kind.whole ? z.int() : z.number();
    case 'choice':
      return z.enum(kind.of);
    case 'pairs':
      return z.array(z.enum(PAIRS));
    case 'argv':
      return z.array(z.string());
    case 'list':
      return z.array(settingSchema(kind.of));
    case 'map':
      return z.record(z.string(), settingSchema(kind.of));
    case 'mapping':
      return z.object(
        Object.fromEntries(
          Object.entries<Field>(kind.of).map(([name, field]) => {
            const value = settingSchema(field.kind);
            if (field.required) return [camel(name), value];
            const fallback = toSetting(field.kind, field.default);
            return [camel(name), (field.default === null ? value.nullable() : value).default(fallback)];
          }),
        ),
      );
    case 'either':
      return z.union(kind.of.map(settingSchema));
  }
}
