import { existsSync, writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';

const WRITES = { 'src/made.txt': 'made\n', 'base.txt': 'changed\n' };
const START = ['--intent', '# Build it\n\nAll of it.', '--task-id', 'job', '--pairs', 'plan,implement', '--worktree'];

/** With a task that is done in its own work tree. */
async function doneRig(): Promise<Rig> {
  const rig = await createRig({ script: { rules: [{ pair: 'implement', role: 'producer', write: WRITES }] } });
  for (const name of ['base.txt', 'yours.txt']) rig.write(name, 'as it was\n');
  rig.write('.gitignore', '*.log\n');
  rig.git('add', '.');
  rig.git('commit', '-qm', 'mine');
  expect((await rig.run(START)).code).toBe(0);
  return rig;
}

const treeOf = (rig: Rig) => path.join(path.dirname(rig.workspace), `${path.basename(rig.workspace)}.autoloop`, 'job');

/** What the end of the task's run offers. */
async function mergeCommand(rig: Rig): Promise<string | null> {
  const { stdout } = await rig.run(['status', '--json', '--task-id', 'job']);
  return (JSON.parse(stdout) as { end: { merge_command: string | null } }).end.merge_command;
}

describe('autoloop merge', () => {
  it('brings a task in as one commit without the program’s own files, and leaves what is yours', async () => {
    await using rig = await doneRig();
    const head = rig.git('rev-parse', 'HEAD').trim();
    rig.write('yours.txt', 'staged\n');
    rig.git('add', 'yours.txt');
    rig.write('yours.txt', 'and edited\n');
    writeFileSync(path.join(treeOf(rig), 'left.txt'), 'not committed\n');
    const offered = await mergeCommand(rig);
    expect(offered).toMatch(/^autoloop merge job --into main --workspace \S+$/);
    const { code, stdout } = await rig.run(offered?.split(' ').slice(1) ?? []);
    expect(await mergeCommand(rig)).toBeNull();
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/Merged task job .*\n {4}base.txt\n/) as string,
    });
    expect(stdout).toMatch(/not merged:\n {4}left.txt/);
    expect(rig.git('rev-parse', 'HEAD~1').trim()).toBe(head);
    expect(rig.git('log', '-1', '--format=%B')).toMatch(
      /^Build it\n\nAll of it\.\n\nAutoloop-Task: job\nAutoloop-Run: run-/,
    );
    const changed = rig.git('diff-tree', '-r', '--name-only', '--no-commit-id', 'HEAD').trim().split('\n');
    expect(changed.sort()).toEqual(expect.arrayContaining(['base.txt', 'src/made.txt']));
    expect(changed.filter((name) => name.includes('.autoloop'))).toEqual([]);
    expect(rig.read('base.txt')).toBe('changed\n');
    expect(rig.read('yours.txt')).toBe('and edited\n');
    expect(rig.git('show', ':yours.txt')).toBe('staged\n');
    expect(rig.status()).toEqual(['MM yours.txt']);
    expect(existsSync(path.join(rig.workspace, '.autoloop'))).toBe(false);
    expect((await rig.run(['merge', 'job'])).stdout).toContain('Nothing to merge');
    rig.git('reset', '-q', '--keep', head);
    expect(rig.read('base.txt')).toBe('as it was\n');
    rig.git('branch', 'other');
    expect((await rig.run(['merge', 'job', '--into', 'other'])).code).toBe(0);
    expect(rig.git('show', 'other:base.txt')).toBe('changed\n');
    expect(rig.git('rev-parse', 'HEAD').trim()).toBe(head);
    expect((await rig.run(['worktree', 'list'])).stdout).toMatch(
      /^job +success +\d+ +\+\d+ -0 +1 +.* +yes +autoloop\/job/m,
    );
    expect((await rig.run(['worktree', 'remove', 'job'])).code).toBe(2);
    const removed = await rig.run(['worktree', 'remove', 'job', '--force']);
    expect(removed.stdout).toMatch(
      /Removed the work tree of task job.* and the branch autoloop\/job\n.*is kept as refs/,
    );
    expect((await rig.run(['status', '--task-id', 'job'])).stdout).toContain('success');
    expect((await rig.run(['worktree', 'clean', 'job'])).code).toBe(2);
  });

  it('is not offered any more once the work tree is gone, also where the branch was brought in with its log', async () => {
    await using rig = await doneRig();
    expect((await rig.run(['merge', 'job', '--ff-only'])).code).toBe(0);
    expect((await rig.run(['worktree', 'remove', 'job'])).code).toBe(0);
    expect(await mergeCommand(rig)).toBeNull();
  });

  it('changes nothing where both sides changed the same, or something of yours stands in the way', async () => {
    await using rig = await doneRig();
    const state = () => [rig.git('rev-parse', 'HEAD'), rig.treeHash(), ...rig.status()];
    const tries = async (code: number, words: RegExp) => {
      const before = state();
      const merged = await rig.run(['merge', 'job']);
      const said = merged.stdout + merged.stderr;
      expect({ code: merged.code, said }).toEqual({ code, said: expect.stringMatching(words) as string });
      expect(state()).toEqual(before);
    };
    rig.write('base.txt', 'mine, uncommitted\n');
    await tries(2, /base\.txt \(changed since, and not committed\)/);
    rig.git('checkout', '-q', 'base.txt');
    rig.write('src', 'a file in the place of a folder\n');
    await tries(2, /src\/made\.txt \(a file has taken the place of its folder\)/);
    rig.git('clean', '-fq', 'src');
    rig.write('base.txt', 'mine\n');
    rig.git('commit', '-qam', 'mine too');
    await tries(3, /changed the same lines; nothing was changed:\n {4}base\.txt/);
    const events = rig.git('-C', treeOf(rig), 'rev-parse', 'HEAD');
    expect(events).toBe(rig.git('rev-parse', 'autoloop/job'));
  });

  it('has its conflicts resolved by an agent in a run of its own, and goes through after that', async () => {
    await using rig = await doneRig();
    rig.write('autoloop.yaml', 'runtime:\n  pairs: plan,implement\n');
    rig.write('base.txt', 'mine\n');
    rig.git('add', '.');
    rig.git('commit', '-qm', 'mine too');
    const head = rig.git('rev-parse', 'HEAD').trim();
    rig.script({ rules: [{ pair: 'implement', role: 'producer', write: { 'base.txt': 'changed, and mine\n' } }] });
    const before = rig.turns().length;
    const { code, stdout } = await rig.run(['merge', 'job', '--agent']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/Merge again: autoloop merge job\n$/) as string,
    });
    expect([rig.git('rev-parse', 'HEAD').trim(), rig.read('base.txt'), ...rig.status()]).toEqual([head, 'mine\n']);
    const asked = rig.turns().slice(before);
    expect(asked.length).toBeGreaterThan(0);
    expect(rig.git('show', 'autoloop/job:.autoloop/tasks/job-merge/task.json')).toContain('- base.txt');
    expect(rig.git('log', '--format=%s', '--merges', 'autoloop/job').trim()).toBe(
      'autoloop: merge main with its conflicts marked',
    );
    expect((await rig.run(['merge', 'job'])).code).toBe(0);
    expect([rig.read('base.txt'), rig.read('src/made.txt'), ...rig.status()]).toEqual([
      'changed, and mine\n',
      'made\n',
    ]);
    expect(rig.git('rev-parse', 'HEAD~1').trim()).toBe(head);
  });

  it('is finished by the next command after a kill when the branch had moved, and forgotten before', async () => {
    await using rig = await doneRig();
    const real = rig.git('--exec-path').trim();
    rig.write('yours.txt', 'edited\n');
    const head = rig.git('rev-parse', 'HEAD').trim();
    for (const [moment, call] of Object.entries({
      before: '*" update-ref -m autoloop: merge task "*',
      after: '*" update-index "*',
      files: '*" checkout-index "*',
    })) {
      const bin = path.join(path.dirname(rig.workspace), `bin-${moment}`);
      mkdirSync(bin);
      const isIt = `case " $* " in ${call}) test -z "$GIT_INDEX_FILE" && kill -9 $PPID && exit 1;; esac`;
      const script = `#!/bin/sh\n${isIt}\nexec "${real}/git" "$@"\n`;
      writeFileSync(path.join(bin, 'git'), script, { mode: 0o755 });
      const killed = await rig.run(['merge', 'job'], { env: { PATH: `${bin}:${rig.sandbox.env.PATH ?? ''}` } });
      expect(killed.code).not.toBe(0);
      expect(rig.git('rev-parse', 'HEAD').trim() === head).toBe(moment === 'before');
      const mended = await rig.run(['merge', 'job']);
      expect(mended.code).toBe(0);
      expect(rig.read('base.txt')).toBe('changed\n');
      expect(rig.read('src/made.txt')).toBe('made\n');
      expect(rig.status()).toEqual([' M yours.txt']);
      expect(rig.git('rev-parse', 'HEAD~1').trim()).toBe(head);
      rig.git('reset', '-q', '--keep', head);
    }
  });

  it('refuses what is not done, not there or has no target, and says what can be done', async () => {
    await using rig = await doneRig();
    for (const [args, words] of [
      [['nobody'], /task "nobody" has no work tree of its own here; there are those of job/],
      [['job', '--into', 'nowhere'], /there is no branch nowhere/],
      [['job', '--into', 'autoloop/job'], /is the task's own: say which branch/],
      [['job', '--workspace', treeOf(rig)], /is the task's own: say which branch/],
    ] as const) {
      const { code, stderr } = await rig.run(['merge', ...args]);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) as string });
    }
    rig.git('checkout', '-q', '--detach');
    expect((await rig.run(['merge', 'job'])).stderr).toMatch(/no branch is checked out here/);
  });
});
