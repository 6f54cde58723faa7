import { describe, expect, test } from 'vitest';
import { openRepository } from '../../../src/git/repository.ts';
import { findUnshown } from '../../../src/git/unshown.ts';
import { Playground, cleanUp } from './playground.ts';

cleanUp();

/** A moment before which nothing of what follows is written. */
const now = () => Date.now() - 10;
/** What was written before a test must be older than that. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 40));

describe('what an agent wrote and git does not show', () => {
  test('is named: ignored files, marked files, dependency folders, repositories within this one', async () => {
    const ground = Playground.withFiles();
    ground.write('old.ign');
    ground.write('lib/.git/HEAD', 'ref: refs/heads/main\n');
    const tree = await ground.open();
    await settle();
    const since = now();
    ground.write('new.ign');
    ground.git('update-index', '--assume-unchanged', 'a.txt');
    ground.write('a.txt', 'edited\n');
    ground.git('update-index', '--skip-worktree', 'd/c.txt');
    ground.write('d/c.txt', 'edited\n');
    ground.write('d/node_modules/x/index.js');
    ground.write('lib/inner.c');
    ground.write('shown.txt');
    const { paths, repositories } = await tree.unshown(since);
    expect(paths).toEqual(['d/node_modules/', 'a.txt', 'd/c.txt', 'new.ign']);
    expect(repositories).toEqual(['lib/']);
  });

  test('is named, too, deep in a folder of dependencies; what the repository has of them is committed like sources', async () => {
    const ground = Playground.withFiles();
    for (const name of ['node_modules/a/lib/deep.js', 'node_modules/b/deep.js', 'lib/node_modules/a/lib/kept.go'])
      ground.write(name);
    ground.write('lib/node_modules/a/lib/old.ign');
    ground.git('add', 'lib');
    ground.git('commit', '-qm', 'kept');
    const tree = await ground.open();
    await settle();
    const since = now();
    ground.write('node_modules/a/lib/deep.js', 'patched\n');
    ground.write('lib/node_modules/a/lib/kept.go', 'patched\n');
    ground.write('lib/node_modules/a/lib/old.ign', 'patched\n');
    expect((await tree.unshown(since)).paths).toEqual(['node_modules/', 'lib/node_modules/a/lib/old.ign']);
  });

  test('is said not to be known where there is too much to look through', async () => {
    const ground = Playground.withFiles();
    for (const name of ['1', '2', '3', '4', '5', '6', '7', '8', '9']) ground.write(`node_modules/${name}/index.js`);
    const opened = await openRepository(ground.dir);
    if (opened.kind !== 'repository') throw new Error(opened.kind);
    expect((await findUnshown(opened.git, now(), 10)).unseen).toEqual(['node_modules/']);
    expect((await findUnshown(opened.git, now(), 1)).unseen).toEqual(['node_modules/', '']);
  });

  test('is told apart by whether the rule that hides it was written as well', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    await settle();
    const since = now();
    ground.write('by the old rule.ign');
    ground.write('d/.gitignore', 'secret.c\n');
    ground.write('d/secret.c');
    ground.write('.git/info/exclude', 'excluded.c\n');
    ground.write('excluded.c');
    const { hiding } = await tree.unshown(since);
    expect(hiding.map(({ rules, path }) => [rules, path]).sort()).toEqual([
      ['.git/info/exclude', 'excluded.c'],
      ['d/.gitignore', 'd/secret.c'],
    ]);
  });

  test('is nothing where nothing was written', async () => {
    const ground = Playground.withFiles();
    ground.write('old.ign');
    const tree = await ground.open();
    await settle();
    expect(await tree.unshown(now())).toEqual({ paths: [], repositories: [], hiding: [], unseen: [] });
  });
});
