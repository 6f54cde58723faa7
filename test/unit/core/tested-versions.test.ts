import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareVersions, TESTED, testedPlace } from '../../../src/core/tested-versions.ts';
import { PROJECT } from '../../docs/markdown.ts';

const { oldest: OLDEST = '', newest: NEWEST = '' } = TESTED.codex ?? {};

describe('the versions of agents that were tested', () => {
  it('are those that npm run test:agents installs', async () => {
    const script = (await import(path.join(PROJECT, 'scripts/install-agents.mjs'))) as {
      AGENTS: readonly { name: string; oldest: string; newest: string; isOptional: boolean }[];
    };
    const needed = script.AGENTS.filter(({ isOptional }) => !isOptional);
    const table = needed.map(({ name, oldest, newest }) => [name, { oldest, newest }]);
    expect(Object.fromEntries(table)).toEqual(TESTED);
  });

  it('compare by their numbers, not by their letters', () => {
    expect(compareVersions('0.9.0', '0.10.0')).toBeLessThan(0);
    expect(compareVersions('2.1.330', '2.1.99')).toBeGreaterThan(0);
    expect(compareVersions('0.169.0-alpha.1', '0.169.0')).toBe(0);
    expect(compareVersions('1.2', '1.2.0')).toBe(0);
  });

  it('have an older and a newer side; of what is unknown nothing is said', () => {
    expect(['0.1.0', OLDEST, NEWEST, '99.0.0'].map((version) => testedPlace('codex', version))).toEqual([
      'older',
      'tested',
      'tested',
      'newer',
    ]);
    expect([testedPlace('codex', null), testedPlace('codex', 'main'), testedPlace('acp', '1.0.0')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
