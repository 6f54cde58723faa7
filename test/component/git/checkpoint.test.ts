import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Playground, cleanUp, root, turn, watchedRunner, expectProblem } from './playground.ts';

cleanUp();

describe('a checkpoint takes what the agent changed and nothing else', () => {
  test('new, modified, deleted and renamed files are committed; ignored ones are not', async () => {
    const ground = Playground.withFiles();
    const result = await turn(await ground.open(), () => {
      ground.write('a.txt', 'changed\n');
      ground.remove('b.txt');
      ground.write('new.txt');
      ground.write('x.ign');
      ground.write('ignored/file');
      renameSync(ground.at('d/c.txt'), ground.at('d/renamed.txt'));
    });
    expect(result.changed).toEqual(['a.txt', 'b.txt', 'd/c.txt', 'd/renamed.txt', 'new.txt']);
    expect(ground.committed()).toEqual(result.changed);
    expect(result.commit).toBe(ground.head());
    expect(ground.git('status', '--porcelain')).toBe('');
    expect(ground.git('fsck', '--no-dangling')).toBe('');
  });

  test('the message is the subject, verbatim, with the id and further trailers in a last paragraph', async () => {
    const ground = Playground.withFiles();
    ground.git('config', 'i18n.commitEncoding', 'latin1');
    const tree = await ground.open();
    ground.write('a.txt', 'changed\n');
    await tree.commit({
      paths: ['a.txt'],
      subject: '# autoloop:  é',
      id: 'r/1',
      trailers: ['Autoloop-Recovered: plan'],
    });
    const [header, ...message] = Buffer.from(ground.git('cat-file', '-p', 'HEAD'), 'latin1')
      .toString()
      .split('\n\n');
    expect(header).not.toContain('encoding');
    expect(message.join('\n\n')).toBe('# autoloop:  é\n\nAutoloop-Checkpoint: r/1\nAutoloop-Recovered: plan\n');
    expect(ground.git('log', '-1', '--format=%(trailers:key=Autoloop-Recovered,valueonly)').trim()).toBe('plan');
  });

  test('paths that changed or appeared after the observation are taken as they are now', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    ground.write('a.txt', 'seen\n');
    ground.write('gone.txt');
    await tree.observe();
    ground.write('a.txt', 'later\n');
    ground.write('.autoloop/tasks/t/task.json', '{}\n');
    ground.remove('gone.txt');
    ground.remove('b.txt');
    const paths = ['a.txt', 'b.txt', 'gone.txt', 'never there.txt', '.autoloop/tasks/t/task.json'];
    await tree.commit({ paths, subject: 's', id: '1' });
    expect(ground.committed()).toEqual(['.autoloop/tasks/t/task.json', 'a.txt', 'b.txt']);
    expect(ground.git('show', 'HEAD:a.txt')).toBe('later\n');
  });

  test('state that belongs to this machine is never committed, also when it is asked for', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    const machine = ['.autoloop/lock', '.autoloop/tasks/t/x.json.tmp', '.autoloop/tasks/t/runs/r/turns/1.log'];
    const paths = [...machine, '.autoloop/tasks/t/runs/r/diagnostics.log', '.autoloop/tasks/t/runs/r/run.json'];
    for (const name of paths) ground.write(name);
    await tree.commit({ paths, subject: 's', id: '1' });
    expect(ground.committed()).toEqual(['.autoloop/tasks/t/runs/r/run.json']);
  });

  test('an empty change makes no commit', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    const head = ground.head();
    expect((await tree.commit({ paths: [], subject: 's', id: '1' })).commit).toBeNull();
    expect((await tree.commit({ paths: ['a.txt', 'no such file'], subject: 's', id: '2' })).commit).toBeNull();
    expect(ground.head()).toBe(head);
    const unborn = Playground.repository();
    expect((await (await unborn.open()).commit({ paths: ['x'], subject: 's', id: '1' })).commit).toBeNull();
  });

  test('files become folders and links, folders become files, and modes change', async () => {
    const ground = Playground.withFiles();
    for (const name of ['dir/x/1', 'dir/x/2', 'file', 'z/k/1', 'keep', 'target/1']) ground.write(name);
    ground.link('link', 'keep');
    ground.commitAll('more');
    ground.leavePersonalState();
    const before = ground.personalView();
    const tree = await ground.open();
    const { skipped } = await turn(tree, () => {
      for (const name of ['dir', 'file', 'z', 'link', 'keep']) ground.remove(name);
      ground.write('dir', 'now a file\n');
      ground.write('file/in/side');
      ground.link('z', 'target');
      ground.write('target/k/1');
      ground.write('link', 'now a file\n');
      ground.link('keep', '/nonexistent/\xff');
      chmodSync(ground.at('a.txt'), 0o755);
    });
    expect(skipped).toEqual([]);
    const names = [
      'a.txt',
      'dir',
      'dir/x/1',
      'dir/x/2',
      'file',
      'file/in/side',
      'keep',
      'link',
      'target/k/1',
      'z',
      'z/k/1',
    ];
    expect(ground.committed()).toEqual(names);
    const modes = ['a.txt', 'dir', 'keep', 'link', 'z'].map((name) => ground.git('ls-tree', 'HEAD', name).slice(0, 6));
    expect(modes).toEqual(['100755', '100644', '120000', '100644', '120000']);
    expect(ground.personalView()).toEqual(before);
  });

  test('what git cannot take is left in the work tree and reported; the rest is committed', async () => {
    const ground = Playground.withFiles();
    ground.git('config', 'filter.broken.clean', 'false');
    ground.git('config', 'filter.broken.required', 'true');
    ground.write('.gitattributes', '*.brk filter=broken\n');
    ground.commitAll('attributes');
    const odd = 'odd\x01\xff\n.brk';
    const result = await turn(await ground.open(), () => {
      ground.remove('a.txt');
      spawnSync('mkfifo', [path.join(ground.dir, 'a.txt')]);
      ground.write('fresh.brk');
      ground.write(odd);
      ground.write('fine.txt');
    });
    expect([...result.skipped].sort()).toEqual(['a.txt', 'fresh.brk', odd]);
    expect(ground.committed()).toEqual(['fine.txt']);
  });

  test('what the agent staged itself is committed; what it took out of the index and ignored stays on disk', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    await turn(tree, () => {
      ground.write('a.txt', 'staged by the agent\n');
      ground.write('n');
      ground.git('add', 'a.txt', 'n');
      ground.git('rm', '-q', 'b.txt');
      ground.write('.gitignore', 'd/c.txt\n');
      ground.git('rm', '-q', '--cached', 'd/c.txt');
    });
    expect(ground.committed()).toEqual(['.gitignore', 'a.txt', 'b.txt', 'd/c.txt', 'n']);
    expect(ground.read('d/c.txt')).toBe('d/c.txt\n');
    expect(ground.git('status', '--porcelain')).toBe('');
  });
});

