import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { describedKeys } from '../../../src/config/described.ts';
import { SECTIONS } from '../../../src/config/keys.ts';
import { readLayer } from '../../../src/config/layer.ts';
import { nearestKey } from '../../../src/config/nearest.ts';
import { layerSchema } from '../../../src/config/schema.ts';
import { pagesWithTables } from '../../../scripts/key-tables.ts';

/** Keys of a file itself; what stands in the entries of a list, or below a name of one's own, is tested where those are. */
const KEYS = describedKeys().filter(({ key }) => !key.includes('[]') && !key.includes('.NAME.'));
const root = path.join(import.meta.dirname, '../../..');
const page = readFileSync(path.join(root, 'docs/configuration.md'), 'utf8');

/** The dotted keys of a schema, sections left out. */
function keysOf(schema: z.core.$ZodType, above: readonly string[] = []): string[] {
  const { def } = schema._zod as unknown as {
    def: { type: string; innerType?: z.core.$ZodType; shape?: z.core.$ZodShape };
  };
  if (def.innerType !== undefined) return keysOf(def.innerType, above);
  if (def.shape === undefined) return [above.join('.')];
  return Object.entries(def.shape).flatMap(([name, inner]) => keysOf(inner, [...above, name]));
}

describe('the list of keys', () => {
  it('holds exactly the keys of the schema, each once', () => {
    expect(KEYS.map(({ key }) => key).toSorted()).toEqual(keysOf(layerSchema()).toSorted());
  });

  it('has defaults that a file could set', () => {
    for (const { key, default: value } of KEYS) {
      const file = key.split('.').reduceRight<unknown>((inside, name) => ({ [name]: inside }), value);
      expect(layerSchema().safeParse(file).error?.issues ?? []).toEqual([]);
    }
  });

  it.each(Object.entries(pagesWithTables(root)))('is what %s lists (`npm run docs:keys` writes it)', (_, page) => {
    expect(page.is).toBe(page.wanted);
  });

  it('names a section for every key', () => {
    const below = KEYS.filter(({ key }) => key.includes('.'));
    const sections = below.map(({ key }) => key.slice(0, key.lastIndexOf('.')));
    expect(sections.filter((section) => !(section in SECTIONS))).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  const blocks = (language: string) =>
    [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);

  it('shows a file that is accepted, and one with the answer that it gets', () => {
    const [good = '', bad = ''] = blocks('yaml');
    expect(readLayer('autoloop.yaml', good)).toHaveProperty('layer');
    const reading = readLayer('autoloop.yaml', bad);
    expect('problems' in reading && reading.problems.join('\n')).toBe(blocks('text').join('').trimEnd());
  });
});

describe('the nearest key', () => {
  it('is the key itself, and the key behind any single slip in a name of some length', () => {
    for (const { key } of KEYS) {
      const cut = key.lastIndexOf('.');
      const [section, name] = [key.slice(0, cut), key.slice(cut + 1)];
      expect(nearestKey(section, name)).toBe(key);
      if (name.length < 6) continue;
      const [a = '', b = ''] = name.slice(2, 4);
      for (const slip of [
        `${name}s`,
        name.slice(1),
        `x${name.slice(1)}`,
        `${name.slice(0, 2)}${b}${a}${name.slice(4)}`,
      ]) {
        expect([slip, nearestKey(section, slip)]).toEqual([slip, key]);
      }
    }
  });

  it('is found below another section', () => {
    expect(nearestKey('', 'max_iterations')).toBe('runtime.max_iterations');
    expect(nearestKey('runtime', 'sandbox')).toBe('provider.codex.sandbox');
    expect(nearestKey('', 'codex')).toBe('provider.codex');
    expect(nearestKey('runtime', 'git')).toBe('runtime.no_git');
  });
});
