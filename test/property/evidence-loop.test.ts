import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pair } from '../../src/core/vocabulary.ts';
import { tries } from '../support/tries.ts';
import { CHECKED, type Tested } from '../support/world/bench.ts';
import { asks, audit, COMPLETE, promises, type Script } from '../support/world/script.ts';
import { settingsOf } from '../support/world/settings.ts';
import { newDisk, start, type Story } from '../support/world/world.ts';

const CODE = 'src/a.js';
const OLD = 'test/old.test.js';
const NEW = 'test/new.test.js';

/** What an agent may leave: null takes the file away. */
const DEEDS: readonly Readonly<Record<string, string | null>>[] = [
  { [CODE]: 'good' },
  { [CODE]: 'good' },
  { [CODE]: 'good but broken' },
  { [CODE]: 'broken' },
  { [CODE]: 'something' },
  { [OLD]: 'weak' },
  { [OLD]: 'gone' },
  { [OLD]: null },
  { [OLD]: 'skipped' },
  { [NEW]: 'strict' },
  { [NEW]: 'strict' },
  { [NEW]: 'weak' },
  { [CODE]: 'good but broken', [OLD]: 'weak', [NEW]: 'strict' },
  { [CODE]: 'good', [NEW]: 'strict' },
];

/** Tests as their files have them; the old one is there whatever becomes of its file, and is strict without it. */
const tested: Tested = (tree) => {
  const code = tree.get(CODE) ?? '';
  const isBroken = code.includes('broken');
  const old = { gone: {}, skipped: { old: 'skipped' }, weak: { old: 'passed' } }[tree.get(OLD) ?? ''];
  const added = { strict: { new: code.startsWith('good') ? 'passed' : 'failed' }, weak: { new: 'passed' } };
  return {
    ...(old ?? { old: isBroken ? 'failed' : 'passed' }),
    ...added[(tree.get(NEW) ?? '') as keyof typeof added],
  } as ReturnType<Tested>;
};

type Word = 'complete' | 'incomplete' | 'blocked' | 'asks';

interface Choices {
  readonly deeds: readonly number[];
  readonly words: readonly Word[];
  readonly gaps: boolean;
  readonly answer: { readonly says: string };
}

/** Agents that do anything with code and tests in any order; they and their verifiers say what they like. */
const choices = fc
  .record({
    deeds: fc.array(fc.nat(DEEDS.length - 1), { minLength: 1, maxLength: 12 }),
    words: fc.array(
      fc.constantFrom<Word>('complete', 'complete', 'complete', 'complete', 'incomplete', 'blocked', 'asks'),
      {
        minLength: 1,
        maxLength: 12,
      },
    ),
    gaps: fc.boolean(),
    answer: fc.constant({ says: 'As you like.' }),
  })
  .map((chosen) => ({
    ...chosen,
    [fc.toStringMethod]: () => JSON.stringify({ ...chosen, deeds: chosen.deeds.map((at) => DEEDS[at]) }),
  }));

/** A script of its own for each start, since it counts its turns. */
function scriptOf({ deeds, words, gaps, answer }: Choices): Script {
  let [deed, word] = [0, 0];
  return {
    answer: () => answer,
    play({ role, pair, folder, run }) {
      const edits = DEEDS[deeds[deed++ % deeds.length] ?? 0] ?? {};
      if (role === 'verifier') {
        const said = words[word++ % words.length] ?? 'complete';
        if (said === 'asks') return { says: asks(`And ${word}?`) };
        return said === 'complete' ? COMPLETE : { says: promises(said === 'blocked' ? 'BLOCKED' : 'INCOMPLETE') };
      }
      const artifacts = pair === 'audit' ? { artifacts: audit(gaps && run === 0, folder) } : {};
      return { ...artifacts, edits, says: 'Done.' };
    },
  };
}

async function runOf(chosen: Choices) {
  const runtime = { pairs: ['implement', 'test', 'audit'] as Pair[], maxIterations: 3, autoFollowupMaxDepth: 1 };
  const told: Story = {
    script: scriptOf(chosen),
    tested,
    settings: { ...settingsOf({ runtime }), ...CHECKED },
  };
  const disk = newDisk(told);
  const { status } = await start(disk, told);
  return { status, trees: [disk.files, disk.head?.tree ?? new Map<string, string>()] };
}

const QUIET = { words: ['complete'], gaps: false, answer: { says: '' } } as const;
const deedsOf = (...wanted: readonly Readonly<Record<string, string>>[]) =>
  wanted.map((deed) => DEEDS.findIndex((one) => JSON.stringify(one) === JSON.stringify(deed)));

describe('a run with checks, whatever its agents do and say', () => {
  it('is a success where the work is done and tested, and not where the audit breaks what a weaker test of an earlier turn hides', async () => {
    const [good, lie] = [{ [CODE]: 'good' }, { [CODE]: 'good but broken', [OLD]: 'weak', [NEW]: 'strict' }];
    expect((await runOf({ ...QUIET, deeds: deedsOf({ [CODE]: 'good', [NEW]: 'strict' }) })).status).toBe('success');
    expect((await runOf({ ...QUIET, deeds: deedsOf(good, lie, good) })).status).toBe('unverified');
  });

  it('is no success where what passed before fails by the tests as they were, in the sources or in what is committed', async () => {
    await fc.assert(
      fc.asyncProperty(choices, async (chosen) => {
        const { status, trees } = await runOf(chosen);
        if (status !== 'success') return;
        for (const tree of trees) {
          const withOldTests = new Map([...tree].filter(([path]) => path !== OLD && path !== NEW));
          expect(tested(withOldTests)).toEqual({ old: 'passed' });
          expect(tested(tree)).toEqual({ old: 'passed', new: 'passed' });
          expect(tree.get(CODE)).toMatch(/^good/);
        }
      }),
      { numRuns: tries(150) },
    );
  });
});
