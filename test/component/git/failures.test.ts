import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Playground, cleanUp, expectProblem, turn, watchedRunner } from './playground.ts';

cleanUp();

const CHECKPOINT = { paths: ['a.txt'], subject: 'autoloop: s', id: 'run/1' };

describe('an operation in progress', () => {
  /** A conflict in a.txt between `main` and `other`. */
  function withConflict(): Playground {
    const ground = Playground.withFiles();
    ground.git('checkout', '-qb', 'other');
    ground.write('a.txt', 'theirs\n');
    ground.git('commit', '-qam', 'theirs');
    ground.git('checkout', '-q', 'main');
    for (const content of ['ours\n', 'ours again\n']) {
      ground.write('a.txt', content);
      ground.git('commit', '-qam', content.trim());
    }
    return ground;
  }

  test.each<[string, (ground: Playground) => void]>([
    ['merge', (ground) => ground.try('merge', 'other')],
    ['rebase', (ground) => ground.try('rebase', 'other')],
    ['cherry-pick', (ground) => ground.try('cherry-pick', 'other')],
    ['revert', (ground) => ground.try('revert', '--no-edit', 'HEAD~1')],
    ['bisect', (ground) => ground.try('bisect', 'start')],
    [
      'am',
      (ground) => {
        const header = 'From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\nFrom: a <a@b>\n';
        const diff = 'diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-nope\n+x\n';
        ground.write('.git/patch', `${header}Date: Mon, 1 Jan 2024 00:00:00 +0000\nSubject: x\n\n---\n${diff}`);
        ground.try('am', '.git/patch');
      },
    ],
    [
      'unmerged paths',
      (ground) => {
        ground.write('a.txt', 'stashed\n');
        ground.git('stash', '-q');
        ground.write('a.txt', 'other\n');
        ground.git('commit', '-qam', 'other');
        ground.try('stash', 'pop');
      },
    ],
  ])('%s is named, without a process, and no checkpoint is made', async (name, begin) => {
    const ground = withConflict();
    const runner = watchedRunner((_command, run) => run());
    const tree = await ground.open({ runner });
    expect(tree.operationInProgress()).toBeNull();
    begin(ground);
    const [head, index] = [ground.head(), ground.git('ls-files', '--stage')];
    await tree.observe();
    const processes = runner.count;
    expect(tree.operationInProgress()).toBe(name);
    expect(runner.count).toBe(processes);
    ground.write('b.txt', '2\n');
    const commit = tree.commit({ ...CHECKPOINT, paths: ['b.txt'] });
    await expectProblem(commit, name, 'unsettled');
    expect([ground.head(), ground.git('ls-files', '--stage')]).toEqual([head, index]);
  });

  test('a series of picks is in progress between two of them', async () => {
    const ground = withConflict();
    ground.git('checkout', '-qb', 'series', 'HEAD~2');
    ground.try('cherry-pick', 'other', 'main~1', 'main');
    ground.write('a.txt', 'resolved\n');
    ground.git('commit', '-qam', 'resolved by hand');
    expect((await ground.open()).operationInProgress()).toBe('cherry-pick');
  });
});

