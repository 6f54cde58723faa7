import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay } from '../../src/core/apply.ts';
import type { RunEvent } from '../../src/core/events.ts';
import { next } from '../../src/core/next.ts';
import { MAX_AUTO_ANSWERS } from '../../src/core/pair.ts';
import type { Settings } from '../../src/core/settings.ts';
import { anything } from '../support/world/anything.ts';
import type { Disk } from '../support/world/disk.ts';
import { afterKill, undisturbed } from '../support/world/disturbed.ts';
import { findings } from '../support/world/findings.ts';
import { settingsOf } from '../support/world/settings.ts';
import { longStory } from '../support/world/stories.ts';
import { newDisk, start, type Story } from '../support/world/world.ts';
import { tries } from '../support/tries.ts';

const CYCLES = 3;
const DEPTH = 1;

const runtime: fc.Arbitrary<Partial<Settings['runtime']>> = fc.record({
  maxIterations: fc.constantFrom(1, 2, CYCLES),
  autoFollowupMaxDepth: fc.constantFrom(0, DEPTH),
  fullAutoAnswers: fc.boolean(),
  useGit: fc.boolean(),
  verifierScope: fc.constantFrom('warn', 'strict'),
  verifierSession: fc.constantFrom('shared', 'separate'),
});

/** A person answers five questions and then goes home. */
const storyWithin = (maxTurns: number | null): fc.Arbitrary<Story> =>
  fc.record({ script: anything, runtime, isTidy: fc.boolean() }).map(({ script, runtime: chosen, isTidy }) => ({
    script,
    isTidy,
    settings: settingsOf({ runtime: { ...chosen, maxTurns } }),
    answer: (question, nth) => (nth <= 5 ? `To "${question}": yes.` : null),
  }));

/** A turn that was lost to a kill counts: what is compared with an undisturbed run has no limit. */
const unlimited = storyWithin(null);
const story = fc.oneof(unlimited, storyWithin(20));

/**
 * Runs of a chain, their pairs (plan, audit, two phases of two), in each the cycles, each begun again for every answered question, two
 * roles, every turn at most twice, and the answers. An audit that cannot be read adds one cycle.
 */
const MOST_CALLS = (DEPTH + 1) * 6 * (CYCLES + 1) * (MAX_AUTO_ANSWERS + 1) * 2 * 3;

describe('a run, whatever its agents do', () => {
  it('ends within a bound, in the state that its log implies, with every promise kept', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const disk = newDisk(told);
        const started = await start(disk, told);
        expect(started.state?.at).toBe('finished');
        expect(replay(lastLog(disk))).toEqual(started.state);
        expect(disk.calls.length).toBeLessThanOrEqual(MOST_CALLS);
        expect(findings({ disk, started }, { disk, starts: [started] }, 0)).toEqual([]);
      }),
      { numRuns: tries(200) },
    );
  });

  it('ends in the same way when it was killed and resumed', async () => {
    await fc.assert(
      fc.asyncProperty(unlimited, fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), async (told, picks) => {
        const clean = await undisturbed(told);
        const end = clean.moments.findLastIndex(({ operation }) => operation === 'append');
        for (const pick of picks) {
          const moment = clean.moments[pick % end];
          if (moment !== undefined) expect(await afterKill(clean, moment)).toEqual([]);
        }
      }),
      { numRuns: tries(100) },
    );
  });

  it('can be resumed from every end, until nothing is left to do', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const disk = newDisk(told);
        for (let nth = 0; nth < 4; nth += 1) {
          const { state, reason } = await start(disk, told, { from: 'last' });
          expect(state?.at, reason ?? '').toBe('finished');
          expect(reason ?? '').not.toContain('internal error');
        }
        const turns = lastLog(disk).flatMap((event) => (event.event_type === 'turn_started' ? [event.turn] : []));
        expect(turns).toEqual(turns.map((_, index) => index + 1));
      }),
      { numRuns: tries(60) },
    );
  });

  it('has a next step after every event of its log', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const disk = newDisk(told);
        await start(disk, told);
        const log = lastLog(disk);
        for (let length = 0; length <= log.length; length += 1)
          expect(next(replay(log.slice(0, length))).do).toBeDefined();
      }),
      { numRuns: tries(25) },
    );
  });

  it('folds any mixture of the events of a log, in any order, as other implementations may write them', async () => {
    const told = longStory();
    const disk = newDisk(told);
    await start(disk, told);
    const log = [...disk.logs.values()].flat();
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...log), { maxLength: 60 }), fc.boolean(), (events, areOld) => {
        expect(next(replay(areOld ? events.map(asWrittenBefore) : events)).do).toBeDefined();
      }),
    );
  });
});

/** An event as release 0.1.x wrote it: without outcomes, costs and settings. */
function asWrittenBefore(event: RunEvent): RunEvent {
  const {
    outcome: _outcome,
    settings: _settings,
    usage: _usage,
    ...rest
  } = event as RunEvent & Record<string, unknown>;
  return rest;
}

function lastLog(disk: Disk) {
  return [...disk.logs.values()].at(-1) ?? [];
}
