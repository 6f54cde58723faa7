import { beforeAll, describe, expect, it } from 'vitest';
import { Disk } from '../support/world/disk.ts';
import { afterFault, afterKill, undisturbed, type Undisturbed } from '../support/world/disturbed.ts';
import { findings } from '../support/world/findings.ts';
import type { Fault } from '../support/world/operations.ts';
import { longStory } from '../support/world/stories.ts';
import { newDisk, start, type Story } from '../support/world/world.ts';

/** The same story under other settings, without its test pairs. */
const PAIRS = { pairs: ['plan', 'implement', 'audit'] } as const;
const VARIANTS: Readonly<Record<string, Story>> = {
  'with an agent that answers, and edits': longStory(
    { runtime: { ...PAIRS, fullAutoAnswers: true } },
    { answererEdits: true },
  ),
  'in a clean work tree, with an agent that answers': {
    ...longStory({ runtime: { ...PAIRS, fullAutoAnswers: true } }),
    isTidy: true,
  },
  'without git, with a follow-up that asks too': longStory(
    { runtime: { ...PAIRS, useGit: false } },
    { followupAsks: true },
  ),
  'with a verifier that edits sources': longStory({ runtime: PAIRS }, { verifierEdits: true }),
  'with a verifier that edits sources, in strict scope': longStory(
    { runtime: { ...PAIRS, verifierScope: 'strict' } },
    { verifierEdits: true },
  ),
  'with claude and a session for each role': longStory({
    provider: 'claude',
    runtime: { ...PAIRS, verifierSession: 'separate' },
  }),
  'without artifacts in its commits': longStory({ runtime: { ...PAIRS, trackArtifacts: false } }),
};

describe('a run with two phases, a question, a rejection and a follow-up that stops at any operation', () => {
  const clean = told(longStory());

  it('ends well when nothing goes wrong', () => {
    expect(clean().started.status).toBe('success');
    expect(clean().disk.logs.size).toBe(2);
    expect(findings(clean(), { disk: clean().disk, starts: [clean().started] }, 0)).toEqual([]);
  });

  it('ends in the same way when it was killed', async () => {
    expect(await broken(clean().moments, (moment) => afterKill(clean(), moment))).toEqual([]);
  });

  it.each(['EIO', 'ENOSPC', 'signal'] as const)('ends in the same way after %s', async (how) => {
    expect(await broken(everyOperation(clean()), (at) => afterFault(clean(), { at, how }))).toEqual([]);
  });

  it('ends in the same way when the resume was killed too', async () => {
    const sample = clean().moments.filter((_, index) => index % 4 === 0);
    const again = (count: number): Fault => ({ at: 1 + ((count * 37) % 60), how: 'kill', after: count % 2 === 0 });
    expect(await broken(sample, (moment) => afterKill(clean(), moment, again(moment.count)))).toEqual([]);
  });

  it('leaves what it last wrote when it is killed, before an operation or after it', async () => {
    const { story, moments } = clean();
    for (const [index, { count, disk }] of moments.entries()) {
      if (index % 23 !== 0) continue;
      const upTo = moments[index + 1]?.count ?? count + 1;
      for (const fault of [
        { at: count, how: 'kill', after: true },
        { at: upTo, how: 'kill' },
      ] as const) {
        const killed = newDisk(story);
        await start(killed, story, { fault });
        expect(withoutTimes(killed)).toEqual(withoutTimes(disk));
      }
    }
  });
});

describe.each(Object.keys(VARIANTS))('a run that stops at any operation, %s', (name) => {
  const clean = told(VARIANTS[name] ?? longStory());

  it('ends in the same way when it was killed', async () => {
    expect(clean().started.status).toBe('success');
    expect(await broken(clean().moments, (moment) => afterKill(clean(), moment))).toEqual([]);
  });

  it('ends in the same way when the disk or the agent failed it', async () => {
    const how = (at: number) => (at % 2 === 0 ? 'EIO' : 'ENOSPC');
    expect(await broken(everyOperation(clean()), (at) => afterFault(clean(), { at, how: how(at) }))).toEqual([]);
  });
});

describe('an answer and an instruction given with a resume', () => {
  const nobody: Story = { ...longStory({ runtime: PAIRS }, { followupAsks: true }), answer: () => null };
  const given = { answer: 'The right one.', instruction: 'Keep the names.' };
  const clarified = (disk: Disk) =>
    [...disk.logs.values()].map((log) =>
      log.flatMap((event) => (event.event_type === 'clarified' ? [event.clarification.answer] : [])),
    );

  it('are for the run that waited, and a follow-up asks its own question', async () => {
    const disk = newDisk(nobody);
    expect((await start(disk, nobody)).status).toBe('paused');
    expect((await start(disk, nobody, given)).status).toBe('paused');
    expect(clarified(disk)).toEqual([[given.instruction, given.answer], []]);
    expect(disk.asked).toHaveLength(2);
    expect((await start(disk, nobody, { from: 'last', answer: 'Both.' })).status).toBe('success');
    expect(clarified(disk)).toEqual([[given.instruction, given.answer], ['Both.']]);
  });

  it('never reach a follow-up, wherever that resume was killed', async () => {
    const paused = newDisk(nobody);
    await start(paused, nobody);
    const { operations } = await start(new Disk(paused), nobody, given);
    for (let at = 1; at <= operations; at += 3) {
      const disk = new Disk(paused);
      await start(disk, nobody, { ...given, fault: { at, how: 'kill' } });
      expect((await start(disk, nobody)).status, `killed at operation ${at}`).toBe('paused');
      const [parent, followup = []] = clarified(disk);
      expect([[], [given.instruction], [given.instruction, given.answer]]).toContainEqual(parent);
      expect(followup).toEqual([]);
    }
  });
});

function told(story: Story): () => Undisturbed {
  let clean: Undisturbed | undefined;
  beforeAll(async () => {
    clean = await undisturbed(story);
  });
  return () => clean ?? expect.fail('the story was not told');
}

/** The first findings are enough to tell what is wrong. */
async function broken<T>(points: readonly T[], findingsAt: (point: T) => Promise<string[]>): Promise<string[]> {
  const found: string[] = [];
  for (const point of points) {
    found.push(...(await findingsAt(point)));
    if (found.length > 10) break;
  }
  return found;
}

function everyOperation({ started }: Undisturbed): number[] {
  return Array.from({ length: started.operations }, (_, index) => index + 1);
}

/** Reading the clock is no operation: only time may differ. */
function withoutTimes(disk: Disk): unknown {
  const { files, commits, calls, asked } = disk;
  const text = JSON.stringify([[...files], commits.map(({ subject, paths }) => [subject, paths]), calls, asked]);
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(?:\+00:00|Z)/g, 'T');
}
