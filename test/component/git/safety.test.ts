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

  test('of an earlier start tells which of its files are something else now, and what of them there was', async () => {
    const ground = Playground.withFiles();
    for (const name of ['a.txt', 'b.txt', 'committed.txt']) ground.write(name, 'mine\n');
    ground.write('staged.txt', 'staged\n');
    ground.git('add', 'staged.txt');
    for (const name of ['staged.txt', 'd/c.txt']) ground.remove(name);
    await (await ground.open()).snapshot('run-1');
    for (const name of ['b.txt', 'staged.txt', 'd/c.txt']) ground.write(name, 'of the agent\n');
    ground.git('add', 'committed.txt');
    ground.git('commit', '-qm', 'as it was', '--', 'committed.txt');
    const tree = await ground.open();
    const found = await tree.changedSince('refs/autoloop/safety/run-1');
    expect([...(found?.paths ?? [])].sort()).toEqual(['b.txt', 'd/c.txt', 'staged.txt']);
    expect([...(found?.staged ?? [])]).toEqual(['staged.txt']);
    expect([...(found?.gone ?? [])].sort()).toEqual(['d/c.txt', 'staged.txt']);
    expect(await tree.changedSince('refs/autoloop/safety/run-2')).toBeNull();
  });

  test('of a repository without commits has an empty commit as its first parent, so that the second one is the index', async () => {
    const ground = Playground.repository();
    ground.write('a.txt', 'staged\n');
    ground.git('add', 'a.txt');
    ground.write('a.txt', 'mine\n');
    const { ref = '' } = (await (await ground.open()).snapshot('run-1')) ?? {};
    expect(ground.git('show', `${ref}:a.txt`)).toBe('mine\n');
    expect(ground.git('show', `${ref}^2:a.txt`)).toBe('staged\n');
    expect(ground.git('ls-tree', `${ref}^1`)).toBe('');
    expect(ground.git('fsck', '--no-dangling')).not.toMatch(/error|missing|broken/);
  });

  test('holds edits of files that git was told to overlook; the marks and the index stay', async () => {
    const ground = Playground.withFiles();
    ground.git('update-index', '--assume-unchanged', 'a.txt', 'b.txt', 'd/c.txt');
    ground.git('update-index', '--skip-worktree', 'b.txt', 'd/e.txt', 'user1.txt');
    for (const name of ['a.txt', 'b.txt', 'user1.txt']) ground.write(name, `my ${name}\n`);
    ground.remove('d/e.txt'); // As a sparse checkout leaves it.
    const marks = ground.git('ls-files', '-v');
    const bytes = readFileSync(ground.at('.git/index'));
    const snapshot = await (await ground.open()).snapshot('run-1');
    expect(snapshot?.paths).toEqual(['a.txt', 'b.txt', 'user1.txt']);
    for (const name of snapshot?.paths ?? [])
      expect(ground.git('show', `${snapshot?.ref ?? ''}:${name}`)).toBe(`my ${name}\n`);
    expect(ground.git('show', `${snapshot?.ref ?? ''}:d/e.txt`)).toBe('d/e.txt\n');
    expect(ground.git('ls-files', '-v')).toBe(marks);
    expect(readFileSync(ground.at('.git/index')).equals(bytes)).toBe(true);
    expect(ground.gitFiles()).toEqual([]);
  });

  test('is not made where files that git was told to overlook are as they were', async () => {
    const ground = Playground.withFiles();
    ground.git('update-index', '--assume-unchanged', 'a.txt');
    expect(await (await ground.open()).snapshot('run-1')).toBeNull();
    expect(ground.gitFiles()).toEqual([]);
  });

  test('has in a third parent, to the byte, what git converts', async () => {
    const ground = Playground.withFiles();
    const attributes = [
      '*.lf text',
      '*.crlf text eol=crlf',
      '*.strip filter=strip',
      '*.id ident',
      '*.auto text=auto',
      '*.bin -text',
    ];
    ground.write('.gitattributes', `${attributes.join('\n')}\n`);
    ground.git('config', 'filter.strip.clean', 'sed /secret/d');
    ground.commitAll('attributes');
    const contents = {
      'both.lf': 'one\r\ntwo\n',
      'odd "\n\xff.crlf': 'one\r\n',
      'notes.strip': 'a secret\nb\n',
      'key.id': '$Id: mine $\n',
      'plain.auto': 'as it is\n',
      'plain.bin': 'as\r\nit is\n',
    };
    for (const [name, content] of Object.entries(contents)) ground.write(name, content);
    ground.write('run.strip', '#!/bin/sh\n# secret\n', 0o755);
    const snapshot = await (await ground.open()).snapshot('run-1');
    expect([...(snapshot?.exact ?? [])].sort()).toEqual([
      'both.lf',
      'key.id',
      'notes.strip',
      'odd "\n\xff.crlf',
      'run.strip',
    ]);
    const { ref = '' } = snapshot ?? {};
    for (const [name, content] of Object.entries(contents)) {
      if (!name.startsWith('odd')) expect(ground.git('show', `${ref}^3:${name}`)).toBe(content);
    }
    expect(ground.git('ls-tree', '-z', `${ref}^3`)).toContain('\todd "\n\xff.crlf\0');
    expect(ground.git('ls-tree', `${ref}^3`, 'run.strip')).toMatch(/^100755 /);
    expect(ground.git('show', `${ref}:notes.strip`)).toBe('b\n');
  });

  test('has to the byte what a setting for all files converts', async () => {
    const ground = Playground.withFiles();
    ground.git('config', 'core.autocrlf', 'true');
    ground.write('a.txt', 'mine\r\n');
    const { ref = '' } = (await (await ground.open()).snapshot('run-1')) ?? {};
    expect(ground.git('show', `${ref}^3:a.txt`)).toBe('mine\r\n');
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
