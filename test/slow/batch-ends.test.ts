import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';

const CONFIG = 'runtime:\n  pairs: plan\n  max_iterations: 1\n';

function queue(rig: Rig, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) rig.write(`../queue/${name}.md`, text);
  return '../queue';
}

describe('a task of a batch', () => {
  it('whose start is refused says why where it is told to have failed, and in the table; what comes after it is told once', async () => {
    await using rig = await createRig({ config: CONFIG });
    rig.git('branch', 'autoloop'); // Beside it git makes no branch below `autoloop/`.
    const place = queue(rig, { a: 'Do a', b: 'Do b', c: 'Do c', d: '---\nafter: [a]\n---\nDo d' });
    const { code, stdout, stderr } = await rig.run(['batch', place, '--parallel', '2']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Go on: autoloop batch \.\.\/queue --parallel 2$/m);
    for (const task of ['a', 'b', 'c']) {
      const why = `no branch autoloop/${task} can be made: `;
      expect(stdout).toContain(`[FAILED] ${task}: ${why}`);
      expect(stdout).toMatch(new RegExp(`^${task} +not begun +2 .*${why}`, 'm'));
    }
    expect(stdout.match(/d is not begun/g)).toHaveLength(1);
    expect(rig.turns()).toEqual([]);
    rig.git('branch', '-D', 'autoloop');
    expect(await rig.run(['batch', place])).toMatchObject({ code: 0, stderr: '' });
  });

  it('that has come to its end is none to go on with, and one whose process was killed says so', async () => {
    const rules = [
      { run: 1, role: 'verifier', promise: 'INCOMPLETE' },
      { run: 2, role: 'producer', times: 1, remote: true },
    ] as const;
    await using rig = await createRig({ config: CONFIG, script: { rules } });
    const place = queue(rig, { a: 'Do a', b: 'Do b' });
    const running = rig.start(['batch', place]);
    await rig.nextTurn();
    const { process: worker } = JSON.parse((await rig.run(['status', '--task-id', 'b', '--json'])).stdout) as {
      process: { pid: number };
    };
    process.kill(worker.pid, 'SIGKILL');
    const { code, stdout, stderr } = await running.done;
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /\[FAILED\] b: its process ended without saying so[^]*^b +crashed +1 .*its process ended without/m,
    );
    expect(stderr).toMatch(/^Go on: autoloop batch \.\.\/queue$/m);
    const { code: last, stderr: silent } = await rig.run(['batch', place]);
    expect([last, silent]).toEqual([1, '']);
  });

  it('is paused by the batch where that has reached a limit, and says that it was not the operator', async () => {
    const dear = { input: 1, cached: 0, output: 1, reasoning: 0, costUsd: 3 };
    const rules = [
      { run: 1, role: 'producer', usage: dear },
      { run: 1, role: 'verifier', remote: true },
    ] as const;
    const limits = 'batch:\n  max_cost_usd: 2\nprovider:\n  name: claude\n';
    await using rig = await createRig({ config: `runtime:\n  pairs: plan,implement\n${limits}`, script: { rules } });
    const running = rig.start(['batch', queue(rig, { a: 'Do a' })]);
    const turn = await rig.nextTurn();
    const pending = async () =>
      (JSON.parse((await rig.run(['status', '--task-id', 'a', '--json'])).stdout) as { pending: unknown[] }).pending;
    while ((await pending()).length === 0); // Until the pause has been put there.
    await turn.finish();
    const { stdout } = await running.done;
    expect(stdout).toMatch(/\[PAUSED\] a: paused by its batch, which has reached a limit/);
  });

  it('that has a run which is refused to go on says why, too', async () => {
    await using rig = await createRig({ config: CONFIG, script: { rules: [{ role: 'producer', remote: true }] } });
    const place = queue(rig, { a: 'Do a' });
    const running = rig.start(['batch', place]);
    await rig.nextTurn();
    running.signal('SIGINT');
    await running.done;
    rig.script({});
    const merging = rig.git('-C', `${rig.workspace}.autoloop/a`, 'rev-parse', '--git-path', 'MERGE_HEAD').trim();
    writeFileSync(merging, rig.git('rev-parse', 'HEAD'));
    const { code, stdout } = await rig.run(['batch', place]);
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/\[INTERRUPTED\] a: .*merge/);
    expect(stdout).toMatch(/^a +interrupted .*merge/m);
  });
});
