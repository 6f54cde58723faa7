import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';
import { rigWithCommit, RULE, START, treeOf } from '../support/task-tree.ts';

const start = (id: string, ...more: string[]) => ['--intent', 'x', '--task-id', id, ...more];

describe('a work tree from where one would not look for it', () => {
  it('goes through its whole life for a workspace below the top of its repository', async () => {
    await using rig = await createRig({ subfolder: 'pkg/deep', script: { rules: [RULE] } });
    const tree = path.join(`${rig.sandbox.repository}.autoloop`, 'job');
    const started = await rig.run(START);
    expect({ code: started.code, stderr: started.stderr }).toEqual({ code: 0, stderr: '' });
    expect(rig.git('show', 'autoloop/job:pkg/deep/src/made.txt')).toBe('made\n');
    // A branch that another checkout has, whose top is another folder, gets the same.
    const second = path.join(rig.sandbox.root, 'second');
    rig.git('worktree', 'add', '-q', '-b', 'second', second);
    expect((await rig.run(['merge', 'job', '--into', 'second'])).code).toBe(0);
    const files = execFileSync('git', ['ls-tree', '-r', '--name-only', 'second'], { cwd: second }).toString();
    expect(files).toBe('pkg/deep/README.md\npkg/deep/src/made.txt\npkg/deep/src/phase-1.txt\n');
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: second }).toString()).toBe('');
    const listed = async () =>
      JSON.parse((await rig.run(['worktree', 'list', '--json'])).stdout) as { worktrees: object[] };
    expect((await listed()).worktrees).toMatchObject([{ task_id: 'job', status: 'success', dirty: [], path: tree }]);
    expect((await rig.run(['undo', 'job', '--last'])).code).toBe(0);
    expect((await rig.run(['undo', 'job', '--undo'])).code).toBe(0);
    // The undo leaves a stopped run, which is at its end when it goes on.
    expect((await rig.run(['--resume', '--task-id', 'job'])).code).toBe(0);
    const merged = await rig.run(['merge', 'job']);
    expect({ code: merged.code, stdout: merged.stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('pkg/deep/src/made.txt') as string,
    });
    expect(rig.git('ls-tree', '-r', '--name-only', 'HEAD')).not.toContain('.autoloop');
    expect((await rig.run(['worktree', 'remove', 'job'])).code).toBe(0);
    expect([rig.status(), existsSync(tree), (await listed()).worktrees]).toEqual([[], false, []]);
    expect((await rig.run(['status', '--task-id', 'job'])).stdout).toContain('success');
  });

  it('is refused within the repository also behind another one, and where no folder can be', async () => {
    await using rig = await rigWithCommit();
    mkdirSync(path.join(rig.workspace, 'other'));
    execFileSync('git', ['init', '-q'], { cwd: path.join(rig.workspace, 'other'), env: rig.sandbox.env });
    const file = path.join(path.dirname(rig.workspace), 'file');
    writeFileSync(file, 'mine\n');
    for (const [place, words] of [
      [path.join(rig.workspace, 'other/inside'), /lies in the repository itself/],
      [path.join(file, 'inside'), /can be no folder \(ENOTDIR\)/],
    ] as const) {
      const { code, stderr } = await rig.run(start('job', `--worktree=${place}`));
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) as string });
    }
    expect([rig.turns(), rig.git('worktree', 'list').trim().split('\n').length]).toEqual([[], 1]);
  });

  it('is told of a branch that stands in the way of its own, and begins once another is named', async () => {
    await using rig = await rigWithCommit();
    rig.git('branch', 'autoloop');
    for (const args of [START, start('job', '--branch', 'autoloop/job')]) {
      const { code, stderr } = await rig.run(args);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(
          /no branch autoloop\/job can be made: .*'refs\/heads\/autoloop' exists.*\n.*--branch/,
        ) as string,
      });
    }
    expect(rig.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/autoloop\nrefs/heads/main\n');
    expect((await rig.run([...START, '--branch', 'job'])).code).toBe(0);
    expect([existsSync(treeOf(rig)), rig.git('show', 'job:src/made.txt')]).toEqual([true, 'made\n']);
  });

  it('has the folders that a sparse checkout has, and goes without a trouble that is none', async () => {
    await using rig = await rigWithCommit();
    rig.write('far/file.txt', 'far\n');
    rig.git('add', 'far');
    rig.git('commit', '-qm', 'far');
    rig.git('sparse-checkout', 'set', 'near');
    expect((await rig.run(START)).code).toBe(0);
    expect([existsSync(path.join(treeOf(rig), 'far')), existsSync(path.join(treeOf(rig), 'base.txt'))]).toEqual([
      false,
      true,
    ]);
    expect((await rig.run(['merge', 'job'])).code).toBe(0);
    expect(rig.git('show', 'HEAD:far/file.txt')).toBe('far\n');
    const { code, stdout, stderr } = await rig.run(['worktree', 'remove', 'job']);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\[\+\] Removed the work tree of task job/) as string,
      stderr: '',
    });
    expect([rig.status(), existsSync(treeOf(rig))]).toEqual([[], false]);
  });

  it('is named beside what the checkout has where nobody knows the task that was typed', async () => {
    await using rig = await rigWithCommit();
    expect((await rig.run(START)).code).toBe(0);
    for (const name of ['jop', 'Jop']) {
      const all = [
        ['checkpoints', name],
        ['diff', name],
        ['undo', name, '--last'],
        ['status', '--task-id', name],
      ];
      for (const args of [...all, ['--resume', '--task-id', name]]) {
        const { code, stderr } = await rig.run(args);
        expect({ args, code, stderr }).toEqual({
          args,
          code: 2,
          stderr: `error: there is no task "${name}"; there is job\n`,
        });
      }
    }
    const { stdout } = await rig.run(['undo', 'job', '--last']);
    // The command that is shown means this run, whichever was the latest by then.
    expect((await rig.run(START.map((word) => (word === 'job' ? 'later' : word)))).code).toBe(0);
    const words = /^Take it back: autoloop (undo .*)$/m.exec(stdout)?.[1]?.split(' ') ?? [];
    const back = await rig.run(words);
    expect({ code: back.code, stdout: back.stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('--task-id job') as string,
    });
  });

  it('is merged into and removed beside the checkout of a submodule, from either', async () => {
    await using rig = await rigWithCommit();
    const library = path.join(rig.sandbox.root, 'library');
    rig.git('clone', '-q', rig.workspace, library);
    rig.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'lib');
    rig.git('commit', '-qm', 'with a submodule');
    const lib = path.join(rig.workspace, 'lib');
    const inLib = (...args: string[]) => execFileSync('git', args, { cwd: lib, env: rig.sandbox.env }).toString();
    inLib('config', 'user.name', 'Pat');
    inLib('config', 'user.email', 'pat@example.org');
    const tree = `${lib}.autoloop/job`;
    expect((await rig.run(START, { cwd: lib })).code).toBe(0);
    const merged = await rig.run(['merge', 'job', '--into', 'main'], { cwd: tree });
    expect({ code: merged.code, stderr: merged.stderr }).toEqual({ code: 0, stderr: '' });
    expect([inLib('show', 'main:src/made.txt'), inLib('status', '--porcelain')]).toEqual(['made\n', '']);
    expect((await rig.run(['merge', 'job'], { cwd: lib })).stdout).toContain('Nothing to merge');
    expect((await rig.run(['worktree', 'remove', 'job'], { cwd: lib })).code).toBe(0);
    expect(existsSync(tree)).toBe(false);
  });

  it('is told how to mend a repository that was moved, and goes on after that', async () => {
    await using rig = await rigWithCommit();
    expect((await rig.run(START)).code).toBe(0);
    const moved = `${rig.workspace}.moved`;
    renameSync(rig.workspace, moved);
    const resume = ['--workspace', moved, '--resume', '--task-id', 'job', '--pairs', 'plan,implement,test'];
    const refused = await rig.run(resume, { cwd: moved });
    const mend = `git worktree repair ${treeOf(rig)}`;
    expect({ code: refused.code, stderr: refused.stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(mend) as string,
    });
    execFileSync('sh', ['-c', mend], { cwd: moved, env: rig.sandbox.env, stdio: 'ignore' });
    expect((await rig.run(resume, { cwd: moved })).code).toBe(0);
    renameSync(moved, rig.workspace);
  });

  it('is a usage error in a bare repository', async () => {
    await using rig = await createRig({ git: false });
    rig.git('init', '-q', '--bare', '.');
    for (const args of [start('job', '--worktree'), ['worktree', 'list'], ['worktree', 'clean']]) {
      const { code, stderr } = await rig.run(args);
      expect({ args, code, stderr }).toEqual({
        args,
        code: 2,
        stderr: expect.stringMatching(/is inside a bare repository/) as string,
      });
    }
  });
});
