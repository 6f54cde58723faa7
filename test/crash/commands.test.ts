import { describe, expect, it } from 'vitest';
import { replay } from '../../src/core/apply.ts';
import type { EventOf, EventType, RunEvent } from '../../src/core/events.ts';
import { Disk } from '../support/world/disk.ts';
import { afterFault, afterKill, undisturbed } from '../support/world/disturbed.ts';
import { command } from '../support/world/sent.ts';
import { ANSWER, longStory } from '../support/world/stories.ts';
import type { Script } from '../support/world/script.ts';
import { newDisk, start, type Story } from '../support/world/world.ts';

const PAIRS = { pairs: ['plan', 'implement', 'audit'] } as const;
const TO_PRODUCER = command(1, { kind: 'note', text: 'Keep the old names.' });
const TO_VERIFIER = command(2, { kind: 'note', text: 'Look at the edges.', by: 'mcp' });
const TOO_LATE = command(3, { kind: 'note', text: 'One more thing.' });
const told = longStory({ runtime: PAIRS });

/** A note that comes while the plan's verifier works, and one while an implementer does. */
const withNotes: Story = {
  ...told,
  script: {
    ...told.script,
    play(turn) {
      const play = told.script.play(turn);
      if (turn.nth > 0 || turn.run > 0) return play;
      if (turn.pair === 'plan' && turn.role === 'verifier') return { ...play, sends: [TO_PRODUCER] };
      return turn.phase === 'two' && turn.role === 'producer' ? { ...play, sends: [TO_VERIFIER] } : play;
    },
  },
};

const inTheLastTurn: Script = {
  ...told.script,
  play(turn) {
    const play = told.script.play(turn);
    return turn.run === 1 && turn.pair === 'audit' && turn.role === 'verifier' ? { ...play, sends: [TOO_LATE] } : play;
  },
};

describe('notes that are sent while a run works', () => {
  it('reach the next turn, and a verifier’s the producer after it as well', async () => {
    const disk = newDisk(withNotes);
    expect((await start(disk, withNotes)).status).toBe('success');
    expect(clarified(disk).map(({ clarification, by }) => [clarification.answer, clarification.source, by])).toEqual([
      ['Keep the old names.', 'human', 'page'],
      [ANSWER, 'human', undefined],
      ['Look at the edges.', 'auto', 'mcp'],
    ]);
    const hearing = (text: string | null) =>
      disk.calls.filter(({ note }) => note?.includes(text ?? '') === true).map(({ pair, role }) => `${pair} ${role}`);
    expect(hearing(TO_PRODUCER.text)).toEqual(['implement producer']);
    expect(hearing(TO_VERIFIER.text)).toEqual(['implement verifier', 'audit producer']);
    expect(disk.inbox.size).toBe(0);
  });

  it('are left and named where no turn is left to tell them to', async () => {
    const late: Story = { ...told, script: inTheLastTurn };
    const disk = newDisk(late);
    const { status, state } = await start(disk, late);
    expect(status).toBe('success');
    expect(state?.finished?.reason).toContain('"One more thing."');
    expect([...disk.inbox.values()]).toEqual([TOO_LATE]);
  });

  it('are each in the log once and told to a turn, wherever the run was killed', async () => {
    const clean = await undisturbed(withNotes);
    const found: string[] = [];
    for (const [index, moment] of clean.moments.entries()) {
      const disk = new Disk(moment.disk);
      await start(disk, withNotes);
      found.push(...oncePerNote(disk).map((text) => `killed after ${moment.operation} (${moment.count}): ${text}`));
      if (index % 10 === 0) found.push(...withoutNotes(await afterKill(clean, moment)));
    }
    expect(found.slice(0, 10)).toEqual([]);
  });

  it('are told all the same when the disk fails, or the operator stops the run, at operations all through it', async () => {
    const clean = await undisturbed(withNotes);
    const found: string[] = [];
    const ways = ['EIO', 'signal', 'ENOSPC'] as const;
    for (let at = 1; at <= clean.started.operations; at += 4) {
      found.push(...withoutNotes(await afterFault(clean, { at, how: ways[(at >> 2) % 3] ?? 'EIO' })));
      if (found.length > 5) break;
    }
    expect(found).toEqual([]);
  });
});

