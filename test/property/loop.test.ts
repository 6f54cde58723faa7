import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, replay } from '../../src/core/apply.ts';
import type { RunEvent } from '../../src/core/events.ts';
import { next } from '../../src/core/next.ts';
import { MAX_AUTO_ANSWERS, MAX_STILL_CYCLES } from '../../src/core/pair.ts';
import { UNBORN } from '../../src/core/state.ts';
import type { Place, Played, Script } from '../support/miniature/agents.ts';
import { World } from '../support/miniature/world.ts';

const CYCLES = 4;

const played: fc.Arbitrary<Played> = fc.record({
  says: fc.oneof(
    { weight: 4, arbitrary: fc.constant('COMPLETE' as const) },
    { weight: 2, arbitrary: fc.constantFrom('INCOMPLETE' as const, 'nothing' as const) },
    { weight: 1, arbitrary: fc.constantFrom('BLOCKED' as const, 'blank' as const, 'unreadable' as const) },
    { weight: 1, arbitrary: fc.record({ question: fc.constantFrom('Which?', 'Why?', 'How?') }) },
  ),
  edits: fc.dictionary(fc.constantFrom('a.txt', 'b.txt'), fc.string({ maxLength: 3 }), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
  audit: fc.constantFrom('clean', 'gaps', 'missing'),
  failure: fc.oneof(
    { weight: 12, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('transient', 'auth', 'limit', 'hang_idle', 'context_full', 'interrupted', 'other'),
    },
  ),
}) as fc.Arbitrary<Played>;

/** Agents that do anything, the same each time at the same place of a run. */
const anything: fc.Arbitrary<Script> = fc
  .array(played, { minLength: 1, maxLength: 40 })
  .map((list) => (place) => choose(list, place));

function choose(list: readonly Played[], { run, scope, role, cycle, nth }: Place): Played {
  const text = `${run} ${scope.pair} ${scope.phaseId ?? ''} ${role} ${cycle} ${nth}`;
  const hash = Buffer.from(text).reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7);
  const chosen = list[hash % list.length] ?? { says: 'COMPLETE' };
  return role === 'producer' && chosen.says === 'COMPLETE' ? { ...chosen, says: 'nothing' } : chosen;
}

const world = (script: Script, auto: boolean) =>
  new World({ script, answer: 'yes', runtime: { maxIterations: CYCLES, fullAutoAnswers: auto } });

describe('a run, whatever its agents do', () => {
  it('ends within a bound, and its log replays to the state that it ended in', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (script) => {
        const played = world(script, true);
        const end = await played.start('run-1');
        expect(end?.state.at).toBe('finished');
        const last = played.memory.runs.get(end?.state.run.runId ?? '');
        expect(replay(last?.log ?? [])).toEqual(end?.state);
        expect(played.memory.turns.length).toBeLessThanOrEqual(MOST_TURNS);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('can be resumed from every end but success, and never takes a finished turn again', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (script) => {
        const played = world(script, true);
        for (let start = 0; start < 4; start += 1) {
          const end = await played.start('run-1');
          if (end?.status === 'success') break;
        }
        for (const { log } of played.memory.runs.values()) {
          const taken = log.flatMap((event) => (event.event_type === 'turn_started' ? [event.turn] : []));
          expect(taken).toEqual(taken.map((_, index) => index + 1));
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('tells the next step for every prefix of its log', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (script) => {
        const played = world(script, false);
        await played.start('run-1');
        for (const { log } of played.memory.runs.values()) {
          let state = UNBORN;
          for (const event of log) {
            expect(() => next(state)).not.toThrow();
            state = apply(state, event);
          }
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('folds any mixture of events of its log, in any order, as other implementations may write them', async () => {
    const script: Script = ({ role, cycle }) => ({
      says: role === 'producer' ? 'nothing' : cycle === 1 ? 'INCOMPLETE' : 'COMPLETE',
    });
    const played = world(script, true);
    await played.start('run-1');
    const log = played.memory.runs.get('run-1')?.log ?? [];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...log), { maxLength: 60 }), fc.boolean(), (events, isOld) => {
        const given = isOld ? events.map(asWrittenBefore) : events;
        expect(() => next(replay(given))).not.toThrow();
      }),
    );
  });
});

/** An event as release 0.1.x wrote it: without outcomes, costs and settings. */
function asWrittenBefore(event: RunEvent): RunEvent {
  const { outcome: _1, settings: _2, usage: _3, ...rest } = event as RunEvent & Record<string, unknown>;
  return rest;
}

/**
 * Four runs of a chain; in each, plan, audit and two phases of two pairs; in each pair at most `CYCLES` cycles (and one that an unreadable
 * audit adds), each begun again for every answered question; two roles, each turn at most twice, and the answers.
 */
const MOST_TURNS = 4 * 6 * (CYCLES + 1) * (MAX_AUTO_ANSWERS + 1) * 2 * 2 * MAX_STILL_CYCLES;

describe('spending', () => {
  it.each([
    ['turns', { maxTurns: 5 }, 5],
    ['cost', { maxCostUsd: 2 }, 2],
  ] as const)('stops at the limit on %s, also over a resume and a follow-up', async (_, runtime, turns) => {
    const played = new World({ script: () => ({ says: 'INCOMPLETE', edits: { 'a.txt': 'x' }, costUsd: 1 }), runtime });
    const first = await played.start('run-1');
    expect(first?.status).toBe('paused');
    expect(first?.reason).toContain('a limit is reached');
    expect(played.memory.turns.length).toBe(turns);
    const second = await played.start('run-1');
    expect(second?.status).toBe('paused');
    expect(played.memory.turns.length).toBe(turns);
  });

  it('ends a pair after three cycles that ended alike and changed nothing', async () => {
    const played = new World({ script: ({ role }) => ({ says: role === 'producer' ? 'nothing' : 'INCOMPLETE' }) });
    const end = await played.start('run-1');
    expect(end?.status).toBe('failed');
    expect(end?.reason).toContain('no progress');
    expect(played.memory.turns.length).toBe(2 * (MAX_STILL_CYCLES + 1)); // The first cycle wrote its notes.
  });

  it('ends a pair as blocked when a question is repeated word for word, and asks the asker first when it is resumed', async () => {
    const played = new World({
      script: ({ role, scope }) =>
        role === 'producer' && scope.pair === 'plan' ? { says: { question: 'Which?' } } : { says: 'COMPLETE' },
      runtime: { fullAutoAnswers: true },
    });
    const end = await played.start('run-1');
    expect(end?.status).toBe('blocked');
    expect(played.memory.turns.map(({ name }) => name)).toEqual(['plan producer 1', 'auto-answer', 'plan producer 1']);
    await played.start('run-1');
    expect(played.memory.turns[3]?.name).toBe('plan producer 1');
  });

  it('pauses after two blank turns in a row that changed nothing', async () => {
    const played = new World({ script: () => ({ says: 'blank' }) });
    const end = await played.start('run-1');
    expect([end?.status, played.memory.turns.length]).toEqual(['paused', 2]);
  });
});
