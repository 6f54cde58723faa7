import { describe, expect, it } from 'vitest';
import { MAX_AUTO_ANSWERS, MAX_STILL_CYCLES } from '../../../src/core/pair.ts';
import type { Settings } from '../../../src/core/settings.ts';
import {
  asks,
  audit,
  COMPLETE,
  incomplete,
  phasePlan,
  type Play,
  promises,
  type Turn,
} from '../../support/world/script.ts';
import { CHECKED } from '../../support/world/bench.ts';
import { Disk } from '../../support/world/disk.ts';
import { undisturbed } from '../../support/world/disturbed.ts';
import { settingsOf } from '../../support/world/settings.ts';
import { newDisk, start, type Story } from '../../support/world/world.ts';

const INCOMPLETE: Play = { says: promises('INCOMPLETE') };

function story(play: (turn: Turn) => Play, runtime: Partial<Settings['runtime']> = {}): Story {
  return {
    settings: settingsOf({ runtime }),
    script: { play, answer: () => ({ says: 'As you like.' }) },
    isTidy: true,
  };
}

/** Every turn changes something, the audits find gaps without end, and a call costs 0.25 USD. */
function busy({ run, pair, role, cycle, folder }: Turn): Play {
  if (role === 'verifier') return pair === 'implement' && cycle === 1 ? incomplete(`run ${run}`) : COMPLETE;
  const edits = { [`src/${run}-${pair}-${cycle}.txt`]: 'work' };
  if (pair === 'plan')
    return { ...INCOMPLETE, artifacts: { 'plan.md': 'plan', 'phase_plan.yaml': phasePlan(['one']) } };
  return pair === 'audit' ? { ...INCOMPLETE, artifacts: audit(true, folder) } : { ...INCOMPLETE, edits };
}

const calls = ({ calls: all }: Disk) =>
  all.map(({ pair, role }) => (pair === null || role === null ? 'answer' : `${pair} ${role}`));

describe('the limits on spending', () => {
  // A run of these pairs has 8 turns, so that the larger ones are reached in a follow-up.
  it.each([
    ['turns', { maxTurns: 5 }, 5],
    ['turns, in a follow-up', { maxTurns: 11 }, 11],
    ['cost', { maxCostUsd: 1 }, 4],
    ['cost, in a follow-up', { maxCostUsd: 2.5 }, 10],
  ])('pause a run at once, and again when it is resumed with the same ones: %s', async (_, limits, most) => {
    const told = story(busy, { pairs: ['plan', 'implement', 'audit'], ...limits });
    const disk = newDisk(told);
    for (let nth = 0; nth < 3; nth += 1) {
      const { status, reason } = await start(disk, told, { from: 'last' });
      expect([status, reason]).toEqual(['paused', expect.stringContaining('a limit is reached')]);
      expect(disk.calls).toHaveLength(most);
    }
  });

  it.each([true, false])('count a turn that a kill cut off, with git: %s', async (useGit) => {
    const { moments } = await undisturbed(story(busy, { useGit }));
    const killed = moments.find(({ operation }) => operation === 'agent starts') ?? expect.fail('no agent was started');
    const disk = new Disk(killed.disk);
    for (let nth = 0; nth < 2; nth += 1) {
      expect((await start(disk, story(busy, { useGit, maxTurns: 1 }))).status).toBe('paused');
      expect(disk.calls).toHaveLength(1);
    }
  });

  it('let a run go on that is resumed with larger ones', async () => {
    const told = story(busy, { pairs: ['plan', 'implement', 'audit'], autoFollowup: false, maxTurns: 5 });
    const disk = newDisk(told);
    expect((await start(disk, told)).status).toBe('paused');
    const { status } = await start(disk, {
      ...told,
      settings: settingsOf({ runtime: { ...told.settings.runtime, maxTurns: 8 } }),
    });
    expect([status, disk.calls.length]).toEqual(['needs_followup', 8]);
  });
});

describe('the limit on the time of checks', () => {
  // Each check takes a millisecond in this world, and each turn leaves a state that was not checked before.
  function checked(most: number | null, runtime: Partial<Settings['runtime']> = {}): Story {
    const told = story(busy, { pairs: ['implement', 'audit'], autoFollowupMaxDepth: 1, ...runtime });
    const evidence = { ...CHECKED.evidence, maxMinutes: most === null ? null : most / 60_000 };
    return { ...told, tested: () => ({ old: 'passed' }), settings: { ...told.settings, ...CHECKED, evidence } };
  }

  it('counts what the runs before a follow-up have taken', async () => {
    const [one, both] = [newDisk(checked(null)), newDisk(checked(null))];
    await start(one, checked(null, { autoFollowup: false }));
    await start(both, checked(null));
    const [first, all] = [one.checked.length, both.checked.length];
    expect([first, all - first].map((count) => count > 1)).toEqual([true, true]);
    const disk = newDisk(checked(all - 1));
    const { status, reason } = await start(disk, checked(all - 1));
    expect([status, reason]).toEqual(['paused', expect.stringContaining('resume with --reload-checks')]);
    expect(disk.checked.length).toBeGreaterThan(first);
  });
});

describe('a pair', () => {
  it('fails after three cycles that ended alike and changed nothing', async () => {
    const told = story(({ role, cycle }) => {
      return role === 'producer' && cycle === 1 ? { ...INCOMPLETE, artifacts: { 'plan.md': 'once' } } : INCOMPLETE;
    });
    const disk = newDisk(told);
    const { status, reason } = await start(disk, told);
    expect([status, reason]).toEqual(['failed', expect.stringContaining('no progress')]);
    expect(disk.calls).toHaveLength(2 * (MAX_STILL_CYCLES + 1));
  });

  it('is blocked by the eleventh question of a cycle that an agent would have to answer', async () => {
    const told = story(({ nth }) => ({ says: asks(`Question ${nth}?`) }), { fullAutoAnswers: true });
    const disk = newDisk(told);
    const { status, reason } = await start(disk, told);
    expect([status, reason]).toEqual(['blocked', expect.stringContaining(`more than ${MAX_AUTO_ANSWERS} questions`)]);
    expect(calls(disk).filter((call) => call === 'answer')).toHaveLength(MAX_AUTO_ANSWERS);
  });

  it('is blocked by a question that is repeated word for word, and a resume begins with the role that asked', async () => {
    const told = story(() => ({ says: asks('Which?') }), { fullAutoAnswers: true });
    const disk = newDisk(told);
    expect((await start(disk, told)).status).toBe('blocked');
    expect(calls(disk)).toEqual(['plan producer', 'answer', 'plan producer']);
    await start(disk, told);
    expect(calls(disk)[3]).toBe('plan producer');
  });

  it('pauses after two blank turns in a row that changed nothing', async () => {
    const told = story(() => ({ says: ' ' }));
    const disk = newDisk(told);
    const { status } = await start(disk, told);
    expect([status, disk.calls.length]).toEqual(['paused', 2]);
  });
});
