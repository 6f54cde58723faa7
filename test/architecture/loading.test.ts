import { describe, expect, it } from 'vitest';
import { PROVIDER_NAMES } from '../../src/core/vocabulary.ts';
import { importsOf } from './imports.ts';

const imports = importsOf();

/** All that is loaded with a file: statically alone, or also what its code comes to. */
function loadedWith(file: string, { alsoLater }: { readonly alsoLater: boolean }): string[] {
  const found = new Set([file]);
  for (const from of found) {
    for (const each of imports) {
      if (each.from === from && !each.isTypeOnly && (alsoLater || !each.isDynamic)) found.add(each.to);
    }
  }
  return [...found].sort();
}

const ofProvider = (name: string) => (file: string) => file.startsWith(`providers/${name}/`);
/** The scripted agent prints what codex would. */
const SPEAKS_AS: Readonly<Partial<Record<string, string>>> = { rehearsal: 'codex' };
const isPackage = (file: string) => !/\.(?:tsx?|json)$/.test(file) && !file.startsWith('node:');

describe('what is loaded', () => {
  it.each(PROVIDER_NAMES)('with %s, from its preflight to its last turn, is of no other provider', (name) => {
    const loaded = loadedWith(`providers/${name}/provider.ts`, { alsoLater: true });
    const others = PROVIDER_NAMES.filter((other) => other !== name && other !== SPEAKS_AS[name]);
    expect(loaded.filter(ofProvider(name)).length).toBeGreaterThan(1);
    expect(loaded.filter((file) => others.some((other) => ofProvider(other)(file)))).toEqual([]);
    expect(loaded.includes('@agentclientprotocol/sdk')).toBe(name === 'acp');
  });

  it('for the list of providers is what names them and what reads the lines of their logs', () => {
    const loaded = loadedWith('providers/registry.ts', { alsoLater: false });
    expect(loaded.filter(isPackage)).toEqual([]);
    expect(loaded.filter(ofProvider('acp'))).toEqual([
      'providers/acp/answer.ts',
      'providers/acp/progress.ts',
      'providers/acp/provider.ts',
      'providers/acp/recipes.ts',
      'providers/acp/tools.ts',
    ]);
    expect(loaded.filter((file) => /\/(?:agent|preflight|classify|probe)\.ts$/.test(file))).toEqual([]);
  });

  it('before the program knows what it is asked is of no provider', () => {
    for (const file of ['main.ts', 'cli/command-line.ts']) {
      const loaded = loadedWith(file, { alsoLater: false });
      expect(loaded.filter((each) => each.startsWith('providers/'))).toEqual([]);
    }
  });
});