describe('a checkpoint costs a small constant number of processes', () => {
  test('two for 5,000 new files and one status for the boundary', async () => {
    const ground = Playground.withFiles();
    const runner = watchedRunner((_command, run) => run());
    const tree = await ground.open({ runner });
    runner.commands.length = 0;
    const result = await turn(tree, () => {
      for (let n = 0; n < 5000; n++) ground.write(`many/${n % 50}/${n}`, `${n}\n`);
    });
    expect(runner.commands).toEqual(['status', 'status', 'update-index', 'commit']);
    expect(result.commit).not.toBeNull();
    expect(ground.committed()).toHaveLength(5000);
  });

  test('three when the user has staged files, and no status between two checkpoints in a row', async () => {
    const ground = Playground.withFiles();
    ground.leavePersonalState();
    const runner = watchedRunner((_command, run) => run());
    const tree = await ground.open({ runner });
    await tree.observe();
    for (const name of ['n1', 'n2']) ground.write(name);
    runner.commands.length = 0;
    await tree.commit({ paths: ['n1'], subject: 's', id: '1' });
    await tree.commit({ paths: ['n2'], subject: 's', id: '2' });
    expect(runner.commands).toEqual(Array(2).fill(['update-index', 'update-index', 'commit']).flat());
    expect(ground.committed()).toEqual(['n2']);
  });
});

