import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { dieAtGitAfter } from './failpoint.ts';
import { fault } from './fault.ts';
import { asked, checkpoints, ending, START, told, untroubled } from './story.ts';

const CHAIN = ['--task-id', 't', '--intent', 'Build it', '--pairs', 'implement,audit'];
const script = { gaps: 1 } as const;
const reference = untroubled({ script }, CHAIN);

/** The resume of the parent starts or goes on with the one follow-up that its log names. */
async function expectOneFollowup(rig: Rig, maxTurns = 8): Promise<{ maxTurns: number }> {
  const parent = rig.runs()[0]!;
  expect((await rig.run(['--resume', '--run-id', parent.runId])).code).toBe(0);
  const runs = rig.runs();
  expect(runs).toHaveLength(2);
  const scheduled = rig.events(parent).filter((event) => event.event_type === 'auto_followup_scheduled');
  expect(scheduled.map((event) => event.followup_run_id)).toEqual([runs[1]!.runId]);
  expect(rig.events(parent).filter((event) => event.event_type === 'auto_followup_launched')).toHaveLength(1);
  expect(rig.events(runs[1]).filter((event) => event.event_type === 'run_started')).toHaveLength(1);
  expect(told(rig)).toEqual(await reference);
  return { maxTurns };
}

for (const event of ['auto_followup_scheduled', '"run_finished"', 'auto_followup_launched']) {
  fault(`I4, I8: a death after ${event} leaves one follow-up, started once`, { script }, async (rig) => {
    dieAtGitAfter(rig, event);
    expect((await rig.run(CHAIN)).signal).toBe('SIGKILL');
    expect(asked(rig)).toHaveLength(4);
    return await expectOneFollowup(rig);
  });
}

fault(
  'I4: a death before the follow-up has its first event, or even its folder, starts the same one',
  { script },
  async (rig) => {
    dieAtGitAfter(rig, 'auto_followup_launched');
    await rig.run(CHAIN);
    const followup = rig.runs()[1];
    if (followup !== undefined) rmSync(followup.path, { recursive: true });
    return await expectOneFollowup(rig);
  },
);

fault(
  'I4: a death in a turn of the follow-up goes on there, also by the parent’s Resume line',
  { script: { gaps: 1, rules: [{ run: 2, role: 'producer', times: 1, remote: true }] } },
  async (rig) => {
    const running = rig.start(CHAIN);
    await rig.nextTurn();
    running.signal('SIGKILL');
    await running.done;
    const [parent, followup] = rig.runs();
    expect((await rig.run(['--resume', '--run-id', parent?.runId ?? ''])).code).toBe(0);
    expect(rig.runs()).toHaveLength(2);
    expect(rig.events(followup).at(-1)).toMatchObject({ event_type: 'run_finished', status: 'success' });
    return { maxTurns: 9 };
  },
);

fault('I8: Ctrl-C at the hand-over is followed by a Resume line that leads on', { script }, async (rig) => {
  const running = rig.start(CHAIN);
  await running.sees(/\[FOLLOW-UP\] run-\S+ will close/);
  running.signal('SIGINT');
  const stopped = await running.done;
  expect(stopped.code).toBe(130);
  return await expectOneFollowup(rig, 9);
});

const settings = 'provider:\n  name: claude\nruntime:\n  max_iterations: 7\n';
fault(
  'I7, I8: follow-ups inherit what their parent resolved; each has its own request, and the task keeps the first',
  { script: { gaps: 2 }, config: settings },
  async (rig) => {
    const done = await rig.run([...CHAIN, '--max-iterations', '5', '--no-track-autoloop-artifacts']);
    expect(done.code).toBe(0);
    const runs = rig.runs();
    expect(runs).toHaveLength(3);
    const opened = runs.map((run) => rig.events(run).find((event) => event.event_type === 'run_started'));
    expect(opened.map((event) => event?.followup_depth)).toEqual([0, 1, 2]);
    expect(opened.map((event) => event?.parent_run_id ?? null)).toEqual([null, runs[0]?.runId, runs[1]?.runId]);
    for (const event of opened) {
      expect(event).toMatchObject({ pairs: ['implement', 'audit'], max_iterations: 5 });
      expect(event?.settings).toEqual(opened[0]?.settings);
    }
    expect(new Set(rig.turns().map(({ program }) => program))).toEqual(new Set(['claude']));
    const requests = runs.map((run) => readFileSync(path.join(run.path, 'request.md'), 'utf8').trim());
    expect(requests).toEqual(['Build it', 'Close the gap number 1.', 'Close the gap number 2.']);
    const task = path.join(rig.workspace, '.autoloop/tasks/t/task.json');
    expect(JSON.parse(readFileSync(task, 'utf8'))).toMatchObject({ request_text: 'Build it' });
    expect(rig.turns().find(({ run }) => run === 3)?.prompt).toContain('Close the gap number 2.');
    return { maxTurns: 12 };
  },
);

