import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';

const SCRIPT = {
  rules: [
    {
      pair: 'implement' as const,
      role: 'producer' as const,
      write: { 'src/new file.txt': 'made\n', 'base.txt': 'changed\n' },
    },
  ],
};

async function builtRig(): Promise<Rig> {
  const rig = await createRig({ script: SCRIPT });
  rig.write('base.txt', 'as it was\n');
  rig.git('add', 'base.txt');
  rig.git('commit', '-qm', 'mine');
  expect((await rig.run(['--intent', 'Build it', '--task-id', 'job', '--pairs', 'plan,implement'])).code).toBe(0);
  return rig;
}

interface Listed {
  ref: string;
  checkpoints: { number: number; turn: number; subject: string; commit: string; files: number | null }[];
}

async function checkpointsOf(rig: Rig): Promise<Listed> {
  return JSON.parse((await rig.run(['checkpoints', 'job', '--json'])).stdout) as Listed;
}

describe('autoloop checkpoints', () => {
  it('lists the baseline and every commit of a run with its turn and the files that it changed', async () => {
    await using rig = await builtRig();
    const { checkpoints, ref } = await checkpointsOf(rig);
    expect(checkpoints.map(({ number, turn, subject, files }) => [number, turn, subject, files])).toEqual([
      [0, 0, 'autoloop: baseline', 0],
      [1, 1, 'autoloop: producer edits (plan #1)', 0],
      [2, 2, 'autoloop: pair complete (plan)', 0],
      [3, 3, 'autoloop: producer edits (implement #1)', 3],
      [4, 4, 'autoloop: pair complete (implement)', 0],
      [5, 4, 'autoloop: successful completion', 0],
    ]);
    const subjects = rig.commits().map(({ subject }) => subject);
    expect(subjects).toEqual(expect.arrayContaining(checkpoints.map(({ subject }) => subject)));
    expect(rig.git('rev-parse', ref)).toBe(rig.git('rev-parse', 'HEAD'));
    const text = (await rig.run(['checkpoints'])).stdout;
    expect(text).toMatch(/^ *1 +1 +[0-9a-f]{10} +0 +1 turn +autoloop: producer edits \(plan #1\)$/m);
    expect(text).toMatch(/^ *3 +3 +[0-9a-f]{10} +3 +\S.* autoloop: producer edits \(implement #1\)$/m);
  });

  it('keeps the commits of a run whose branch was rewritten', async () => {
    await using rig = await builtRig();
    const before = await checkpointsOf(rig);
    rig.git('reset', '-q', '--hard', before.checkpoints[0]?.commit ?? '');
    rig.git('reflog', 'expire', '--expire=now', '--all');
    rig.git('gc', '-q', '--prune=now');
    expect(rig.git('cat-file', '-t', before.checkpoints[3]?.commit ?? '').trim()).toBe('commit');
  });
});

describe('autoloop diff', () => {
  it('shows what the run changed as a patch that applies, without the files of the program', async () => {
    await using rig = await builtRig();
    const { stdout } = await rig.run(['diff', 'job']);
    expect(stdout).toContain('+++ b/src/new file.txt');
    expect(stdout).toContain('-as it was\n+changed\n');
    expect(stdout).not.toContain('.autoloop');
    const turn = await rig.run(['diff', 'job', '--turn', '3']);
    expect(turn.stdout).toBe(stdout);
    expect((await rig.run(['diff', 'job', '--turn', '2'])).stdout).toBe('');
    expect((await rig.run(['diff', 'job', '--from', '3'])).stdout).toBe('');
    expect((await rig.run(['diff', 'job', '--stat'])).stdout).toMatch(/ 3 files changed, /);
  });

  it('runs no program that the configuration names', async () => {
    await using rig = await builtRig();
    const spy = path.join(rig.sandbox.agents, 'ran');
    const config = `[diff]\n\texternal = touch ${spy}\n\tnoprefix = true\n[core]\n\tpager = touch ${spy}\n[diff "x"]\n\ttextconv = touch ${spy}\n`;
    appendFileSync(path.join(rig.workspace, '.git/config'), config);
    appendFileSync(path.join(rig.workspace, '.git/info/attributes'), '* diff=x\n');
    expect((await rig.run(['diff'])).stdout).toContain('+++ b/base.txt');
    expect(() => rig.git('hash-object', spy)).toThrow();
  });

  it('refuses what is not there, and says what there is', async () => {
    await using rig = await builtRig();
    for (const [args, words] of [
      [['--turn', '9'], /--turn 9 is not a turn of this run: give 1 to 4/],
      [['--from', '77'], /"77" is no checkpoint of this run: give 0 to 5, or a commit/],
      [['--turn', '1', '--from', '2'], /exclude each other/],
      [['--turn', '-x'], /whole number/],
    ] as const) {
      const { code, stderr } = await rig.run(['diff', 'job', ...args]);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) as string });
    }
  });
});
