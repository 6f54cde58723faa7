import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { RULE, rigWithCommit, START } from '../support/task-tree.ts';

const json = async <T>(rig: Rig, args: string[]) => JSON.parse((await rig.run([...args, '--json'])).stdout) as T;

describe('autoloop --worktree', () => {
  it('works beside the checkout, which stays as it is, and whatever looks at the task finds it from there', async () => {
    await using rig = await rigWithCommit();
    rig.write('base.txt', 'edited\n');
    rig.write('autoloop.yaml', 'runtime:\n  max_iterations: 7\n');
    const before = [rig.git('rev-parse', 'HEAD'), rig.treeHash(), ...rig.status()];
    const { code, stdout, stderr } = await rig.run(START);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('1 file in') as string });
    expect(stdout).toMatch(/Work tree .*\.autoloop\/job, branch autoloop\/job, from [0-9a-f]{10}/);
    expect(stdout).toContain('autoloop.yaml goes with it');
    expect([rig.git('rev-parse', 'HEAD'), rig.treeHash(), ...rig.status()]).toEqual(before);
    expect(rig.git('show', 'autoloop/job:src/made.txt')).toBe('made\n');
    expect(rig.git('show', 'autoloop/job:base.txt')).toBe('as it was\n');
    expect(rig.git('grep', '-h', 'worktree_created', 'autoloop/job')).toContain('"base_branch":"main"');

    expect((await rig.run(['--list-tasks'])).stdout).toBe('job\n');
    const { tasks } = await json<{ tasks: { task_id: string; latest_run: { status: string } }[] }>(rig, [
      '--list-tasks',
    ]);
    expect(tasks).toMatchObject([{ task_id: 'job', latest_run: { status: 'success' } }]);
    for (const query of [[], ['--task-id', 'job'], ['--task-id', 'Job']]) {
      expect(await json(rig, ['status', ...query])).toMatchObject({ task_id: 'job', status: 'success' });
    }
    // What is named can be opened, and what is to be pasted works on the task's branch and not on this one.
    const shown = (await rig.run(['status'])).stdout;
    const named = [/^Files: (.*)$/m, /^Turn log: (.*)$/m].map((line) => line.exec(shown)?.[1] ?? '');
    const report = /\[\*\] Report: (.*)$/m.exec(stdout)?.[1] ?? '';
    for (const file of [...named, report]) expect(existsSync(path.resolve(rig.workspace, file)), file).toBe(true);
    for (const text of [shown, stdout])
      expect(text).toMatch(/Squash: git -C (\S+\.autoloop\/job) reset .* && git -C \1 commit/);
    const bringIn = /Bring it in: autoloop (merge job --into main --workspace \S+)$/m;
    expect([shown, stdout].map((text) => bringIn.exec(text)?.[1])).toEqual(Array(2).fill(expect.any(String)));
    expect((await rig.run(['logs', '--task-id', 'job'])).stdout).toContain('implement');
    expect((await rig.run(['diff', 'job'])).stdout).toContain('src/made.txt');
    const again = await rig.run(['--task-id', 'job', '--pairs', 'plan,implement', '--worktree']);
    expect({ code: again.code, stdout: again.stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('made before') as string,
    });
  });

  it('has tasks side by side, each on its branch, and one start of a task at a time', async () => {
    await using rig = await rigWithCommit();
    const start = (id: string) => rig.run(START.map((word) => (word === 'job' ? id : word)));
    const [a, b, c, d] = await Promise.all(['a', 'b', 'same', 'same'].map(start));
    expect([a?.code, b?.code]).toEqual([0, 0]);
    const codes = [c?.code, d?.code].map(Number).sort((one, other) => one - other);
    expect([
      [0, 0],
      [0, 5],
    ]).toContainEqual(codes);
    for (const id of ['a', 'b', 'same']) expect(rig.git('show', `autoloop/${id}:src/made.txt`)).toBe('made\n');
    expect(rig.git('fsck', '--no-dangling')).toBe('');
    expect((await rig.run(['--list-tasks'])).stdout).toBe('a\nb\nsame\n');
    expect((await rig.run(['__complete', '--', '--task-id', ''])).stdout).toContain('same');
    expect(rig.status()).toEqual([]);
  });

  it('goes on after a kill from the main checkout', async () => {
    await using rig = await rigWithCommit({ script: { rules: [{ ...RULE, remote: true }] } });
    const running = rig.start(START);
    await rig.nextTurn({ pair: 'implement', role: 'producer' });
    running.signal('SIGKILL');
    await running.done;
    rig.script({ rules: [RULE] });
    expect((await rig.run(['--resume', '--task-id', 'job'])).code).toBe(0);
    expect(rig.git('show', 'autoloop/job:src/made.txt')).toBe('made\n');
    expect(existsSync(path.join(rig.workspace, '.autoloop'))).toBe(false);
  });

  it('refuses what cannot be before anything is made, and says what can', async () => {
    await using rig = await rigWithCommit();
    rig.git('branch', 'autoloop/taken');
    rig.write('full/file.txt', 'mine\n');
    const outside = path.join(path.dirname(rig.workspace), 'outside');
    mkdirSync(outside);
    symlinkSync(outside, path.join(path.dirname(rig.workspace), 'link'));
    writeFileSync(path.join(outside, 'mine.txt'), 'mine\n');
    const start = (id: string, ...more: string[]) => ['--intent', 'x', '--task-id', id, ...more];
    for (const [args, words] of [
      [start('taken', '--worktree'), /the branch autoloop\/taken exists already/],
      [start('a', '--worktree', '--branch', 'a..b'), /"a\.\.b" is no name/],
      [start('a', '--worktree', '--base', 'nowhere'), /"nowhere" names no commit/],
      [start('a', `--worktree=${path.join(rig.workspace, 'inside')}`), /lies in the repository itself/],
      [start('a', `--worktree=${outside}`), /is there already, and is not empty/],
      [start('a', `--worktree=${path.join(path.dirname(rig.workspace), 'link')}`), /is no folder/],
      [start('a', '--worktree', '--no-git'), /--no-git excludes it/],
    ] as const) {
      const { code, stderr } = await rig.run(args);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) as string });
    }
    expect(rig.git('worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(rig.turns()).toEqual([]);
  });
});