fault(
  'I8: a follow-up that is resumed keeps the options of the first command',
  {
    script: { gaps: 2, rules: [{ run: 3, pair: 'implement', role: 'producer', times: 2, raw: '', noDefaults: true }] },
  },
  async (rig) => {
    const paused = await rig.run([...CHAIN, '--max-iterations', '5']);
    expect(paused.code).toBe(4);
    const done = await rig.run(['--resume']);
    expect(done.code).toBe(0);
    expect(done.stdout).toContain('cycle 1/5');
    expect(done.stdout).toContain('[*] Enabled pairs: implement, audit\n');
    expect(done.stdout).not.toContain('Changed since');
    return { maxTurns: 14 };
  },
);

const asksOnceARun = [1, 2].map(
  (run) => ({ run, role: 'producer', times: 1, question: `Which colour, ${run}?` }) as const,
);
fault(
  'I8: an answer answers the question that waited, and none of a follow-up',
  { script: { gaps: 1, rules: asksOnceARun } },
  async (rig) => {
    expect((await rig.run(CHAIN)).code).toBe(4);
    const paused = await rig.run(['--resume', '--answer', 'green']);
    expect(paused.code).toBe(4);
    expect(paused.stdout).toContain('[AGENT QUESTION]\nWhich colour, 2?');
    const [parent, followup] = rig.runs();
    expect(rig.events(parent).filter((event) => event.event_type === 'clarified')).toHaveLength(1);
    expect(rig.events(followup).filter((event) => event.event_type === 'clarified')).toEqual([]);
    expect((await rig.run(['--resume', '--answer', 'blue'])).code).toBe(0);
    return { maxTurns: 10 };
  },
);

const stopsInFollowup = { run: 2, role: 'producer', times: 2, raw: '', noDefaults: true } as const;
fault(
  'I8: an instruction for a run that has handed over reaches the follow-up that goes on',
  { script: { gaps: 1, rules: [stopsInFollowup] } },
  async (rig) => {
    expect((await rig.run(CHAIN)).code).toBe(4);
    const [parent, followup] = rig.runs();
    const done = await rig.run(['--resume', '--run-id', parent?.runId ?? '', '--intent', 'Keep the old name']);
    expect(done.code).toBe(0);
    expect(rig.events(parent).filter((event) => event.event_type === 'clarified')).toEqual([]);
    expect(rig.events(followup).filter((event) => event.event_type === 'clarified')).toMatchObject([
      { clarification: { question: null, answer: 'Keep the old name', source: 'human' } },
    ]);
    const told = rig.turns().filter(({ run }) => run === 2);
    expect(told.find(({ role, prompt }) => role === 'producer' && prompt.includes('Keep the old name'))).toBeDefined();
    return { maxTurns: 10 };
  },
);

fault('I4: a death between pair_completed and its commit costs the commit only', {}, async (rig) => {
  dieAtGitAfter(rig, 'pair_completed');
  expect((await rig.run(START)).signal).toBe('SIGKILL');
  expect(checkpoints(rig)).toEqual(['autoloop: producer edits (implement #1)']);
  expect((await rig.run(['--resume'])).code).toBe(0);
  expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1']);
  expect(checkpoints(rig)).toEqual(['autoloop: producer edits (implement #1)', 'autoloop: pair complete (implement)']);
  expect(ending(rig).status).toBe('success');
  expect(rig.events().filter((event) => event.event_type === 'pair_completed')).toHaveLength(1);
  expect(rig.status()).toEqual([]);
  return { maxTurns: 2 };
});

fault('I4: a death between the commit and its event repeats neither', {}, async (rig) => {
  const done = await rig.run(START);
  expect(done.code).toBe(0);
  const { path: folder } = rig.lastRun();
  const log = path.join(folder, 'events.jsonl');
  const lines = readFileSync(log, 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes('pair complete (implement)'));
  writeFileSync(
    log,
    lines
      .slice(0, at)
      .map((line) => `${line}\n`)
      .join(''),
  );
  const before = checkpoints(rig);
  expect((await rig.run(['--resume', '--trust-log'])).code).toBe(0);
  expect(checkpoints(rig)).toEqual(before);
  expect(
    rig.events().find((event) => event.event_type === 'checkpoint' && event.subject.includes('complete')),
  ).toMatchObject({
    commit: rig.commits().find(({ subject }) => subject.includes('pair complete'))?.hash,
  });
  return { maxTurns: 2 };
});
