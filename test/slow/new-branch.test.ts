import { describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';

const start = (...more: string[]) => ['--intent', 'x', '--task-id', 'job', '--pairs', 'plan', ...more];

describe('--branch without --worktree', () => {
  it('makes the branch, checks it out and works there: the branch before has nothing of it', async () => {
    await using rig = await createRig();
    rig.write('untracked.txt', 'mine\n');
    const before = rig.git('rev-parse', 'main');
    const { code, stdout } = await rig.run(start('--branch', 'feature/job'));
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/new branch feature\/job, from main/) as string,
    });
    expect(rig.git('symbolic-ref', 'HEAD').trim()).toBe('refs/heads/feature/job');
    expect(rig.git('rev-parse', 'main')).toBe(before);
    expect(Number(rig.git('rev-list', '--count', 'main..HEAD'))).toBeGreaterThan(0);
    expect(rig.read('untracked.txt')).toBe('mine\n');
    expect(rig.git('status', '--porcelain', 'untracked.txt')).toBe('?? untracked.txt\n');
  });

  it('goes on where it was made by a start that was broken off, whatever was edited since then', async () => {
    await using rig = await createRig({ files: { 'src/app.txt': 'as it was\n' } });
    rig.git('switch', '-qc', 'job');
    rig.write('src/app.txt', 'edited\n');
    const { code, stdout } = await rig.run(start('--branch', 'job'));
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('On the branch job already') as string,
    });
    expect(rig.git('symbolic-ref', 'HEAD').trim()).toBe('refs/heads/job');
    expect(rig.read('src/app.txt')).toBe('edited\n');
  });

  it('refuses what cannot be before anything has changed, and says what can', async () => {
    await using rig = await createRig();
    rig.git('branch', 'taken');
    const refusals: [readonly string[], RegExp][] = [
      [start('--branch', 'taken'), /the branch taken exists already.*\n.*git switch taken/],
      [start('--branch', 'a..b'), /"a\.\.b" is no name/],
      [start('--branch', 'b', '--no-git'), /--no-git excludes it/],
      [['--resume', '--branch', 'b'], /--resume goes on where its run is/],
    ];
    const refused = async () => {
      for (const [args, words] of refusals) {
        const { code, stderr } = await rig.run(args);
        expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) as string });
      }
    };
    await refused();
    rig.write('src/app.txt', 'edited\n');
    rig.git('add', '-A');
    refusals.splice(0, refusals.length, [start('--branch', 'b'), /src\/app\.txt.*\n.*Commit or stash/]);
    await refused();
    rig.git('commit', '-qm', 'An app');
    rig.write('src/app.txt', 'edited again\n');
    await refused();
    expect(rig.git('branch', '--list').trim().split('\n')).toEqual(['* main', '  taken']);
    expect(rig.turns()).toEqual([]);
  });
});
