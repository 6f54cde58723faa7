import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/core/vocabulary.ts';
import { Disk } from '../support/world/disk.ts';
import { undisturbed, type Moment } from '../support/world/disturbed.ts';
import { COMPLETE, promises, type Turn } from '../support/world/script.ts';
import { longStory } from '../support/world/stories.ts';
import { start, type Story } from '../support/world/world.ts';

/** Says that all is complete and leaves every box as it is. */
const UNTICKED = { ...COMPLETE, ticks: false };

describe('boxes that an agent ticked in a turn that was lost with the program', () => {
  it.each(['producer', 'verifier'] as const)(
    'are open again, whenever the kill came in the %s’s turn',
    async (role) => {
      const story = ticking(role);
      const moments = (await undisturbed(story)).moments.filter((moment) => isIn(moment, role));
      expect(moments.length).toBeGreaterThan(2);
      for (const [nth, moment] of moments.entries()) {
        const disk = new Disk(moment.disk);
        // The resume is killed as well, at another operation each time.
        await start(disk, story, { fault: { at: 1 + ((nth * 7) % 25), how: 'kill' } });
        const { status } = await start(disk, story);
        expect([status, ...completedCycles(disk)], `killed after ${moment.operation}`).toEqual(['success', 3]);
      }
    },
  );

  it('stay ticked where a verifier had ticked them before that turn', async () => {
    const story = ticking('verifier');
    const moments = (await undisturbed(story)).moments.filter((moment) => isIn(moment, 'producer', 2));
    expect(moments.length).toBeGreaterThan(2);
    for (const moment of moments) {
      const disk = new Disk(moment.disk);
      const { status } = await start(disk, story);
      expect([status, ...completedCycles(disk)], `killed after ${moment.operation}`).toEqual(['success', 2]);
    }
  });
});

/**
 * In the first cycle of the second phase this role ticks every box: a producer in each call, a verifier in its first one, in which it
 * asks for another cycle. Else nobody ticks before the third cycle, and verifiers say all the same that all is complete.
 */
function ticking(role: Role): Story {
  const story = longStory({ runtime: { pairs: ['plan', 'implement', 'audit'] } });
  const play = (turn: Turn) => {
    const usual = story.script.play(turn);
    const isFirst = turn.role === role && turn.cycle === 1;
    if (turn.run > 0 || turn.pair !== 'implement' || turn.phase !== 'two') return usual;
    if (turn.role === 'producer') return { ...usual, ticks: isFirst };
    if (isFirst && turn.calls === 0) return { ...COMPLETE, says: promises('INCOMPLETE') };
    return turn.cycle > 2 ? COMPLETE : UNTICKED;
  };
  return { ...story, script: { ...story.script, play } };
}

/** After this role of the second phase was called in this cycle, and before the end of its turn is in the log. */
function isIn({ disk }: Moment, role: Role, cycle = 1): boolean {
  const call = disk.calls.at(-1);
  const [log = []] = disk.logs.values();
  const last = log.findLast((event) => event.event_type === 'turn_started' || event.event_type === 'phase_finished');
  const areOfTurn = [call, last].every((one) => one?.cycle === cycle) && call?.role === role && last?.phase === role;
  return areOfTurn && call.phase === 'two' && last.event_type === 'turn_started';
}

function completedCycles(disk: Disk): number[] {
  const [log = []] = disk.logs.values();
  return log.flatMap((event) =>
    event.event_type === 'pair_completed' && event.phase_id === 'two' ? [event.cycle] : [],
  );
}
