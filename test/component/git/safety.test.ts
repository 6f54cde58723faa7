import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Playground, cleanUp, expectProblem, watchedRunner } from './playground.ts';

cleanUp();

describe('a safety snapshot', () => {
  test('holds dirty, staged and untracked files, and the index as its second parent; the index stays byte for byte', async () => {
    const ground = Playground.withFiles();
    ground.leavePersonalState();
    ground.write('umlaut \xc3\xbc\n.txt', 'odd name\n');
    const index = ground.at('.git/index');
    const view = ground.personalView();
    const bytes = readFileSync(index);
    const tree = await ground.open();
    const snapshot = await tree.snapshot('run-1');
    expect(readFileSync(index).equals(bytes)).toBe(true);
    expect(snapshot?.ref).toBe('refs/autoloop/safety/run-1');
    const show = (spec: string) => ground.git('show', `refs/autoloop/safety/run-1${spec}`);
    expect(show(':user1.txt')).toBe('staged, then edited\n');
    expect(show('^2:user1.txt')).toBe('staged\n');
    expect(show(':user2.txt')).toBe('edited\n');
    expect(show(':untracked.txt')).toBe('x\n');
    expect(ground.git('ls-tree', '-z', '--name-only', 'refs/autoloop/safety/run-1')).toContain(
      'umlaut \xc3\xbc\n.txt\0',
    );
    expect(show('^2:staged new.txt')).toBe('new\n');
    expect(ground.git('rev-parse', 'refs/autoloop/safety/run-1^1').trim()).toBe(ground.head());
    expect(ground.personalView()).toEqual(view);
    expect(ground.gitFiles()).toEqual([]);
  });

  test('is not made when nothing is dirty but the state of the program', async () => {
    const ground = Playground.withFiles();
    ground.write('.autoloop/tasks/t/request.md');
    expect(await (await ground.open()).snapshot('run-1')).toBeNull();
    expect(ground.git('for-each-ref', 'refs/autoloop')).toBe('');
  });

  test('is taken of what there is where somebody writes the index meanwhile, and refused where that does not end', async () => {
    for (const [times, isKept] of [
      [2, true],
      [Infinity, false],
    ] as const) {
      const ground = Playground.withFiles();
      let left = times;
      const runner = watchedRunner(async (command, run) => {
        const output = await run();
        if (command === 'status' && left-- > 0) {
          ground.write('a.txt', `mine ${left}\n`);
          ground.git('add', 'a.txt');
        }
        return output;
      });
      ground.write('a.txt', 'mine\n');
      const made = (await ground.open({ runner })).snapshot('run-1');
      if (!isKept) return expectProblem(made, /the index is written again and again/, 'unsettled');
      expect((await made)?.ref).toBe('refs/autoloop/safety/run-1');
      expect(ground.git('show', 'refs/autoloop/safety/run-1:a.txt')).toBe('mine 0\n');
    }
  });

  test('of a later start stands beside the first one, survives gc, and goes when it is dropped', async () => {
    const ground = Playground.withFiles();
    ground.write('a.txt', 'mine\n');
    const tree = await ground.open();
    await tree.snapshot('run-1');
    ground.write('a.txt', 'of the agent\n');
    await tree.observe();
    const second = await tree.snapshot('run-1');
    expect(second?.ref).toBe('refs/autoloop/safety/run-1.2');
    ground.git('gc', '-q', '--prune=now');
    expect(ground.git('show', 'refs/autoloop/safety/run-1:a.txt')).toBe('mine\n');
    if (second !== null) await tree.dropSnapshot(second);
    expect(ground.git('for-each-ref', '--format=%(refname)', 'refs/autoloop')).toBe('refs/autoloop/safety/run-1\n');
  });

  test('tells which files the last commit holds otherwise', async () => {
    const ground = Playground.withFiles();
    for (const name of ['a.txt', 'b.txt']) ground.write(name, 'mine\n');
    const tree = await ground.open();
    const snapshot = await tree.snapshot('run-1');
    ground.write('b.txt', 'of the agent\n');
    ground.git('commit', '-qam', 'both');
    expect([...(snapshot === null ? [] : await tree.differsFromHead(snapshot))]).toEqual(['b.txt']);
  });

  test('of a repository without commits has the index as its only parent', async () => {
    const ground = Playground.repository();
    ground.write('a.txt', 'mine\n');
    const snapshot = await (await ground.open()).snapshot('run-1');
    expect(ground.git('show', `${snapshot?.ref ?? ''}:a.txt`)).toBe('mine\n');
  });

  test('leaves out and names what is over 50 MB', async () => {
    const ground = Playground.withFiles();
    writeFileSync(ground.at('large.bin'), '');
    truncateSync(ground.at('large.bin'), 51 * 1024 * 1024);
    ground.write('small.txt');
    const snapshot = await (await ground.open()).snapshot('run-1');
    expect(snapshot?.leftOut).toEqual([{ path: 'large.bin', why: 'over 50 MB' }]);
    expect(snapshot?.paths).toEqual(['small.txt']);
  });
});

describe('commits that an agent throws away', () => {
  test('are kept reachable when HEAD has them no more', async () => {
    const ground = Playground.withFiles();
    ground.write('a.txt', 'precious\n');
    ground.commitAll('precious');
    const head = ground.head();
    const tree = await ground.open();
    expect(await tree.keepDropped(head, { elsewhere: false })).toBeNull();
    ground.git('reset', '-q', '--hard', 'HEAD~1');
    expect(await tree.keepDropped(head, { elsewhere: false })).toEqual({ ref: `refs/autoloop/kept/${head}` });
    ground.git('reflog', 'expire', '--expire=now', '--all');
    ground.git('gc', '-q', '--prune=now');
    expect(ground.git('show', `${head}:a.txt`)).toBe('precious\n');
  });

  test('are not kept when a switch left them on a branch, and are told of when they are gone', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    ground.git('checkout', '-q', '--orphan', 'other');
    ground.git('commit', '-q', '-m', 'unrelated');
    expect(await tree.keepDropped(ground.git('rev-parse', 'main').trim(), { elsewhere: true })).toBeNull();
    expect(await tree.keepDropped('1'.repeat(40), { elsewhere: false })).toBe('gone');
  });
});
