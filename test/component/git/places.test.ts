import { rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { initRepository, openRepository } from '../../../src/git/repository.ts';
import { createRunner, gitVersion } from '../../../src/git/runner.ts';
import { Playground, cleanUp, expectProblem, root, turn, watchedRunner } from './playground.ts';

cleanUp();

describe('opening', () => {
  test('a folder in no repository is none, and becomes one on request', async () => {
    const ground = new Playground();
    ground.write('there before.txt');
    process.env.GIT_CEILING_DIRECTORIES = root();
    expect((await openRepository(ground.dir)).kind).toBe('none');
    const opened = await initRepository(ground.dir);
    Reflect.deleteProperty(process.env, 'GIT_CEILING_DIRECTORIES');
    expect(opened.kind).toBe('repository');
    if (opened.kind !== 'repository') return;
    expect(opened.tree.identityMissing).toBe(true);
    await turn(opened.tree, () => ground.write('new'));
    expect(ground.committed()).toEqual(['new']);
    expect(ground.git('status', '--porcelain')).toBe('?? "there before.txt"\n');
    expect(ground.git('config', '--local', '--name-only', '--list')).not.toContain('user.');
  });

  test('a missing git is told apart from a missing repository', async () => {
    const { PATH } = process.env;
    process.env.PATH = path.join(root(), 'nothing here');
    try {
      expect((await openRepository(root())).kind).toBe('missing');
      expect((await initRepository(root())).kind).toBe('missing');
      expect(await gitVersion()).toBeNull();
    } finally {
      process.env.PATH = PATH;
    }
    expect(await gitVersion()).toMatch(/^\d+\.\d+/);
  });

  test('it takes two processes, and every process is counted', async () => {
    const ground = Playground.withFiles();
    const runner = createRunner();
    const tree = await ground.open({ runner });
    expect(runner.count).toBe(2);
    await tree.observe();
    expect(runner.count).toBe(3);
  });

  test('a bare repository, a git folder and a broken gitfile are refused with a reason', async () => {
    const bare = new Playground();
    bare.git('init', '-q', '--bare');
    await expectProblem(openRepository(bare.dir), 'bare', 'usage');
    const ground = Playground.withFiles();
    await expectProblem(openRepository(path.join(ground.dir, '.git')), /own folder/, 'usage');
    const broken = new Playground();
    broken.write('.git', 'gitdir: /nonexistent/place\n');
    await expectProblem(openRepository(broken.dir), 'not a git repository: /nonexistent/place');
  });

  test('a workspace that is deleted during the run is a Problem, not a crash', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    rmSync(ground.dir, { recursive: true });
    await expectProblem(tree.observe(), `the work tree ${ground.dir} is gone`, 'unsettled');
  });
});

test('when an agent deletes the repository, one further up is not taken for it', async () => {
  const outer = Playground.withFiles();
  const ground = new Playground(path.join(outer.dir, 'inner'));
  ground.git('init', '-q');
  const tree = await ground.open();
  ground.remove('.git');
  await expectProblem(tree.observe(), 'inner/.git is gone', 'unsettled');
});

/** Checks one whole turn in a place, with a person's state around it. */
async function expectCheckpoint(ground: Playground, sub = ''): Promise<void> {
  ground.leavePersonalState();
  const before = ground.personalView();
  const tree = await ground.open({ sub });
  const result = await turn(tree, () => {
    ground.write('d/e.txt', 'by the agent\n');
    ground.write('d/new');
  });
  expect(result.commit).toBe(ground.head());
  expect(ground.committed()).toEqual(['d/e.txt', 'd/new']);
  expect(ground.personalView()).toEqual(before);
}

