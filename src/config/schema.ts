import * as z from 'zod';
import { parsePairs } from '../core/pairs.ts';
import { redactTokens, tokensIn } from '../core/redact.ts';
import { describeFound } from './found.ts';
import type { KeyRow } from './key-row.ts';
import { CONFIG_KEYS } from './keys.ts';
import type { Field, Kind } from './kinds.ts';
import type { LayerValues } from './layer-values.ts';
import { ownValue } from '../core/own-value.ts';

/** The schema of a file with these keys: strict at every level. */
export function fileSchema(rows: readonly KeyRow[]): z.ZodType<LayerValues> {
  return sectionSchema(rows.map(({ key, kind }) => ({ path: key.split('.'), kind })));
}

let known: z.ZodType<LayerValues> | null = null;

/** The schema of a configuration file, made once it is wanted: most starts read none. */
export function layerSchema(): z.ZodType<LayerValues> {
  return (known ??= fileSchema(CONFIG_KEYS));
}

interface Leaf {
  readonly path: readonly string[];
  readonly kind: Kind;
}

function sectionSchema(leaves: readonly Leaf[]): z.ZodType<LayerValues> {
  const byName = Map.groupBy(leaves, ({ path }) => path[0] ?? '');
  const shape = [...byName].map(([name, below]) => {
    const whole = below.find(({ path }) => path.length === 1);
    const inner = below.map(({ path, kind }) => ({ path: path.slice(1), kind }));
    return [name, (whole === undefined ? sectionSchema(inner) : valueSchema(whole.kind)).nullish()] as const;
  });
  return z.strictObject(Object.fromEntries(shape));
}

/** The schema of one value in a file. */
function valueSchema(kind: Kind): z.ZodType {
  switch (kind.is) {
    case 'text':
      return kind.isLogged === true ? loggedSchema(kind.pattern) : z.string().regex(kind.pattern);
    case 'flag':
    case 'opposite':
      return z.boolean();
    case 'number':
      return numberSchema(kind);
    case 'choice':
      return z.enum(kind.of);
    case 'pairs':
      return pairsSchema();
    case 'argv':
      return argvSchema(kind.placeholders);
    case 'list':
      return listSchema(kind);
    case 'map':
      return z.record(z.string().regex(kind.names), valueSchema(kind.of));
    case 'mapping':
      return z.strictObject(
        Object.fromEntries(
          Object.entries<Field>(kind.of).map(([name, field]) => {
            const value = valueSchema(field.kind);
            return [name, field.required ? value : value.nullish()];
          }),
        ),
      );
    case 'either':
      return z.union(kind.of.map(valueSchema));
  }
}

function loggedSchema(pattern: RegExp): z.ZodType {
  return z
    .string()
    .regex(pattern)
    .superRefine((value, context) => {
      if (tokensIn(value).length === 0) return;
      const message = `${describeFound(redactTokens(value))}, with a secret that no log may have; accepted: a variable of your environment in its place`;
      context.addIssue({ code: 'custom', message });
    });
}

function numberSchema({ whole, least, above, most }: Extract<Kind, { is: 'number' }>): z.ZodType {
  let schema: z.ZodNumber = whole ? z.int() : z.number();
  if (least !== undefined) schema = schema.min(least);
  if (above !== undefined) schema = schema.gt(above);
  return most === undefined ? schema : schema.max(most);
}

function pairsSchema(): z.ZodType {
  return z.string().superRefine((value, context) => {
    const read = parsePairs(value);
    if ('error' in read) context.addIssue({ code: 'custom', message: read.error });
  });
}

/** A program with its arguments; no shell is involved, so an argument may be empty and needs no quoting. */
function argvSchema(placeholders: readonly string[]): z.ZodType {
  const accepted = placeholders.map((name) => `{{${name}}}`);
  const argument = z
    .string()
    .regex(/^[^\0]*$/)
    .superRefine((value, context) => {
      for (const [found] of value.matchAll(/\{\{[^{}]*\}\}/g)) {
        if (accepted.includes(found)) continue;
        context.addIssue({
          code: 'custom',
          message: `the placeholder ${JSON.stringify(found.slice(0, 60))}; accepted: ${accepted.join(', ')}`,
        });
      }
    });
  return z.tuple([argument.regex(/\S/)], argument);
}

function listSchema({ of, unique }: Extract<Kind, { is: 'list' }>): z.ZodType {
  const entries = z.array(valueSchema(of));
  if (unique === undefined) return entries;
  return entries.superRefine((list, context) => {
    const seen = new Set<unknown>();
    for (const [index, entry] of list.entries()) {
      const name = ownValue(entry as Record<string, unknown>, unique);
      if (seen.has(name)) {
        const message = `${JSON.stringify(name)} a second time; accepted: each ${unique} once`;
        context.addIssue({ code: 'custom', path: [index, unique], message });
      }
      seen.add(name);
    }
  });
}
