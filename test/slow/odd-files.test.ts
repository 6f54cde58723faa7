import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cleanTrees } from '../../src/work/worktrees/clean.ts';
import { mergeTask } from '../../src/work/worktrees/merge.ts';
import { removeTree } from '../../src/work/worktrees/remove.ts';
import { TreeBed } from '../component/worktrees/bed.ts';

const remove = (bed: TreeBed, force = false) =>
  removeTree({ workspace: bed.workspace, taskId: 'job', force }, bed.warn);
const merge = (bed: TreeBed) =>
  mergeTask({ workspace: bed.workspace, taskId: 'job', into: null, force: false }, bed.warn);

/** A repository within, with a commit that nobody else has. */
function ownRepository(bed: TreeBed, folder: string): void {
  mkdirSync(folder, { recursive: true });
  bed.gitAt(folder, 'init', '-q', '-b', 'main', '--template=');
  bed.gitAt(folder, 'config', 'user.name', 'Pat');
  bed.gitAt(folder, 'config', 'user.email', 'pat@example.org');
  bed.write('own.txt', 'only here\n', folder);
  bed.commit('own', folder);
}

describe('what only a work tree has, and no snapshot keeps', () => {
  const cases: Record<string, [spoil: (bed: TreeBed, top: string) => void, words: RegExp, file: string]> = {
    'an edit of a file that is taken for unchanged': [
      (bed, top) => {
        bed.gitAt(top, 'update-index', '--assume-unchanged', 'base.txt');
        bed.write('base.txt', 'only here\n', top);
      },
      /told to overlook: base\.txt/,
      'base.txt',
    ],
    'an edit of a file that is passed over': [
      (bed, top) => {
        bed.gitAt(top, 'update-index', '--skip-worktree', 'base.txt');
        bed.write('base.txt', 'only here\n', top);
      },
      /told to overlook: base\.txt/,
      'base.txt',
    ],
    'a repository that was added as if it were a submodule': [
      (bed, top) => {
        ownRepository(bed, path.join(top, 'inner'));
        bed.gitAt(top, '-c', 'advice.addEmbeddedRepo=false', 'add', 'inner');
        bed.gitAt(top, 'commit', '-qm', 'with inner');
      },
      /worked in its submodules: inner/,
      'inner/own.txt',
    ],
    'a merge that is open': [
      (bed, top) => {
        bed.git('checkout', '-q', '-b', 'other');
        bed.write('job.txt', 'otherwise\n');
        bed.commit('other');
        bed.git('checkout', '-q', 'main');
        expect(() => bed.gitAt(top, 'merge', '-q', 'other')).toThrow();
        bed.write('job.txt', 'only here\n', top);
      },
      /in the middle of a merge/,
      'job.txt',
    ],
    'a file of more than 50 MB': [
      (bed, top) => {
        bed.write('large.bin', 'only here\n', top);
        truncateSync(path.join(top, 'large.bin'), 51 * 1024 * 1024);
      },
      /no snapshot can keep large\.bin \(over 50 MB\)/,
      'large.bin',
    ],
  };

  it.each(Object.entries(cases))('%s stays, also by force', async (_, [spoil, words, file]) => {
    const bed = new TreeBed();
    const { top } = await bed.done('job');
    spoil(bed, top);
    const before = readFileSync(path.join(top, file)).toString().slice(0, 10);
    await expect(remove(bed, true)).rejects.toThrow(words);
    await expect(remove(bed)).rejects.toThrow(/the work tree of task job stays/);
    for (const isDry of [true, false])
      expect((await cleanTrees({ workspace: bed.workspace, isDry }, bed.warn)).removed).toEqual([]);
    expect(readFileSync(path.join(top, file)).toString().slice(0, 10)).toBe(before);
  });

  it('a commit on no branch gets a reference', async () => {
    const bed = new TreeBed();
    const { top } = await bed.done('job');
    bed.gitAt(top, 'checkout', '-q', '--detach');
    bed.write('more.txt', 'only here\n', top);
    const commit = bed.commit('more', top);
    const { snapshot } = await remove(bed, true);
    expect(existsSync(top)).toBe(false);
    expect(bed.git('rev-parse', snapshot ?? '').trim()).toBe(commit);
  });

  it('links, modes, intended and odd names are in the snapshot as they were', async () => {
    const bed = new TreeBed();
    const { top } = await bed.done('job');
    symlinkSync('nowhere at all', path.join(top, 'link'));
    bed.write('run.sh', '#!/bin/sh\n', top);
    chmodSync(path.join(top, 'run.sh'), 0o755);
    bed.write('intended', 'only here\n', top);
    bed.gitAt(top, 'add', '-N', 'intended');
    bed.write('a\nb "ü"', 'odd\n', top);
    rmSync(path.join(top, 'base.txt'));
    bed.write('base.txt/below', 'in the place of a file\n', top);
    const { snapshot } = await remove(bed, true);
    bed.git('gc', '-q', '--prune=now');
    const rows = bed.git('ls-tree', '-r', '-z', snapshot ?? '').split('\0');
    const modes = Object.fromEntries(rows.map((row) => [row.split('\t')[1] ?? '', row.slice(0, 6)] as const));
    expect(modes).toMatchObject({ link: '120000', 'run.sh': '100755', intended: '100644', 'a\nb "ü"': '100644' });
    expect(bed.git('show', `${snapshot ?? ''}:link`)).toBe('nowhere at all');
    expect(bed.git('show', `${snapshot ?? ''}:intended`)).toBe('only here\n');
    expect(bed.git('show', `${snapshot ?? ''}:base.txt/below`)).toBe('in the place of a file\n');
  });
});

