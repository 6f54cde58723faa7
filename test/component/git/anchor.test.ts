import { readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRepository } from '../../../src/git/repository.ts';
import { createRunner, type GitRunner } from '../../../src/git/runner.ts';
import { Playground, cleanUp, expectProblem } from './playground.ts';

cleanUp();

describe('another repository in the place of the one that was opened', () => {
  /** What a person has in another repository: its references, its index, its HEAD. */
  const stateOf = (ground: Playground) => [
    ground.git('for-each-ref'),
    readFileSync(path.join(ground.dir, '.git/index')).toString('hex'),
    ground.read('.git/HEAD'),
  ];

  test.each<[string, (ground: Playground, other: Playground) => void, RegExp]>([
    [
      'a link to its folder',
      (ground, other) => {
        renameSync(path.join(ground.dir, '.git'), path.join(ground.dir, '.git-before'));
        symlinkSync(path.join(other.dir, '.git'), path.join(ground.dir, '.git'));
      },
      /is another one now/,
    ],
    [
      'a file that names its folder',
      (ground, other) => {
        renameSync(path.join(ground.dir, '.git'), path.join(ground.dir, '.git-before'));
        ground.write('.git', `gitdir: ${other.dir}/.git\n`);
      },
      /the git folder .*\.git is another one now/,
    ],
    [
      'a link to itself',
      (ground) => {
        ground.remove('.git');
        symlinkSync('.git', path.join(ground.dir, '.git'));
      },
      /the git folder .*\.git is gone/,
    ],
    [
      'a new one made in its place',
      (ground) => {
        ground.remove('.git');
        ground.git('init', '-q', '-b', 'main');
      },
      /the git folder .*\.git is another one now/,
    ],
    [
      'the work tree moved, and a copy of another one there',
      (ground, other) => {
        renameSync(ground.dir, `${ground.dir}-moved`);
        symlinkSync(other.dir, ground.dir);
      },
      /the work tree .* is another one now/,
    ],
    [
      'branches and objects of another one',
      (ground, other) => ground.write('.git/commondir', `${other.dir}/.git\n`),
      /commondir is a file that says ".*\.git" now; it was not there/,
    ],
  ])('is found before git is called: %s', async (_, replace, words) => {
    const [ground, other] = [Playground.withFiles(), Playground.withFiles()];
    const tree = await ground.open();
    const before = stateOf(other);
    ground.write('a.txt', 'changed\n');
    replace(ground, other);
    await expectProblem(tree.observe(), words, 'unsettled');
    const checkpoint = { paths: ['a.txt'], subject: 'autoloop: s', id: 'run/1' };
    await expectProblem(tree.commit(checkpoint), words, 'unsettled');
    expect(stateOf(other)).toEqual(before);
  });

  test('a linked work tree whose .git names another folder is told by what the file says', async () => {
    const ground = Playground.withFiles();
    const linked = new Playground(`${ground.dir}-linked`);
    ground.git('worktree', 'add', '-q', '--detach', linked.dir);
    const tree = await linked.open();
    linked.write('.git', `gitdir: ${ground.dir}/.git\n`);
    await expectProblem(tree.observe(), /\.git is a file that says .* now; it was a file that says/, 'unsettled');
  });

  test('core.worktree leads no call elsewhere', async () => {
    const [ground, other] = [Playground.withFiles(), Playground.withFiles()];
    const tree = await ground.open();
    ground.git('config', 'core.worktree', other.dir);
    other.write('a.txt', 'of another repository\n');
    await expectProblem(tree.observe(), /core\.worktree = /, 'unsettled');
  });
});

describe('a repository that goes while it is opened', () => {
  test.each(['.git', '.'])('is named: %s', async (gone) => {
    const ground = Playground.withFiles();
    const git = createRunner();
    const runner: GitRunner = {
      count: 0,
      async run(...call) {
        const output = await git.run(...call);
        rmSync(path.join(ground.dir, gone), { recursive: true });
        return output;
      },
    };
    await expectProblem(openRepository(ground.dir, { runner }), /was taken away while it was opened/, 'unsettled');
  });

  test('before git is called there for the first time, is a folder that is not there any more', async () => {
    const ground = Playground.withFiles();
    const call = createRunner().run(ground.dir, ['status']);
    rmSync(ground.dir, { recursive: true });
    await expectProblem(call, /does not exist any more/);
  });
});