describe('a checkpoint can be made', () => {
  test('in a subfolder, where edits outside of it are left alone and named', async () => {
    const ground = Playground.withFiles();
    await expectCheckpoint(ground, 'd');
    const tree = await ground.open({ sub: 'd' });
    expect(tree.toWorkspace('d/new')).toBe('new');
    const result = await turn(tree, () => {
      ground.write('a.txt', 'outside\n');
      ground.write('d/e.txt', 'inside\n');
    });
    expect(result.changed).toEqual(['a.txt', 'd/e.txt']);
    expect(ground.committed()).toEqual(['d/e.txt']);
    expect(tree.select(['a.txt'], result.before).leftOut).toEqual([{ path: 'a.txt', why: 'outside the workspace' }]);
  });

  test('in a workspace that is reached by a link, and in a folder with a newline in its name', async () => {
    const ground = Playground.withFiles();
    const link = path.join(root(), 'link');
    symlinkSync(path.join(ground.dir, 'd'), link);
    const opened = await openRepository(link);
    if (opened.kind !== 'repository') throw new Error(opened.kind);
    await turn(opened.tree, () => ground.write('d/e.txt', '2\n'));
    expect(ground.committed()).toEqual(['d/e.txt']);
    const odd = new Playground(path.join(root(), 'new\nline ä'));
    odd.git('init', '-q');
    await turn(await odd.open(), () => odd.write('x'));
    expect(odd.committed()).toEqual(['x']);
  });

  test('in a linked worktree, leaving the other one alone', async () => {
    const main = Playground.withFiles();
    const linked = new Playground(path.join(root(), 'linked'));
    main.git('worktree', 'add', '-q', '-b', 'other', linked.dir);
    const head = main.head();
    await expectCheckpoint(linked);
    expect(main.head()).toBe(head);
    expect(main.git('status', '--porcelain')).toBe('');
  });

  test('on a detached HEAD, which stays detached', async () => {
    const ground = Playground.withFiles();
    ground.git('checkout', '-q', '--detach');
    await expectCheckpoint(ground);
    expect((await (await ground.open()).observe()).branch).toBeNull();
    expect(ground.git('rev-parse', 'main')).toBe(ground.git('rev-parse', 'HEAD^'));
  });

  test.each([['sha1'], ['sha256']])(
    'in a repository without commits (%s), around what the user has staged',
    async (format) => {
      const ground = Playground.repository(`--object-format=${format}`);
      ground.write('mine', 'staged\n');
      ground.git('add', 'mine');
      const tree = await ground.open();
      const { before } = await turn(tree, () => ground.write('a'));
      expect(before).toMatchObject({ head: null, branch: 'main' });
      expect(ground.committed()).toEqual(['a']);
      expect(ground.git('status', '--porcelain')).toBe('A  mine\n');
      await turn(tree, () => ground.write('a', '2\n'), 'run/2');
      expect(ground.git('rev-list', '--count', 'HEAD').trim()).toBe('2');
    },
  );

  test('on packed references and a branch with slashes', async () => {
    const ground = Playground.withFiles();
    ground.git('checkout', '-qb', 'feature/ü');
    ground.git('pack-refs', '--all');
    const tree = await ground.open();
    expect((await tree.observe()).branch).toBe('feature/ü');
    await expectCheckpoint(ground);
  });

  test.each([
    ['core.splitIndex', 'true'],
    ['index.version', '4'],
    ['feature.manyFiles', 'true'],
    ['core.untrackedCache', 'true'],
    ['core.fsmonitor', '/nonexistent/hook'],
    ['core.sharedRepository', 'group'],
    ['core.fileMode', 'false'],
  ])('with %s=%s', async (key, value) => {
    const ground = Playground.withFiles();
    ground.git('config', key, value);
    ground.git('update-index', '-q', '--refresh', ...(key === 'core.splitIndex' ? ['--split-index'] : []));
    await expectCheckpoint(ground);
    await turn(await ground.open(), () => ground.write('a.txt', 'again\n'));
    expect(ground.committed()).toEqual(['a.txt']);
  });

  test.each([[[]], [['--sparse-index']]])('in a sparse checkout %s', async (extra) => {
    const ground = Playground.withFiles();
    for (const name of ['out/1', 'out/2']) ground.write(name);
    ground.commitAll('more');
    ground.git('sparse-checkout', 'set', '--cone', ...extra, 'd');
    const tree = await ground.open();
    await turn(tree, () => {
      ground.write('out/1', 'by the agent\n');
      ground.write('out/new');
      ground.write('d/new');
    });
    expect(ground.committed()).toEqual(['d/new', 'out/1', 'out/new']);
    // A path that is not checked out is not there to be committed, and is not taken for deleted.
    await tree.commit({ paths: ['out/2'], subject: 's', id: '2' });
    expect(ground.git('ls-tree', '-r', '--name-only', 'HEAD')).toContain('out/2');
  });
});

