import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBench } from '../../../src/checks/bench.ts';
import { carryAll, foldersToCarry } from '../../../src/checks/carry.ts';
import { cargoTargets, CheckTree } from '../../../src/checks/check-tree.ts';
import { States } from '../../../src/checks/states.ts';
import { Git } from '../../../src/git/git.ts';
import { locate } from '../../../src/git/place.ts';
import { openGit, openRepository } from '../../../src/git/repository.ts';
import { createRunner, type GitRunner } from '../../../src/git/runner.ts';

const NONE = { run: () => Promise.reject(new Error('no check is run here')) };

let folder: string;
let top: string;
let runner: GitRunner;
let git: Git;
let states: States;
let tree: CheckTree;

const run = (...args: string[]) => execFileSync('git', args, { cwd: top, encoding: 'utf8' }).trim();
const put = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(top, name)), { recursive: true });
  writeFileSync(path.join(top, name), text);
};
const namesIn = (id: string) => run('ls-tree', '-r', '--name-only', id).split('\n');

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'checks-'));
  top = path.join(folder, 'work');
  mkdirSync(top);
  run('init', '-q', '-b', 'main');
  put('.gitignore', 'node_modules\nlocal\n');
  put('src/a.js', 'old\n');
  put('.autoloop/tasks/t/task.json', '{}');
  run('add', '-A', '-f');
  run('-c', 'user.name=a', '-c', 'user.email=a@x', 'commit', '-qm', 'first');
  runner = createRunner({ workspace: top });
  const located = await locate(runner, top);
  if (located.kind !== 'found') throw new Error('no repository');
  git = new Git(runner, located.place);
  states = new States(git, path.join(folder, 'scratch'));
  tree = new CheckTree(runner, git, path.join(folder, 'cache', 'tree'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A command of git, or a file that gets another content. */
type Change = string | readonly [string];

describe('a state of the sources', () => {
  it('is not taken where git would run what an agent configured', async () => {
    const opened = await openGit(top, { runner });
    if (opened.kind !== 'repository') throw new Error('no repository');
    const bench = await openBench({ workspace: top, git: opened.git, cache: folder, runner, processes: NONE, env: {} });
    const ran = path.join(folder, 'ran');
    run('config', 'filter.f.clean', `touch ${ran}; cat`);
    put('.gitattributes', '* filter=f\n');
    await expect(bench?.snapshot()).rejects.toThrow(/filter\.f\.clean/);
    expect(existsSync(ran)).toBe(false);
  });

  it('is taken without what git cannot take, and waits for no pipe', async () => {
    put('.gitattributes', '*.txt16 working-tree-encoding=UTF-16\n');
    put('a b.txt16', 'no mark\n');
    execFileSync('mkfifo', [path.join(top, 'package.json')]);
    const bench = await openBench({ workspace: top, git, cache: folder, runner, processes: NONE, env: {} });
    expect(await bench?.discover()).toEqual([]);
    expect(namesIn((await bench?.snapshot()) ?? '')).toEqual(['.gitattributes', '.gitignore', 'src/a.js']);
    rmSync(path.join(top, '.git/index'));
    execFileSync('mkfifo', [path.join(top, '.git/index')]);
    await expect(bench?.snapshot()).rejects.toThrow(/index is a named pipe/);
  });

  it('that the repository has not is named', async () => {
    const gone = '1'.repeat(40);
    expect(await states.lost([gone, git.emptyTree, '', await states.snapshot()])).toEqual([gone]);
  });

  it('has what is tracked and untracked, not what is ignored, and not our own state', async () => {
    put('src/b.js', 'new\n');
    put('local/secret', 'x');
    const id = await states.snapshot();
    expect(namesIn(id)).toEqual(['.gitignore', 'src/a.js', 'src/b.js']);
    expect(run('status', '--porcelain')).toBe('?? src/b.js');
  });

  it.each<[string, readonly Change[], boolean]>([
    ['nothing differs', [], true],
    ['the state differs', [['.autoloop/tasks/t/task.json']], true],
    ['the state has more', [['.autoloop/tasks/t/more']], true],
    ['something is ignored', [['node_modules/a.js']], true],
    ['an edit is overlooked', ['update-index --assume-unchanged src/a.js', ['src/a.js']], true],
    ['there is an edit', [['src/a.js']], false],
    ['something is untracked', [['b']], false],
    ['something is gone', ['rm -q --cached src/a.js', 'clean -qf src'], false],
    ['something is staged', [['src/a.js'], 'add src/a.js'], false],
    ['something is to be added', [['b'], 'add -N b'], false],
    ['there is another repository', [['lib/a'], 'init -q lib', '-C lib add a'], false],
  ])('is that of the last commit for whoever has looked, or not: %s', async (_, changes, isClean) => {
    for (const change of changes) {
      if (typeof change === 'string') run(...change.split(' '));
      else put(change[0], 'other\n');
    }
    const opened = await openRepository(top, { runner });
    if (opened.kind !== 'repository') throw new Error('no repository');
    await opened.tree.observe();
    const clean = opened.tree.cleanHead();
    expect(clean !== null).toBe(isClean);
    if (clean !== null) expect(await states.treeOf(clean)).toBe(await states.snapshot());
  });

  it('sees an edit of the same size in the same moment as the index', async () => {
    const before = await states.snapshot();
    put('src/a.js', 'odd\n');
    expect(await states.snapshot()).not.toBe(before);
  });

  it('takes at most three processes where nothing is changed, else four', async () => {
    for (const most of [3, 4]) {
      const before = runner.count;
      await states.snapshot();
      expect(runner.count - before).toBeLessThanOrEqual(most);
      put('src/b.js', 'new\n');
    }
  });

  it('leaves out what is beyond measure, and has all else', async () => {
    put('src/ä.js', 'new\n');
    put('src/a.js', 'changed\n');
    put('-large "1"', '');
    truncateSync(path.join(top, '-large "1"'), 10 * 1024 ** 3);
    const id = await states.snapshot();
    expect(run('ls-tree', '-rz', '--name-only', id).split('\0')).toEqual(['.gitignore', 'src/a.js', 'src/ä.js', '']);
    expect(run('show', `${id}:src/a.js`)).toBe('changed');
    truncateSync(path.join(top, 'src/a.js'), 10 * 1024 ** 3);
    expect(run('show', `${await states.snapshot()}:src/a.js`)).toBe('old');
  });

  it('tells what differs, and puts entries in the place of others', async () => {
    const before = await states.treeOf(await states.head());
    put('src/a.js', 'new\n');
    put('test/t.js', 't\n');
    const now = await states.snapshot();
    const differences = await states.differences(before, now);
    expect(differences.map(({ path: name }) => name)).toEqual(['src/a.js', 'test/t.js']);
    const entries = differences.map(({ path: name, before: value }) => ({ path: name, value }));
    expect(await states.overlay(now, entries)).toBe(before);
    expect(await states.text(differences[0]?.after ?? null)).toBe('new\n');
  });
});

describe('the check tree', () => {
  it('moves between states, keeps nothing but what it is told to, and leaves the repository alone', async () => {
    const first = await states.snapshot();
    put('src/a.js', 'new\n');
    const second = await states.snapshot();
    const refs = run('for-each-ref');
    const { root } = await tree.enter(second, []);
    expect(readFileSync(path.join(root, 'src/a.js'), 'utf8')).toBe('new\n');
    writeFileSync(path.join(root, 'src/a.js'), 'spoilt');
    for (const name of ['local', 'target']) mkdirSync(path.join(root, name));
    writeFileSync(path.join(root, 'target/x'), '');
    writeFileSync(path.join(root, 'local/x'), '');
    const before = runner.count;
    await tree.enter(first, ['target']);
    expect(runner.count - before).toBeLessThanOrEqual(8);
    expect(readFileSync(path.join(root, 'src/a.js'), 'utf8')).toBe('old\n');
    expect([existsSync(path.join(root, 'local')), existsSync(path.join(root, 'target/x'))]).toEqual([false, true]);
    expect(existsSync(path.join(root, '.autoloop'))).toBe(false);
    expect([run('for-each-ref'), run('worktree', 'list').split('\n').length]).toEqual([refs, 1]);
    tree.remove();
    expect(existsSync(root)).toBe(false);
  });

  it('keeps what cargo has built, and no other folder of that name: a runner might run deleted tests from there', async () => {
    put('Cargo.toml', '');
    put('crates/[x]/Cargo.toml', '');
    put('java/pom.xml', '');
    put('.gitignore', 'target\n');
    const state = await states.snapshot();
    const { root } = await tree.enter(state, []);
    const places = ['target', 'crates/[x]/target', 'java/target', 'crates/x/target'].map((name) =>
      path.join(root, name),
    );
    for (const place of places) mkdirSync(place, { recursive: true });
    for (const place of places) writeFileSync(path.join(place, 'built'), '');
    await tree.enter(state, cargoTargets((await states.entries(state)).keys()));
    expect(places.map((place) => existsSync(place))).toEqual([true, true, false, false]);
  });

  it('has dependencies as a real folder of links, whose workspace packages are its own', async () => {
    put('packages/core/index.js', '');
    put('node_modules/lib/index.js', 'lib');
    put('node_modules/@scope/x/index.js', 'x');
    put('node_modules/.vite/cache', '');
    mkdirSync(path.join(top, 'node_modules/@d'));
    symlinkSync('../../packages/core', path.join(top, 'node_modules/@d/core'));
    const { root } = await tree.enter(await states.snapshot(), []);
    carryAll(top, root, foldersToCarry((await states.ignored()).folders, ['node_modules']));
    const at = (name: string) => path.join(root, 'node_modules', name);
    expect(lstatSync(at('')).isSymbolicLink()).toBe(false);
    expect(lstatSync(at('@scope')).isSymbolicLink()).toBe(false);
    expect(readFileSync(at('@scope/x/index.js'), 'utf8')).toBe('x');
    expect(readlinkSync(at('@d/core'))).toBe('../../packages/core');
    expect(existsSync(at('.vite'))).toBe(false);
    await tree.enter(await states.snapshot(), []);
    expect(readFileSync(path.join(top, 'node_modules/lib/index.js'), 'utf8')).toBe('lib');
  });
});
