import { describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';

const PLAN = ['--task-id', 't', '--intent', 'Build it', '--pairs', 'plan'];

describe('a plan first, then the rest', () => {
  it('opens the pairs that a resume adds to a complete run, on its plan', async () => {
    await using rig = await createRig();
    expect((await rig.run(PLAN)).code).toBe(0);
    const { runId } = rig.lastRun();
    const more = await rig.run(['--resume', '--pairs', 'plan,implement,test,audit']);
    expect(more.code).toBe(0);
    expect(rig.lastRun().runId).toBe(runId);
    expect(more.stdout).not.toContain('already complete');
    const pairs = rig.turns().map(({ pair }) => pair);
    expect([...new Set(pairs)]).toEqual(['plan', 'implement', 'test', 'audit']);
    expect(pairs.filter((pair) => pair === 'plan')).toHaveLength(2);
  });

  it('opens tests for the phases that are implemented', async () => {
    await using rig = await createRig();
    expect((await rig.run([...PLAN.slice(0, -1), 'plan,implement'])).code).toBe(0);
    expect((await rig.run(['--resume', '--pairs', 'plan,implement,test'])).code).toBe(0);
    const pairs = rig.turns().map(({ pair }) => pair);
    expect(pairs.filter((pair) => pair === 'implement')).toHaveLength(2);
    expect(pairs.filter((pair) => pair === 'test')).toHaveLength(2);
    expect((await rig.run(['--resume', '--pairs', 'plan,implement,test'])).stdout).toContain('already complete');
  });

  it('names the run whose plan a new run does not use, and the command that does', async () => {
    await using rig = await createRig();
    await rig.run(PLAN);
    const { runId } = rig.lastRun();
    const done = await rig.run(['--task-id', 't', '--pairs', 'implement']);
    expect(done.stderr).toContain(
      `the plan of ${runId} is not used by a new run; this goes on with it: autoloop --resume --task-id t --run-id ${runId} --pairs plan,implement\n`,
    );
  });
});

describe('a request for a task that has one', () => {
  it('is refused while it is not said what becomes of it, and both ways are named', async () => {
    await using rig = await createRig();
    await rig.run(PLAN);
    const before = rig.turns().length;
    const refused = await rig.run(['--task-id', 't', '--intent', 'Build another', '--pairs', 'plan']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('--intent-mode replace');
    expect(refused.stderr).toContain('--intent-mode append');
    expect(rig.turns()).toHaveLength(before);
  });

  it('is taken where it is the same, and as the mode says where one is given', async () => {
    await using rig = await createRig();
    await rig.run(PLAN);
    expect((await rig.run(PLAN)).code).toBe(0);
    const kept = await rig.run([...PLAN.slice(0, 3), 'Other', '--intent-mode', 'preserve', '--pairs', 'plan']);
    expect(kept).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('the stored request of task t stands') as string,
    });
    expect((await rig.run([...PLAN.slice(0, 3), 'Other', '--intent-mode', 'replace', '--pairs', 'plan'])).code).toBe(0);
  });
});