describe('a merge over what git does not show', () => {
  it.each(['--assume-unchanged', '--skip-worktree'])(
    'refuses an edit under %s, and keeps the mark elsewhere',
    async (mark) => {
      const bed = new TreeBed();
      const { top } = await bed.done('job');
      bed.write('base.txt', 'changed\n', top);
      bed.commit('changes base', top);
      bed.git('update-index', mark, 'base.txt');
      bed.write('base.txt', 'only here\n');
      await expect(merge(bed)).rejects.toThrow(/stand in the way, and nothing was changed: base\.txt/);
      expect(bed.read('base.txt')).toBe('only here\n');
      bed.write('base.txt', 'as it was\n');
      const marks = bed.git('ls-files', '-v', 'base.txt');
      expect((await merge(bed)).commit).not.toBeNull();
      expect([bed.read('base.txt'), bed.git('ls-files', '-v', 'base.txt')]).toEqual(['changed\n', marks]);
      expect(bed.status()).toEqual([]);
    },
  );

  it('leaves out what a sparse checkout leaves out', async () => {
    const bed = new TreeBed();
    bed.write('far/away.txt', 'as it was\n');
    bed.commit('far');
    const { top } = await bed.done('job');
    bed.write('far/away.txt', 'changed\n', top);
    bed.commit('changes far', top);
    bed.git('sparse-checkout', 'set', '--no-cone', '/*', '!/far/');
    expect(bed.read('far/away.txt')).toBeNull();
    expect((await merge(bed)).commit).not.toBeNull();
    expect([bed.read('far/away.txt'), bed.git('show', 'HEAD:far/away.txt')]).toEqual([null, 'changed\n']);
    expect(bed.status()).toEqual([]);
  });

  it('takes another commit of a submodule, whose files are as they were', async () => {
    const bed = new TreeBed();
    const library = path.join(bed.root, 'library');
    ownRepository(bed, library);
    const allowed = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet'];
    bed.git(...allowed, 'add', library, 'lib');
    bed.commit('with a submodule');
    const { top } = await bed.done('job');
    bed.write('own.txt', 'newer\n', library);
    const newer = bed.commit('newer', library);
    bed.gitAt(path.join(top, 'lib'), '-c', 'protocol.file.allow=always', 'fetch', '-q');
    bed.gitAt(path.join(top, 'lib'), 'checkout', '-q', newer);
    bed.commit('newer library', top);
    bed.write('lib/own.txt', 'edited\n');
    expect((await merge(bed)).changed).toContain('lib');
    expect(bed.git('ls-files', '-s', 'lib')).toContain(newer);
    expect(bed.read('lib/own.txt')).toBe('edited\n');
  });

  it.each([
    ['an ignored file', (bed: TreeBed) => bed.write('made/x.ign', 'only here\n'), 'made/x.ign'],
    ['a repository of its own', (bed: TreeBed) => ownRepository(bed, path.join(bed.workspace, 'made')), 'made/own.txt'],
    ['a link that leads out', (bed: TreeBed) => symlinkSync(bed.root, path.join(bed.workspace, 'made')), 'made'],
    ['a folder of that name in other letters', (bed: TreeBed) => bed.write('Made/x', 'only here\n'), 'Made/x'],
  ])('loses no byte of %s where the task has a file of that name', async (_, spoil, file) => {
    const bed = new TreeBed();
    const { top } = await bed.done('job');
    bed.write('made', 'a file\n', top);
    bed.commit('makes it', top);
    spoil(bed);
    const at = path.join(bed.workspace, file);
    const content = () => (lstatSync(at).isSymbolicLink() ? readlinkSync(at) : readFileSync(at, 'utf8'));
    const before = content();
    await merge(bed).catch((error: unknown) => expect(String(error)).toMatch(/stand in the way/));
    expect(content()).toBe(before);
  });

  it('writes files as filters want them', async () => {
    const bed = new TreeBed();
    for (const [key, value] of [
      ['clean', 'tr a-z A-Z'],
      ['smudge', 'tr A-Z a-z'],
    ])
      bed.git('config', `filter.case.${key ?? ''}`, value ?? '');
    writeFileSync(path.join(bed.workspace, '.gitattributes'), '*.low filter=case\n');
    bed.write('a.low', 'kept\n');
    bed.commit('filtered');
    const { top } = await bed.done('job');
    bed.write('a.low', 'changed\n', top);
    bed.commit('changes it', top);
    bed.write('mine.low', 'dirty\n');
    expect((await merge(bed)).commit).not.toBeNull();
    expect([bed.read('a.low'), bed.git('show', 'HEAD:a.low'), bed.read('mine.low')]).toEqual([
      'changed\n',
      'CHANGED\n',
      'dirty\n',
    ]);
    expect(bed.status()).toEqual(['?? mine.low']);
  });
});