describe('repositories within the repository', () => {
  function withSubmodule(): Playground {
    const inner = Playground.withFiles();
    const ground = Playground.withFiles();
    ground.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.dir, 'sub');
    ground.commitAll('submodule');
    return ground;
  }

  test('dirty submodules and nested repositories are named and not committed; nothing is run in them', async () => {
    const ground = withSubmodule();
    const tree = await ground.open();
    const since = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
    ground.git('-C', 'sub', 'config', 'core.fsmonitor', `touch '${ground.dir}/ran'`);
    expect(await tree.uncovered()).toEqual([]);
    await turn(tree, () => {
      ground.write('sub/a.txt', 'dirty\n');
      const nested = new Playground(path.join(ground.dir, 'nested'));
      nested.git('init', '-q');
      nested.write('file');
      nested.git('add', '-A');
      nested.git('-c', 'user.name=n', '-c', 'user.email=n@n', 'commit', '-qm', 'n');
      ground.write('a.txt', '2\n');
    });
    expect(ground.committed()).toEqual(['a.txt']);
    expect(await tree.uncovered()).toEqual(['nested/']);
    expect([...(await tree.unshown(since)).repositories].sort()).toEqual(['nested/', 'sub/']);
    expect(ground.read('ran')).toBeNull();
  });

  test('a new commit in a submodule changes its fingerprint and is recorded', async () => {
    const ground = withSubmodule();
    const tree = await ground.open();
    const inner = new Playground(path.join(ground.dir, 'sub'));
    const commit = (content: string) => () => {
      ground.write('sub/a.txt', content);
      inner.git('-c', 'user.name=n', '-c', 'user.email=n@n', 'commit', '-qam', content);
    };
    const first = await turn(tree, commit('one'));
    expect(ground.committed()).toEqual(['sub']);
    expect(first.after.dirty.get('sub')).toBe(`160000 ${inner.head()}`);
  });

  test('what .gitmodules says of a submodule stops nothing, were it such that git itself refuses it', async () => {
    const ground = withSubmodule();
    const tree = await ground.open();
    const inner = new Playground(path.join(ground.dir, 'sub'));
    const before = await tree.observe();
    ground.write('.gitmodules', '[submodule "sub"]\n\tpath = sub\n\turl = ../sub\n\tupdate = !touch ran\n');
    inner.git('-c', 'user.name=n', '-c', 'user.email=n@n', 'commit', '--allow-empty', '-qm', 'inner');
    ground.commitAll('by an agent');
    const after = await tree.observe();
    expect([...(await tree.changes(before, after)).paths].sort()).toEqual(['.gitmodules', 'sub']);
    ground.write('a.txt', '2\n');
    await tree.observe();
    await tree.commit({ paths: ['a.txt'], subject: 'autoloop: s', id: 'run/1' });
    expect(ground.committed()).toEqual(['a.txt']);
  });

  test('a submodule is itself a place for checkpoints', async () => {
    const ground = withSubmodule();
    const inner = new Playground(path.join(ground.dir, 'sub'));
    await turn(await inner.open(), () => inner.write('new'));
    expect(inner.committed()).toEqual(['new']);
    expect(ground.git('status', '--porcelain')).toBe(' M sub\n');
  });
});

test('whether the task’s folder is ignored is learned without touching it', async () => {
  const ground = Playground.withFiles();
  const runner = watchedRunner((_command, run) => run());
  const tree = await ground.open({ runner });
  expect(await tree.ignoreState('.autoloop/tasks/t')).toBe('visible');
  ground.write('.gitignore', '.autoloop/\n');
  expect(await tree.ignoreState('.autoloop/tasks/t')).toBe('ignored');
  ground.write('.autoloop/tasks/t/task.json');
  ground.git('add', '-f', '.autoloop');
  expect(await tree.ignoreState('.autoloop/tasks/t')).toBe('tracked');
});
