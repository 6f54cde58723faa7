import { describe, expect, it } from 'vitest';
import { stillAccepted } from '../../../src/run/checks/accepted.ts';
import type { CheckBench } from '../../../src/run/check-port.ts';
import { CHECKED } from '../../support/world/bench.ts';

const untouched = { guards: { guards: [] } };
const bench = { compare: () => Promise.resolve(untouched) } as unknown as CheckBench;
const still = (contents: Readonly<Record<string, string>> | null) =>
  stillAccepted(
    bench,
    [
      { name: 'a test', tree: 'then' },
      { name: 'node_modules', tree: 'then', content: 'one' },
    ],
    { now: 'now', evidence: CHECKED.evidence, contents },
  );

describe('what a person has accepted', () => {
  it('holds for a folder that no state has as long as it is what it was then', async () => {
    expect(await still({ node_modules: 'one' })).toEqual(['a test', 'node_modules']);
    expect(await still({ node_modules: 'another' })).toEqual(['a test']);
    expect(await still({})).toEqual(['a test']);
  });

  it('is not asked about where nothing of the folder is', async () => {
    expect(await still(null)).toEqual(['a test', 'node_modules']);
  });
});