describe('locks', () => {
  test('an index lock that stays is named, and nothing is committed', async () => {
    const ground = Playground.withFiles();
    ground.leavePersonalState();
    const head = ground.head();
    const before = ground.personalView();
    ground.write('a.txt', '2\n');
    ground.write('.git/index.lock', '');
    const tree = await ground.open({ lockWaitMs: 40 });
    await expectProblem(tree.commit(CHECKPOINT), `${ground.dir}/.git/index.lock`);
    expect(ground.head()).toBe(head);
    ground.remove('.git/index.lock');
    expect((await tree.commit(CHECKPOINT)).commit).toBe(ground.head());
    expect(ground.committed()).toEqual(['a.txt']);
    expect(ground.personalView()).toEqual(before);
  });

  test.runIf(process.platform === 'linux')('who holds the index lock is said, or that nobody does', async () => {
    const ground = Playground.withFiles();
    ground.write('a.txt', '2\n');
    ground.write('.git/index.lock', '');
    const tree = await ground.open({ lockWaitMs: 0 });
    await expectProblem(tree.commit(CHECKPOINT), 'no git command is at work here');
    const other = spawn('git', ['cat-file', '--batch'], { cwd: ground.dir, stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      // Once it has answered, it is what it will be.
      other.stdin.write('HEAD\n');
      await once(other.stdout, 'data');
      await expectProblem(tree.commit(CHECKPOINT), `git cat-file (pid ${String(other.pid)})`);
    } finally {
      other.kill();
      await once(other, 'close');
    }
  });

  test('an index lock that goes away is waited for', async () => {
    const ground = Playground.withFiles();
    ground.write('a.txt', '2\n');
    ground.write('.git/index.lock', '');
    const tree = await ground.open({ lockWaitMs: 60_000 });
    await tree.observe();
    const commit = tree.commit(CHECKPOINT);
    ground.remove('.git/index.lock');
    expect((await commit).commit).toBe(ground.head());
  });

  test('a lock that appears after the commit leaves an index that the next start mends', async () => {
    const ground = Playground.withFiles();
    const head = ground.head();
    const runner = watchedRunner(async (command, run) => {
      const output = await run();
      if (command === 'commit') ground.write('.git/index.lock', '');
      return output;
    });
    ground.write('a.txt', '2\n');
    const commit = (await ground.open({ runner, lockWaitMs: 40 })).commit(CHECKPOINT);
    await expectProblem(commit, /^The checkpoint \w{10} is made, and the index could not follow it: .*index\.lock/);
    ground.remove('.git/index.lock');
    expect(await (await ground.open()).find(CHECKPOINT.id, head)).toBe(ground.head());
    expect(ground.git('status', '--porcelain')).toBe('');
  });

  test('what fails after the commit leaves an index that belongs to it', async () => {
    const ground = Playground.withFiles();
    ground.write('.git/COMMIT_EDITMSG', 'half-written\n');
    const runner = watchedRunner(async (command, run) => {
      const output = await run();
      if (command !== 'commit') return output;
      ground.remove('.git/COMMIT_EDITMSG');
      ground.write('.git/COMMIT_EDITMSG/in the way');
      return output;
    });
    ground.write('a.txt', '2\n');
    await expect((await ground.open({ runner })).commit(CHECKPOINT)).rejects.toThrow(/COMMIT_EDITMSG/);
    expect(ground.git('show', 'HEAD:a.txt')).toBe('2\n');
    expect(ground.git('status', '--porcelain')).toBe('');
    await ground.open(); // With the folder still there.
    ground.remove('.git/COMMIT_EDITMSG');
    await ground.open();
    expect(ground.read('.git/COMMIT_EDITMSG')).toBe('half-written\n');
    expect(ground.gitFiles()).toEqual([]);
  });

  test('a locked branch is named with what to do, and the index is as it was', async () => {
    const ground = Playground.withFiles();
    ground.write('a.txt', '2\n');
    ground.write('.git/refs/heads/main.lock', '');
    const tree = await ground.open();
    const commit = tree.commit(CHECKPOINT);
    await expectProblem(commit, /^The lock .*refs\/heads\/main\.lock.* is in the way/);
    expect(ground.git('status', '--porcelain')).toBe(' M a.txt\n');
    expect(ground.gitFiles()).toEqual([]);
  });
});

describe('a failing git', () => {
  test.each(['status', 'update-index', 'commit'])(
    '%s: a Problem with the command and its words on one line',
    async (name) => {
      const ground = Playground.withFiles();
      const words = Buffer.from('fatal: the disk\x1b[31m is on fire\nfatal: really\n');
      const runner = watchedRunner((command, run) =>
        command === name ? Promise.resolve({ code: 128, out: Buffer.alloc(0), err: words }) : run(),
      );
      const tree = await ground.open({ runner });
      ground.write('a.txt', '2\n');
      await expect(tree.commit(CHECKPOINT)).rejects.toMatchObject({
        kind: 'git',
        hint: `Mend the repository at ${ground.dir}, then resume the run: nothing is lost.`,
        message: `git ${name} failed with exit code 128: fatal: the disk [31m is on fire; fatal: really`,
      });
      expect(ground.git('status', '--porcelain')).toBe(' M a.txt\n');
      expect(ground.gitFiles()).toEqual([]);
    },
  );

  test.each(['status', 'update-index', 'commit'])(
    '%s ended by a signal before it did anything is repeated',
    async (name) => {
      const ground = Playground.withFiles();
      let killed = false;
      const runner = watchedRunner((command, run) => {
        if (command !== name || killed) return run();
        killed = true;
        return Promise.resolve({ code: 'killed', out: Buffer.alloc(0), err: Buffer.alloc(0) });
      });
      await turn(await ground.open({ runner }), () => ground.write('a.txt', '2\n'));
      expect(killed).toBe(true);
      expect(ground.committed()).toEqual(['a.txt']);
      expect(ground.git('rev-list', '--count', 'HEAD').trim()).toBe('2');
    },
  );

  test('a commit that was made although a signal ended git is found and not made twice', async () => {
    const ground = Playground.withFiles();
    const runner = watchedRunner(async (command, run) => {
      const output = await run();
      return command === 'commit' ? { ...output, code: 'killed' } : output;
    });
    const { commit } = await turn(await ground.open({ runner }), () => ground.write('a.txt', '2\n'));
    expect(commit).toBe(ground.head());
    expect(ground.git('rev-list', '--count', 'HEAD').trim()).toBe('2');
    expect(ground.git('status', '--porcelain')).toBe('');
  });
});
