import { chmodSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Playground, cleanUp, turn, watchedRunner } from './playground.ts';

cleanUp();

describe('an observation', () => {
  test('tells mode and content of what differs from HEAD, and nothing of what is clean or ignored', async () => {
    const ground = Playground.withFiles();
    ground.write('a.txt', 'abc');
    ground.write('run.sh', 'abc', 0o755);
    ground.write('x.ign');
    ground.link('link', 'abc');
    ground.remove('b.txt');
    const observation = await (await ground.open()).observe();
    const sha1 = 'a9993e364706816aba3e25717850c26c9cd0d89d';
    expect(observation).toEqual({
      head: ground.head(),
      branch: 'main',
      dirty: new Map([
        ['a.txt', `100644 ${sha1}`],
        ['b.txt', 'gone'],
        ['link', `120000 ${sha1}`],
        ['run.sh', `100755 ${sha1}`],
      ]),
    });
  });

  test('is taken with one process', async () => {
    const ground = Playground.withFiles();
    ground.leavePersonalState();
    const runner = watchedRunner((_command, run) => run());
    const tree = await ground.open({ runner });
    runner.commands.length = 0;
    await tree.changes(await tree.observe(), await tree.observe());
    expect(runner.commands).toEqual(['status', 'status']);
  });

  test('sees an edit of the same size and with the old time, and not a mere touch', async () => {
    const ground = Playground.withFiles();
    ground.write('mine', 'one\n');
    ground.write('touched', 'one\n');
    const tree = await ground.open();
    const before = await tree.observe();
    const { atime, mtime } = statSync(ground.at('mine'));
    ground.write('mine', 'two\n');
    utimesSync(ground.at('mine'), atime, mtime);
    utimesSync(ground.at('touched'), 1, 1);
    expect((await tree.changes(before, await tree.observe())).paths).toEqual(['mine']);
  });

  test('is the same for another process, which has remembered nothing', async () => {
    const ground = Playground.withFiles();
    ground.leavePersonalState();
    const first = await (await ground.open()).observe();
    const tree = await ground.open();
    const restored = tree.decode(JSON.parse(JSON.stringify(tree.encode(first))));
    expect(restored).toEqual(first);
    expect((await tree.changes(first, await tree.observe())).paths).toEqual([]);
  });

  test('does not read files beyond its budget, and keeps the form of their fingerprints', async () => {
    const ground = Playground.withFiles();
    for (const name of ['large', 'larger']) ground.write(name, '');
    truncateSync(ground.at('large'), 60 * 1024 * 1024);
    truncateSync(ground.at('larger'), 70 * 1024 * 1024);
    ground.write('small');
    const tree = await ground.open();
    const before = await tree.observe();
    expect(before.dirty.get('small')).toMatch(/^100644 [0-9a-f]{40}$/);
    expect(before.dirty.get('large')).toMatch(/^100644 [0-9a-f]{40}$/);
    expect(before.dirty.get('larger')).toMatch(/^100644 @/);
    // A newcomer that uses up the budget does not make the others look changed.
    ground.write('another', Buffer.alloc(5 * 1024 * 1024));
    expect((await tree.changes(before, await tree.observe())).paths).toEqual(['another']);
    truncateSync(ground.at('larger'), 71 * 1024 * 1024);
    expect((await tree.changes(before, await tree.observe())).paths).toEqual(['another', 'larger']);
  });

  test('derived after a checkpoint is what git would tell', async () => {
    const ground = Playground.withFiles();
    ground.leavePersonalState();
    const tree = await ground.open();
    const { after, taken, commit } = await turn(tree, () => ground.write('a.txt', '2\n'));
    expect(tree.afterCommit(after, taken, commit!)).toEqual(await tree.observe());
  });
});

