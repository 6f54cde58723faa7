import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { processTable } from '../../src/supervision/platform.ts';
import { isAlive } from '../support/marked-processes.ts';
import { createRig } from '../support/rig.ts';
import { doctorIn, everythingIn, statusOf, watchdogIsDone } from '../support/inspection.ts';

const START = ['--intent', 'Build it', '--task-id', 'job', '--pairs', 'plan'];

describe('autoloop doctor', () => {
  it('finds nothing wrong where a run would start, says what it looked at, and writes nothing', async () => {
    await using rig = await createRig({ config: 'runtime: {max_iterations: 4}\n' });
    const before = everythingIn(rig);
    const { code, stdout } = await rig.run(['doctor']);
    expect(code).toBe(0);
    for (const line of [
      /^ok {7}configuration: .*\/autoloop\.yaml$/m,
      /^ok {7}codex: .*\/bin\/codex, version 0\.169\.0$/m,
      /^ok {7}codex: capabilities: exec --json, resume --json, and \d+ more options$/m,
      /^ok {7}codex: login: Logged in using an API key$/m,
      /^ok {7}codex: paid by: .+$/m,
      /^ok {7}codex: permissions: sandbox workspace-write, network denied .+$/m,
      /^ok {7}git: repository .*, branch main, [0-9a-f]{10}$/m,
      /^ok {7}git: \.autoloop\/ is not ignored: .+$/m,
      /^ok {7}checks: none is known: no success is verified$/m,
      /^ok {7}workspace: .+ can be written$/m,
      /^ok {7}lock: nobody works here$/m,
      /^ok {7}leftovers: .+$/m,
      /^ok {7}runs: none waits to be resumed$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(stdout).not.toMatch(/^(?:warning|error)/m);
    expect(everythingIn(rig)).toBe(before);
    expect((await rig.run(START)).code).toBe(0);
  });

  it('says why a run would be refused: a program that is missing', async () => {
    await using rig = await createRig({ programs: ['claude'] });
    const { code, ok, errors } = await doctorIn(rig);
    expect({ code, ok }).toEqual({ code: 1, ok: false });
    expect(errors).toMatchObject([
      { subject: 'codex', text: 'codex was not found on PATH', fix: expect.stringContaining('npm i -g') as unknown },
    ]);
    expect((await rig.run(START)).code).toBe(1);
  });

  it('says why a run would be refused: a claude that is logged out', async () => {
    const config = 'provider: {name: claude, claude: {permission_strategy: allow_core_tools}}\n';
    await using rig = await createRig({ config, script: { loggedIn: false } });
    const { code, errors } = await doctorIn(rig);
    expect(code).toBe(1);
    expect(errors.map(({ text }) => text)).toEqual([expect.stringContaining('claude is not logged in')]);
  });

  it('says why a run would be refused: every problem of the configuration, a line each', async () => {
    await using rig = await createRig({ config: 'runtime:\n  no_git: yes\n  max_iterations: 0\n' });
    const { code, errors } = await doctorIn(rig);
    expect(code).toBe(1);
    expect(errors.map(({ text }) => /autoloop\.yaml:(\d+)/.exec(text)?.[1])).toEqual(['2', '3']);
  });

  it('says why a run would be refused: pairs that cannot be worked as they are', async () => {
    await using rig = await createRig({ config: 'runtime:\n  pairs: plan,test\n' });
    const { code, errors } = await doctorIn(rig);
    expect(code).toBe(1);
    expect(errors.map(({ text }) => text)).toEqual([
      'runtime.pairs: test needs implement, which is not among plan,test',
    ]);
    expect((await rig.run(['--intent', 'Build it'])).stderr).toContain('test needs implement');
  });

  it('names the checks that a run would have, and whose rights they have', async () => {
    await using rig = await createRig({ files: { 'package.json': '{"scripts": {"test": "node --test"}}\n' } });
    expect((await rig.run(['doctor'])).stdout).toMatch(
      /^ok {7}checks: test \(npm test, found in package\.json\): they run what agents wrote with your rights/m,
    );
    rig.write('autoloop.yaml', 'checks: []\nevidence: {mode: required}\n');
    const { code, errors } = await doctorIn(rig);
    expect(code).toBe(1);
    expect(errors).toMatchObject([
      { subject: 'checks', text: expect.stringContaining('evidence.mode is required') as unknown },
    ]);
  });

  it('says why a run would be refused: a merge in progress, and how to get out of it', async () => {
    await using rig = await createRig();
    writeFileSync(path.join(rig.workspace, '.git/MERGE_HEAD'), rig.git('rev-parse', 'HEAD'));
    const { code, errors } = await doctorIn(rig);
    expect(code).toBe(1);
    expect(errors).toMatchObject([{ subject: 'git', fix: expect.stringContaining('git merge --abort') as unknown }]);
  });

  it('warns of what does not stop a run, with the command that mends it', async () => {
    await using rig = await createRig({
      anonymous: true,
      files: { '.gitignore': '.autoloop/\n' },
      script: { loggedIn: false },
    });
    const { code, warnings } = await doctorIn(rig);
    expect(code).toBe(0);
    expect(warnings).toEqual([
      expect.objectContaining({ subject: 'codex', fix: 'codex login' }),
      expect.objectContaining({
        subject: 'git',
        fix: expect.stringContaining('git config --global user.name') as unknown,
      }),
      expect.objectContaining({ subject: 'git', text: expect.stringContaining('.autoloop/ is ignored') as unknown }),
    ]);
  });

  it('knows what a run without git, without a repository and without commits would do', async () => {
    const cases = [
      { options: { bare: true, git: false }, level: 'warning', text: 'not installed' },
      { options: { git: false }, level: 'ok', text: 'no repository yet' },
      { options: { git: 'unborn' }, level: 'ok', text: 'no commit yet' },
      { options: { config: 'runtime: {no_git: true}\n' }, level: 'ok', text: 'not used' },
    ] as const;
    for (const { options, level, text } of cases) {
      await using rig = await createRig(options);
      const { code, findings } = await doctorIn(rig);
      expect(code).toBe(0);
      expect(findings).toContainEqual(
        expect.objectContaining({ subject: 'git', level, text: expect.stringContaining(text) as unknown }),
      );
    }
  });

  it('names the run at work, whose workspace is busy, and later the run that was killed', async () => {
    await using rig = await createRig({ script: { rules: [{ remote: true }] } });
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    const { runId } = rig.lastRun();
    const busy = await doctorIn(rig);
    expect(busy.code).toBe(1);
    expect(busy.errors).toMatchObject([{ subject: 'lock', text: expect.stringContaining(`run ${runId}`) as unknown }]);
    running.signal('SIGKILL');
    await running.done;
    await turn.gone;
    await watchdogIsDone(rig);
    const before = everythingIn(rig);
    const after = await doctorIn(rig);
    expect(after.code).toBe(0);
    const { resume_command: fix } = await statusOf(rig);
    expect(after.warnings).toEqual([{ level: 'warning', subject: 'runs', text: `job ${runId} crashed`, fix }]);
    expect(everythingIn(rig)).toBe(before);
  });

  it('names processes that a killed run left, and leaves them to the next run', async () => {
    await using rig = await createRig();
    const mark = `AUTOLOOP_RUN_${'a'.repeat(32)}`;
    const left = spawn('sleep', ['3600'], { env: { ...rig.sandbox.env, [mark]: '1' } });
    await once(left, 'spawn');
    const header = { ...processTable.epoch(), owner: { pid: 1, start: 'none' }, mark, controlGroup: null };
    rig.write(`.autoloop/${mark}.processes`, `${JSON.stringify(header)}\n`);
    const { code, warnings } = await doctorIn(rig);
    expect(code).toBe(0);
    expect(warnings).toMatchObject([{ subject: 'leftovers', fix: `kill ${left.pid ?? ''}` }]);
    expect(isAlive(left.pid ?? 0)).toBe(true);
  });
});