describe('a pause', () => {
  const paused = command(1, { kind: 'pause' });

  it('stops the run before its next turn, and once', async () => {
    const script: Script = { ...told.script, play: (turn) => ({ ...told.script.play(turn), sends: [paused] }) };
    const disk = newDisk(told);
    const story = { ...told, script };
    const first = await start(disk, story);
    expect([first.status, first.reason]).toEqual(['paused', 'paused by the operator (page)']);
    expect(disk.calls).toHaveLength(1);
    expect((await start(disk, story)).status).toBe('success');
    expect(disk.inbox.size).toBe(0);
    expect(of(disk, 'commanded')).toMatchObject([{ kind: 'pause', command_id: paused.id, by: 'page' }]);
  });

  it('from before the run was resumed is void', async () => {
    const disk = newDisk(told);
    await start(disk, { ...told, answer: () => null });
    disk.send({ ...paused, id: `${String(Date.UTC(2026, 0, 1)).padStart(15, '0')}-000000000001` });
    expect((await start(disk, told)).status).toBe('success');
    expect(of(disk, 'commanded')).toEqual([]);
    expect(disk.inbox.size).toBe(0);
  });
});

describe('an answer that is sent', () => {
  const nobody: Story = { ...told, answer: () => null };
  const question = (disk: Disk) => of(disk, 'question')[0]?.seq;

  it('is taken first thing when the run is resumed, and before anybody is asked', async () => {
    const disk = newDisk(nobody);
    expect((await start(disk, nobody)).status).toBe('paused');
    disk.send(command(1, { kind: 'answer', text: 'The right one.', for: String(question(disk)), by: 'mcp' }));
    expect((await start(disk, nobody)).status).toBe('success');
    expect(disk.asked).toHaveLength(1);
    expect(clarified(disk)[0]).toMatchObject({
      by: 'mcp',
      clarification: { answer: 'The right one.', source: 'auto' },
    });
  });

  it('to another question is left', async () => {
    const disk = newDisk(nobody);
    await start(disk, nobody);
    disk.send(command(1, { kind: 'answer', text: 'The right one.', for: '1' }));
    expect((await start(disk, nobody)).status).toBe('paused');
    expect(disk.inbox.size).toBe(1);
  });

  it('comes after the one that was given with the resume', async () => {
    const disk = newDisk(nobody);
    await start(disk, nobody);
    disk.send(command(1, { kind: 'answer', text: 'Sent.', for: String(question(disk)) }));
    await start(disk, nobody, { answer: 'Given.' });
    expect(clarified(disk).map(({ clarification }) => clarification.answer)).toEqual(['Given.']);
  });

  it('is taken once, wherever that resume was killed', async () => {
    const before = newDisk(nobody);
    await start(before, nobody);
    before.send(command(1, { kind: 'answer', text: 'The right one.', for: String(question(before)) }));
    const { operations } = await start(new Disk(before), nobody);
    for (let at = 1; at <= operations; at += 1) {
      const disk = new Disk(before);
      await start(disk, nobody, { fault: { at, how: 'kill' } });
      await start(disk, nobody);
      expect(clarified(disk), `killed at ${at}`).toHaveLength(1);
      expect(disk.inbox.size).toBe(0);
    }
  });
});