describe('what an agent did to the repository itself', () => {
  test('its own commits are part of what changed, also when they took files of the user', async () => {
    const ground = Playground.withFiles();
    ground.write('user1.txt', 'edited\n');
    ground.write('notes.txt');
    const tree = await ground.open();
    const { before, after, changed, commit } = await turn(tree, () => {
      ground.write('d/e.txt', '2\n');
      ground.git('commit', '-qam', 'by the agent');
      ground.write('a.txt', '2\n');
    });
    expect(changed).toEqual(['a.txt', 'd/e.txt', 'user1.txt']);
    expect(await tree.changes(before, after)).toMatchObject({ headMoved: true, branchSwitch: null, vanished: [] });
    expect(ground.committed()).toEqual(['a.txt']);
    expect(commit).toBe(ground.head());
  });

  test('the first commit of a repository and an orphan branch are compared as well', async () => {
    const ground = Playground.repository();
    const tree = await ground.open();
    const before = await tree.observe();
    ground.write('first');
    ground.commitAll('by the agent');
    const after = await tree.observe();
    expect(await tree.changes(before, after)).toMatchObject({ paths: ['first'], headMoved: true });
    expect(await tree.changes(after, before)).toMatchObject({ paths: ['first'], headMoved: true });
  });

  test('a switch of branch is told with both names', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    const before = await tree.observe();
    ground.git('checkout', '-qb', 'other');
    const { branchSwitch } = await tree.changes(before, await tree.observe());
    expect(branchSwitch).toEqual({ from: 'main', to: 'other' });
    ground.git('checkout', '-q', '--detach');
    expect((await tree.changes(before, await tree.observe())).branchSwitch).toEqual({
      from: 'main',
      to: null,
    });
  });

  test.each([
    ['reset --hard', ['user1.txt', 'user2.txt']],
    ['clean -fdx', ['untracked.txt']],
    ['stash --include-untracked', ['untracked.txt', 'user1.txt', 'user2.txt']],
  ])('git %s makes changes of the user vanish, and they are named', async (command, vanished) => {
    const ground = Playground.withFiles();
    ground.write('user1.txt', 'edited\n');
    ground.remove('user2.txt');
    ground.write('untracked.txt');
    const tree = await ground.open();
    const before = await tree.observe();
    ground.git(...command.split(' '));
    const changes = await tree.changes(before, await tree.observe());
    expect(changes).toEqual({ paths: vanished, headMoved: false, branchSwitch: null, vanished });
  });
});

describe('what a checkpoint leaves out', () => {
  test('new dependency folders are named once each, at the cost of one process in the run', async () => {
    const ground = Playground.withFiles();
    ground.write('vendored/node_modules/kept/index.js');
    ground.commitAll('vendored');
    const runner = watchedRunner((_command, run) => run());
    const tree = await ground.open({ runner });
    const { before, changed } = await turn(tree, () => {
      for (let n = 0; n < 50; n++) ground.write(`app/node_modules/m${n}/node_modules/index.js`);
      ground.write('app/.venv/bin/python');
      ground.write('vendored/node_modules/kept/index.js', 'changed\n');
      ground.write('vendored/node_modules/added/index.js');
      ground.write('app/main.js');
    });
    expect(ground.committed()).toEqual([
      'app/main.js',
      'vendored/node_modules/added/index.js',
      'vendored/node_modules/kept/index.js',
    ]);
    expect(tree.select(changed, before).leftOut).toEqual([
      { path: 'app/.venv/', why: 'new dependency or cache folder' },
      { path: 'app/node_modules/', why: 'new dependency or cache folder' },
    ]);
    await turn(tree, () => ground.write('app/node_modules/late/index.js'), 'run/2');
    expect(runner.commands.filter((command) => command === 'ls-tree')).toHaveLength(1);
  });

  test('secrets and large files stay out, also tracked ones; their deletion does not', async () => {
    const ground = Playground.withFiles();
    for (const name of ['.env', '.env.test', 'old.pem']) ground.write(name);
    ground.commitAll('with secrets');
    const tree = await ground.open();
    const { before, changed } = await turn(tree, () => {
      ground.write('.env', 'TOKEN=1\n');
      ground.write('.env.example');
      ground.remove('old.pem');
      ground.write('large', '');
      truncateSync(ground.at('large'), 50 * 1024 * 1024 + 1);
    });
    expect(ground.committed()).toEqual(['.env.example', 'old.pem']);
    expect(tree.select(changed, before).leftOut.map(({ path }) => path)).toEqual(['.env', 'large']);
  });

  test('the setting lifts the rules, and not the one for files of the user', async () => {
    const ground = Playground.withFiles();
    ground.write('mine');
    const tree = await ground.open({ commitEverything: true, sub: 'd' });
    await turn(tree, () => {
      for (const name of ['mine', '.env', 'venv/x', 'd/id_rsa']) ground.write(name, 'by the agent\n');
      chmodSync(ground.at('a.txt'), 0o755);
    });
    expect(ground.committed()).toEqual(['.env', 'a.txt', 'd/id_rsa', 'venv/x']);
  });
});

test('names are shown without anything that a terminal would obey', async () => {
  const tree = await Playground.withFiles().open();
  expect(tree.show('a\x1b[2J\n\xff')).toBe('"a\\033[2J\\n\\377"');
});
