import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listTrees } from '../../src/work/worktrees/list.ts';
import { mergeTask } from '../../src/work/worktrees/merge.ts';
import { removeTree } from '../../src/work/worktrees/remove.ts';
import { TreeBed } from '../component/worktrees/bed.ts';

describe('a work tree that is made', () => {
  it('--with-changes begins with what is not committed, by the rules of checkpoints, and leaves the workspace as it is', async () => {
    const bed = new TreeBed();
    bed.write('base.txt', 'edited\n');
    bed.write('new.txt', 'new\n');
    bed.write('.env', 'TOKEN=x\n');
    bed.write('some.ign', 'ignored\n');
    bed.git('add', 'new.txt');
    const before = [bed.status(), bed.git('rev-parse', 'HEAD'), bed.git('for-each-ref', 'refs/autoloop')];
    await bed.make('job', { withChanges: true });
    const { top, branch } = bed.tree('job');
    expect([bed.status(), bed.git('rev-parse', 'HEAD'), bed.git('for-each-ref', 'refs/autoloop')]).toEqual(before);
    expect(bed.git('log', '-1', '--format=%s', branch).trim()).toBe('autoloop: your uncommitted changes');
    expect([bed.read('base.txt', top), bed.read('new.txt', top)]).toEqual(['edited\n', 'new\n']);
    expect([bed.read('.env', top), bed.read('some.ign', top), bed.status(top)]).toEqual([null, null, []]);
    expect(bed.said.join('\n')).toContain('.env (its name says that it may hold secrets)');
    await expect(bed.make('other', { withChanges: true, base: 'HEAD~0', branch: 'x' })).resolves.toBeTruthy();
  });

  it('gets the ignored files that .worktreeinclude names, and nothing that is tracked, ours, or leads out', async () => {
    const bed = new TreeBed();
    bed.write('.worktreeinclude', 'keep/*.ign\n.autoloop/\nbase.txt\nout.ign\nplain.txt\n');
    bed.write('keep/a.ign', 'a');
    bed.write('keep/sub/b.ign', 'not named');
    bed.write('plain.txt', 'not ignored');
    bed.write('.autoloop/x.ign', 'ours');
    symlinkSync('/etc', path.join(bed.workspace, 'keep/out.ign'));
    symlinkSync('a.ign', path.join(bed.workspace, 'keep/in.ign'));
    await bed.make('job');
    const { top } = bed.tree('job');
    expect(bed.read('keep/a.ign', top)).toBe('a');
    expect(lstatSync(path.join(top, 'keep/in.ign')).isSymbolicLink()).toBe(true);
    for (const name of ['keep/sub/b.ign', 'plain.txt', '.autoloop/x.ign']) expect(bed.read(name, top), name).toBeNull();
    expect(lstatSync(path.join(top, 'keep/out.ign'), { throwIfNoEntry: false })).toBeUndefined();
    writeFileSync(path.join(top, 'keep/a.ign'), 'changed');
    expect(bed.read('keep/a.ign')).toBe('a');
    expect(bed.said.join('\n')).toMatch(/2 ignored files copied; left out: keep\/out\.ign/);
    bed.write('autoloop.yaml', 'worktree:\n  include_max_mb: 0\n');
    await expect(bed.make('large')).rejects.toThrow(/include_max_mb is 0; the largest is keep\/a\.ign/);
    bed.write('autoloop.yaml', '');
    await bed.make('large');
    expect(bed.read('keep/a.ign', bed.tree('large').top)).toBe('a');
  });

  it('writes no included file through a link that the branch has in the place of a folder', async () => {
    const bed = new TreeBed();
    const outside = path.join(bed.root, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, path.join(bed.workspace, 'data'));
    bed.commit('a link');
    bed.git('rm', '-q', 'data');
    bed.write('data/x.ign', 'mine');
    bed.write('.worktreeinclude', 'data/*\n');
    await bed.make('job');
    expect(existsSync(path.join(outside, 'x.ign'))).toBe(false);
  });

  it('runs the teardown before it goes, and gives its number to the next one', async () => {
    const bed = new TreeBed();
    await bed.done('a');
    await bed.done('b');
    await mergeTask({ workspace: bed.workspace, taskId: 'a', into: null, force: false }, bed.warn);
    bed.write('autoloop.yaml', 'worktree:\n  teardown: echo no; exit 4\n');
    const remove = (force: boolean) => removeTree({ workspace: bed.workspace, taskId: 'a', force }, bed.warn);
    await expect(remove(false)).rejects.toThrow(/worktree\.teardown failed \(exit code 4\): no; the work tree stays/);
    expect(existsSync(bed.tree('a').top)).toBe(true);
    await remove(true);
    bed.write('autoloop.yaml', 'worktree:\n  port_base: 5000\n  root: ../elsewhere\n');
    await bed.make('c');
    expect(bed.tree('c')).toMatchObject({ slot: 0, portBase: 5000, top: path.join(bed.root, 'elsewhere/c') });
    expect(bed.tree('b').slot).toBe(1);
  });

  it('is refused beside a gc that would take new objects away, and is no place of a branch that is elsewhere', async () => {
    const bed = new TreeBed();
    for (const value of ['now', '5.minutes.ago']) {
      bed.git('config', 'gc.pruneExpire', value);
      await expect(bed.make('job')).rejects.toThrow(`gc.pruneExpire is "${value}"`);
    }
    bed.git('config', 'gc.pruneExpire', '2.days.ago');
    bed.git('branch', 'mine');
    bed.git('worktree', 'add', '-q', path.join(bed.root, 'mine'), 'mine');
    await expect(bed.make('job', { branch: 'mine' })).rejects.toThrow(/is checked out in .*\/mine/);
    await bed.make('job');
    expect(bed.branches()).toEqual(['autoloop/job', 'main', 'mine']);
  });

  it('is made once more where a prune beside it took what git was writing, as often as that happens', async () => {
    const bed = new TreeBed();
    // The words of git 2.39, from `git worktree add` beside three loops of `git worktree prune`: 8 times of 300.
    const words = "fatal: could not open '.git/worktrees/job/locked' for writing: No such file or directory";
    const races = path.join(bed.root, 'races');
    bed.inFrontOfGit(`case "$*" in *'worktree add'*)
  if [ "$(cat ${races} 2>/dev/null)" != xxx ]; then printf x >>${races}; echo "${words}" >&2; exit 128; fi;; esac`);
    await bed.make('job');
    expect(bed.read('races', bed.root)).toBe('xxx');
    expect(bed.read('base.txt', bed.tree('job').top)).toBe('as it was\n');
    expect(bed.branches()).toEqual(['autoloop/job', 'main']);
  });

  it('remembers what it left as long as a lock keeps it from being cleared up', async () => {
    const bed = new TreeBed();
    const lock = path.join(bed.workspace, '.git/packed-refs.lock');
    bed.inFrontOfGit(`case "$*" in *'worktree add'*) [ -e ${bed.root}/well ] || kill -9 $$;; esac`);
    await expect(bed.make('job')).rejects.toThrow(/git worktree was ended by a signal/);
    writeFileSync(lock, '');
    await expect(bed.make('job')).rejects.toThrow(`The lock ${lock}`);
    await expect(bed.make('job')).rejects.toThrow(`The lock ${lock}`);
    rmSync(lock);
    bed.write('well', '', bed.root);
    bed.commit('since then');
    await bed.make('job');
    // It begins with what is there now, not on the branch that was left.
    expect(bed.git('rev-parse', 'autoloop/job')).toBe(bed.git('rev-parse', 'HEAD'));
  });

  it('has its submodules, and is not removed once somebody has worked in one', async () => {
    const bed = new TreeBed();
    const library = path.join(bed.root, 'library');
    mkdirSync(library);
    bed.gitAt(library, 'init', '-q', '-b', 'main');
    for (const [key, value] of [
      ['user.name', 'Pat'],
      ['user.email', 'pat@example.org'],
    ] as const)
      bed.gitAt(library, 'config', key, value);
    bed.write('lib.txt', 'library\n', library);
    bed.commit('library', library);
    bed.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'lib');
    bed.commit('with a submodule');
    const { top } = await bed.done('job');
    expect(bed.read('lib/lib.txt', top)).toBe('library\n');
    await mergeTask({ workspace: bed.workspace, taskId: 'job', into: null, force: false }, bed.warn);
    bed.write('lib/lib.txt', 'edited\n', top);
    const remove = (force: boolean) => removeTree({ workspace: bed.workspace, taskId: 'job', force }, bed.warn);
    for (const force of [false, true]) await expect(remove(force)).rejects.toThrow(/worked in its submodules: lib/);
    bed.gitAt(path.join(top, 'lib'), 'checkout', '-q', '.');
    // Whether somebody else has what was written there nobody knows.
    await expect(remove(true)).rejects.toThrow(/worked in its submodules: lib/);
    bed.gitAt(top, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'deinit', '--force', 'lib');
    await remove(true);
    expect(existsSync(top)).toBe(false);
    expect((await listTrees(bed.workspace)).trees).toEqual([]);
    expect(bed.git('fsck', '--no-dangling')).toBe('');
  });

  it.each(['a folder of this machine', 'a program'])(
    'fetches nothing from %s because .gitmodules says so',
    async (what) => {
      const bed = new TreeBed();
      const secret = path.join(bed.root, 'private');
      const url = what === 'a program' ? 'ext::sh -c "touch ran"' : secret;
      mkdirSync(secret);
      bed.gitAt(secret, 'init', '-q', '-b', 'main');
      bed.write('key.txt', 'of the user\n', secret);
      bed.gitAt(
        secret,
        '-c',
        'user.name=Pat',
        '-c',
        'user.email=pat@example.org',
        'commit',
        '-q',
        '--allow-empty',
        '-m',
        'x',
      );
      const commit = bed.gitAt(secret, 'rev-parse', 'HEAD').trim();
      bed.write(
        '.gitmodules',
        `[submodule "lib"]\n\tpath = lib\n\turl = ${url.replaceAll('"', '\\"')}\n\tupdate = checkout\n`,
      );
      bed.git('update-index', '--add', '--cacheinfo', `160000,${commit},lib`);
      bed.git('add', '.gitmodules');
      bed.git('commit', '-q', '-m', 'of a stranger');
      const { top } = await bed.done('job');
      expect(existsSync(path.join(top, 'lib/.git'))).toBe(false);
      expect(existsSync(path.join(top, 'ran'))).toBe(false);
      expect(bed.said.join('\n')).toMatch(/submodules are not there: .*not allowed/);
    },
  );
});
