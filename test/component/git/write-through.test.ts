import {
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Playground, cleanUp, expectProblem } from './playground.ts';

cleanUp();

const PROFILE = 'mine\n';

async function opened(branch = 'main') {
  const ground = Playground.withFiles();
  if (branch !== 'main') ground.git('checkout', '-q', '-b', branch);
  const tree = await ground.open();
  const elsewhere = new Playground().dir;
  const profile = path.join(elsewhere, 'profile');
  writeFileSync(profile, PROFILE);
  mkdirSync(path.join(elsewhere, 'folder'));
  ground.write('a.txt', 'new\n');
  const commit = () => tree.commit({ subject: 's', paths: ['a.txt'], id: '1' });
  return { ground, tree, elsewhere, profile, commit, git: (name: string) => path.join(ground.dir, '.git', name) };
}

describe('what git writes into', () => {
  it.each(['COMMIT_EDITMSG', 'logs/HEAD', 'logs/refs/heads/team/main', 'packed-refs', 'logs/refs/autoloop/runs/r'])(
    'is not followed where an agent makes a link or a second name of a file: %s',
    async (name) => {
      for (const lead of [symlinkSync, linkSync]) {
        const { profile, commit, git } = await opened('team/main');
        rmSync(git(name), { force: true });
        mkdirSync(path.dirname(git(name)), { recursive: true });
        lead(profile, git(name));
        await expectProblem(
          commit(),
          new RegExp(`${name} is a (link|second name of a file), and git would write into`),
          'unsettled',
        );
        expect(readFileSync(profile, 'utf8')).toBe(PROFILE);
      }
    },
  );

  it.each(['refs/heads', 'logs', 'logs/refs', 'refs/heads/team', 'refs/autoloop', 'refs/autoloop/safety'])(
    'is not followed where an agent makes a folder a link: %s',
    async (name) => {
      const { elsewhere, commit, tree, git } = await opened('team/main');
      const target = path.join(elsewhere, 'folder');
      mkdirSync(git(name), { recursive: true });
      renameSync(git(name), git('moved'));
      symlinkSync(target, git(name));
      await expectProblem(commit(), new RegExp(`${name} is a link`), 'unsettled');
      await expectProblem(tree.markRun('run-1', '1'.repeat(40)), new RegExp(`${name} is a link`), 'unsettled');
      expect(readdirSync(target)).toEqual([]);
    },
  );

  it('is not followed where an agent makes any of the folders of objects a link', async () => {
    const { elsewhere, commit, git } = await opened();
    const target = path.join(elsewhere, 'folder');
    rmSync(git('objects/7f'), { recursive: true, force: true });
    symlinkSync(target, git('objects/7f'));
    await expectProblem(commit(), /objects\/7f is a link/, 'unsettled');
    expect(readdirSync(target)).toEqual([]);
  });

  it('may be a link of the user’s where that is usual', async () => {
    const { ground, git } = await opened();
    const shared = new Playground().dir;
    renameSync(git('refs'), path.join(shared, 'refs'));
    symlinkSync(path.join(shared, 'refs'), git('refs'));
    const tree = await ground.open();
    const head = ground.git('rev-parse', 'HEAD').trim();
    await tree.markRun('run-1', head);
    expect(ground.git('rev-parse', 'refs/autoloop/runs/run-1').trim()).toBe(head);
  });
});