describe('a plan that a person approves', () => {
  const approving = longStory({ runtime: { ...PAIRS, approvePlan: true } });
  const hashOf = (disk: Disk) => of(disk, 'approval_requested').at(-1)?.sha256 ?? '';

  it('is put before them in each run of a chain, and full_auto_answers does not approve it', async () => {
    const auto = longStory({ runtime: { ...PAIRS, approvePlan: true, fullAutoAnswers: true } });
    const disk = newDisk(auto);
    const first = await start(disk, auto);
    expect([first.status, first.reason]).toEqual(['paused', 'the plan waits for approval']);
    expect(disk.calls.map(({ pair }) => pair)).toEqual(['plan', 'plan']);
    const there: Story = { ...auto, approval: () => ({ kind: 'approved' }) };
    expect((await start(disk, there)).status).toBe('success');
    expect(of(disk, 'approval_given')).toMatchObject([
      { verdict: 'approved', by: 'cli', command_id: null },
      { verdict: 'approved' },
    ]);
  });

  it('goes back with their words as the first thing that its producer is told', async () => {
    const disk = newDisk(approving);
    const said = [{ kind: 'rejected', text: 'Smaller phases.' }] as const;
    await start(disk, { ...approving, approval: (nth) => said[nth - 1] ?? { kind: 'approved' } });
    const plans = disk.calls.filter(({ pair, runId }) => pair === 'plan' && runId === disk.calls[0]?.runId);
    expect(plans.map(({ role, cycle }) => `${role} ${cycle}`)).toEqual([
      'producer 1',
      'verifier 1',
      'producer 2',
      'verifier 2',
    ]);
    expect(plans[2]?.note).toMatch(/^The plan was not approved\. .*\nSmaller phases\./);
    expect(replay([...disk.logs.values()][0] ?? []).finished?.status).toBe('needs_followup');
  });

  it('is not approved under another hash, nor after its cycles are used up', async () => {
    const disk = newDisk(approving);
    await start(disk, approving);
    disk.send(command(1, { kind: 'approve', for: 'another' }));
    expect((await start(disk, approving)).status).toBe('paused');
    expect(disk.inbox.size).toBe(1);
    const few = longStory({ runtime: { ...PAIRS, approvePlan: true, maxIterations: 1 } });
    const short = newDisk(few);
    const end = await start(short, { ...few, approval: () => ({ kind: 'rejected', text: 'No.' }) });
    expect([end.status, end.reason]).toEqual([
      'failed',
      'the plan was sent back after 1 cycles, which is as many as a pair may take',
    ]);
  });

  it('is put before them again when it was changed while it waited', async () => {
    const disk = newDisk(approving);
    await start(disk, approving);
    const seen = hashOf(disk);
    disk.put(disk.below('.autoloop').find((path) => path.endsWith('plan/plan.md')) ?? '', 'edited by hand');
    disk.send(command(1, { kind: 'approve', for: seen }));
    expect((await start(disk, approving)).status).toBe('paused');
    expect(of(disk, 'approval_given')).toEqual([]);
    expect(hashOf(disk)).not.toBe(seen);
  });

  it('is approved or sent back once, wherever the run was killed', async () => {
    const waiting = newDisk(approving);
    await start(waiting, approving);
    waiting.send(command(1, { kind: 'reject', text: 'Smaller phases.', for: hashOf(waiting) }));
    const { operations } = await start(new Disk(waiting), approving);
    for (let at = 1; at <= operations; at += 1) {
      const disk = new Disk(waiting);
      await start(disk, approving, { fault: { at, how: 'kill' } });
      expect((await start(disk, approving)).status, `killed at ${at}`).toBe('paused');
      expect(of(disk, 'approval_given'), `killed at ${at}`).toMatchObject([{ verdict: 'rejected' }]);
      expect(disk.inbox.size).toBe(0);
    }
  });
});

function of<T extends EventType>(disk: Disk, type: T): (RunEvent & EventOf<T>)[] {
  return [...disk.logs.values()].flat().filter((event): event is RunEvent & EventOf<T> => event.event_type === type);
}

function clarified(disk: Disk) {
  return of(disk, 'clarified');
}

function oncePerNote(disk: Disk): string[] {
  const answers = clarified(disk).map(({ clarification }) => clarification.answer);
  return [TO_PRODUCER, TO_VERIFIER].flatMap(({ text, id }) => [
    ...(answers.filter((answer) => answer === text).length === 1 ? [] : [`"${text ?? ''}" is not in the log once`]),
    ...(disk.calls.some(({ note }) => note?.includes(text ?? '') === true)
      ? []
      : [`"${text ?? ''}" was told to nobody`]),
    ...(disk.inbox.has(id) ? [`"${text ?? ''}" is still in the inbox`] : []),
  ]);
}

/**
 * A turn that was lost is taken again with what came in meanwhile, and a note to a verifier is told twice by intention: by how many turns
 * a note is heard is not what the general rule expects of an answer. An inbox that cannot be read is looked into before the next turn.
 */
function withoutNotes(found: readonly string[]): string[] {
  const ours = found.filter((text) => !text.includes('(look into the inbox)'));
  return ours.filter((text) => ![TO_PRODUCER, TO_VERIFIER].some((note) => text.endsWith(`turns: ${note.text ?? ''}`)));
}
