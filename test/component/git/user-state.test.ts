import { renameSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Playground, cleanUp, expectProblem, turn, watchedRunner } from './playground.ts';

cleanUp();

describe("the user's index and files stay as they are", () => {
  test('staged, edited, deleted, intended and untracked files are neither committed nor unstaged', async () => {
    const ground = Playground.withFiles();
    ground.leavePersonalState();
    const before = ground.personalView();
    await turn(await ground.open(), () => {
      ground.write('a.txt', '2\n');
      ground.remove('b.txt');
      renameSync(ground.at('d/c.txt'), ground.at('d/renamed.txt'));
    });
    expect(ground.committed()).toEqual(['a.txt', 'b.txt', 'd/c.txt', 'd/renamed.txt']);
    expect(ground.personalView()).toEqual(before);
    expect(ground.gitFiles()).toEqual([]);
  });

  test('a staged folder where HEAD has a file, and the reverse, stay staged', async () => {
    const ground = Playground.withFiles();
    for (const name of ['a.txt', 'd']) ground.remove(name);
    ground.write('a.txt/inner');
    ground.write('d', 'a file\n');
    ground.git('add', '-A');
    const before = ground.personalView();
    await turn(await ground.open(), () => ground.write('b.txt', '2\n'));
    expect(ground.committed()).toEqual(['b.txt']);
    expect(ground.personalView()).toEqual(before);
  });

  test('a file that was staged or dirty before is named and left alone when the agent edits it', async () => {
    const ground = Playground.withFiles();
    ground.leavePersonalState();
    const staged = ground.git('diff', '--cached');
    const tree = await ground.open();
    const mine = ['user1.txt', 'user2.txt', 'staged new.txt', 'untracked.txt'];
    const result = await turn(tree, () => {
      for (const name of [...mine, 'a.txt']) ground.write(name, 'by the agent\n');
    });
    expect(result.changed).toEqual([...mine, 'a.txt'].sort());
    expect(ground.committed()).toEqual(['a.txt']);
    const { leftOut } = tree.select(result.changed, result.before);
    expect(leftOut.map(({ path }) => path).sort()).toEqual([...mine].sort());
    expect(ground.git('diff', '--cached')).toBe(staged);
  });

  test('what the user stages after the last observation is not swept in', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    ground.write('a.txt', '2\n');
    await tree.observe();
    ground.write('user1.txt', 'late\n');
    ground.git('add', 'user1.txt');
    await tree.commit({ paths: ['a.txt'], subject: 's', id: '1' });
    expect(ground.committed()).toEqual(['a.txt']);
    expect(ground.git('status', '--porcelain')).toBe('M  user1.txt\n');
  });

  test('an index that is deleted after the last observation is not taken for an empty repository', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    ground.write('a.txt', '2\n');
    await tree.observe();
    ground.remove('.git/index');
    await tree.commit({ paths: ['a.txt'], subject: 's', id: '1' });
    expect(ground.committed()).toEqual(['a.txt']);
    expect(ground.git('show', 'HEAD:b.txt')).toBe('b.txt\n');
  });

  test('what the user stages while the checkpoint is being made stays staged', async () => {
    for (const moment of ['update-index', 'commit']) {
      const ground = Playground.withFiles();
      let staged = false;
      const runner = watchedRunner(async (command, run) => {
        const output = await run();
        if (command === moment && !staged) {
          staged = true;
          ground.write('user1.txt', 'late\n');
          ground.git('add', 'user1.txt');
        }
        return output;
      });
      const tree = await ground.open({ runner });
      await turn(tree, () => {
        ground.write('a.txt', '2\n');
        ground.write('new.txt');
        ground.remove('b.txt');
      });
      expect(ground.committed()).toEqual(['a.txt', 'b.txt', 'new.txt']);
      expect(ground.git('status', '--porcelain')).toBe('M  user1.txt\n');
      await turn(tree, () => ground.write('a.txt', '3\n'), 'run/2');
      expect(ground.committed()).toEqual(['a.txt']);
      expect(ground.git('status', '--porcelain')).toBe('M  user1.txt\n');
    }
  });
});

describe('somebody else commits meanwhile', () => {
  test('between the observation and the checkpoint: theirs is kept, ours goes on top', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    ground.write('a.txt', '2\n');
    await tree.observe();
    ground.write('b.txt', 'theirs\n');
    ground.git('commit', '-qm', 'theirs', '--', 'b.txt');
    await tree.commit({ paths: ['a.txt'], subject: 's', id: '1' });
    expect(ground.git('log', '--format=%s').trim()).toBe('s\ntheirs\nbase');
    expect(ground.git('reflog').trim().split('\n')).toHaveLength(3);
    expect(ground.committed()).toEqual(['a.txt']);
    expect(ground.git('status', '--porcelain')).toBe('');
  });

  test('in the very moment of the checkpoint: ours is taken back and made anew', async () => {
    const ground = Playground.withFiles();
    let raced = false;
    const runner = watchedRunner((command, run) => {
      if (command === 'commit' && !raced) {
        raced = true;
        ground.write('b.txt', 'theirs\n');
        ground.git('commit', '-qm', 'theirs', '--', 'b.txt');
      }
      return run();
    });
    await turn(await ground.open({ runner }), () => ground.write('a.txt', '2\n'));
    expect(ground.git('log', '--format=%s').trim()).toBe('autoloop: a turn\ntheirs\nbase');
    expect(ground.git('show', 'HEAD:b.txt')).toBe('theirs\n');
    expect(ground.committed()).toEqual(['a.txt']);
    expect(ground.git('status', '--porcelain')).toBe('');
  });

  test('without end: the checkpoint is given up, and nothing of theirs is lost', async () => {
    const ground = Playground.withFiles();
    let commits = 0;
    const runner = watchedRunner((command, run) => {
      if (command === 'commit') {
        ground.write('b.txt', `${(commits += 1)}\n`);
        ground.git('commit', '-qm', 'theirs', '--', 'b.txt');
      }
      return run();
    });
    const tree = await ground.open({ runner });
    ground.write('a.txt', '2\n');
    const commit = tree.commit({ paths: ['a.txt'], subject: 's', id: '1' });
    await expectProblem(commit, 'kept changing');
    expect(ground.git('rev-list', '--count', 'HEAD').trim()).toBe(String(1 + commits));
    expect(ground.git('status', '--porcelain')).toBe(' M a.txt\n');
  });
});