describe('nothing of the user or the repository interferes', () => {
  test('no hook runs and no commit is signed, and no editor, pager or template is used', async () => {
    const ground = Playground.withFiles();
    const mark = path.join(root(), 'hook-ran');
    const hooks = ['pre-commit', 'commit-msg', 'prepare-commit-msg', 'post-commit', 'reference-transaction'];
    for (const folder of ['.git/hooks', '.git/husky']) {
      for (const hook of [...hooks, 'post-index-change']) {
        ground.write(`${folder}/${hook}`, `#!/bin/sh\necho ${hook} >> '${mark}'\nexit 1\n`, 0o755);
      }
    }
    const settings = {
      'commit.gpgSign': 'true',
      'gpg.program': '/bin/false',
      'core.editor': '/bin/false',
      'core.pager': '/bin/false',
      'commit.template': '/nonexistent',
      'commit.verbose': 'true',
      'commit.cleanup': 'scissors',
      'core.commentChar': 'a',
      'i18n.commitEncoding': 'latin1',
      'color.ui': 'always',
      'core.quotePath': 'true',
      'status.showUntrackedFiles': 'no',
      'status.relativePaths': 'true',
      'alias.status': '!false',
    };
    const configuration = Object.entries(settings).map(([key, value]) => `${key}\n${value}`);
    for (const entry of configuration) ground.git('config', ...entry.split('\n'));
    expect((await turn(await ground.open(), () => ground.write('a.txt', '2\n'))).commit).toBe(ground.head());
    ground.git('config', 'core.hooksPath', '.git/husky');
    expect((await turn(await ground.open(), () => ground.write('new é'))).commit).toBe(ground.head());
    expect(existsSync(mark)).toBe(false);
    expect(ground.git('cat-file', '-p', 'HEAD')).not.toContain('gpgsig');
    expect(ground.git('log', '-1', '--format=%B').trimEnd()).toBe('autoloop: a turn\n\nAutoloop-Checkpoint: run/1');
  });

  test("variables that point git elsewhere are not passed on, and the person's identity is", async () => {
    const ground = Playground.withFiles();
    const hostile = {
      GIT_DIR: '/nonexistent',
      GIT_INDEX_FILE: '/nonexistent/index',
      GIT_WORK_TREE: '/',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.bare',
      GIT_CONFIG_VALUE_0: 'true',
      GIT_EDITOR: 'false',
      PAGER: 'false',
    };
    Object.assign(process.env, hostile, { GIT_AUTHOR_NAME: 'Someone' });
    try {
      await turn(await ground.open(), () => ground.write('a.txt', '2\n'));
    } finally {
      for (const name of [...Object.keys(hostile), 'GIT_AUTHOR_NAME']) Reflect.deleteProperty(process.env, name);
    }
    expect(ground.committed()).toEqual(['a.txt']);
    expect(ground.git('log', '-1', '--format=%an <%ae>, %cn').trim()).toBe('Someone <pat@example.org>, Pat');
  });

  test('without an identity commits are made as Autoloop Agent, and no configuration is written', async () => {
    const ground = Playground.repository();
    ground.git('config', '--unset', 'user.email');
    const configuration = ground.read('.git/config');
    const tree = await ground.open();
    expect(tree.identityMissing).toBe(true);
    await turn(tree, () => ground.write('a'));
    const agent = 'Autoloop Agent <autoloop@localhost>';
    expect(ground.git('log', '-1', '--format=%an <%ae>, %cn <%ce>').trim()).toBe(`${agent}, ${agent}`);
    expect(ground.read('.git/config')).toBe(configuration);
    ground.git('config', 'user.email', 'pat@example.org');
    expect((await ground.open()).identityMissing).toBe(false);
  });

  test('line endings are converted as configured, and core.safecrlf stops nothing', async () => {
    for (const setting of ['true', 'input']) {
      const ground = Playground.repository();
      ground.write('crlf', 'a\r\nb\r\n');
      ground.commitAll('base');
      ground.git('config', 'core.autocrlf', setting);
      ground.git('config', 'core.safecrlf', 'true');
      await turn(await ground.open(), () => {
        ground.write('crlf', 'a\r\nb\r\nc\r\n');
        ground.write('mixed', 'x\r\ny\n');
      });
      expect(ground.committed()).toEqual(['crlf', 'mixed']);
      expect(ground.git('cat-file', '-p', 'HEAD:mixed')).toBe('x\ny\n');
      expect(ground.git('status', '--porcelain')).toBe('');
    }
  });

  test("a folder in the place of the draft message is named in git's words", async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    const made = turn(tree, () => {
      ground.remove('.git/COMMIT_EDITMSG');
      ground.write('.git/COMMIT_EDITMSG/inside', '');
      ground.write('a.txt', '2\n');
    });
    await expectProblem(made, /COMMIT_EDITMSG/);
    expect(ground.read('.git/COMMIT_EDITMSG/inside')).toBe('');
  });

  test("a person's draft message and a prepared squash survive", async () => {
    const ground = Playground.withFiles();
    ground.write('.git/COMMIT_EDITMSG', 'half a thought\n');
    await turn(await ground.open(), () => ground.write('a.txt', '2\n'));
    expect(ground.read('.git/COMMIT_EDITMSG')).toBe('half a thought\n');
    ground.git('checkout', '-qb', 'side');
    ground.write('squashed');
    ground.commitAll('side');
    ground.git('checkout', '-q', 'main');
    ground.git('merge', '-q', '--squash', 'side');
    const message = readFileSync(path.join(ground.dir, '.git/SQUASH_MSG'), 'utf8');
    const before = ground.personalView();
    await turn(await ground.open(), () => ground.write('n'));
    expect(ground.committed()).toEqual(['n']);
    expect(ground.read('.git/SQUASH_MSG')).toBe(message);
    expect(ground.personalView()).toEqual(before);
  });

  test('edits of the same size in the same moment as a checkpoint are not missed', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    for (let n = 100; n < 112; n++) {
      const { commit } = await turn(tree, () => writeFileSync(ground.at('a.txt'), `${n}\n`), `run/${n}`);
      expect(commit).not.toBeNull();
    }
    expect(ground.git('show', 'HEAD:a.txt')).toBe('111\n');
  });
});
