import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { committed, lines, START } from './story.ts';

/** A repository of its own beside the workspace, with one file. */
function library(rig: Rig): string {
  const folder = path.join(rig.sandbox.root, 'library');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'lib.txt'), 'lib\n');
  const git = (...args: string[]) =>
    rig.git('-C', folder, '-c', 'user.name=Rig', '-c', 'user.email=rig@example.com', ...args);
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'lib');
  return folder;
}

function addSubmodule(rig: Rig): void {
  rig.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library(rig), 'sub');
  rig.git('commit', '-q', '-m', 'with a submodule');
}

const uncovered = (stderr: string) => lines(stderr).filter((line) => line.includes('not covered by checkpoints'));

fault('I1, I2: a linked worktree gets its checkpoints on its own branch', {}, async (rig) => {
  const other = path.join(rig.sandbox.root, 'other');
  rig.git('worktree', 'add', '-q', '-b', 'night', other);
  const main = rig.git('rev-parse', 'main');
  const args = ['--workspace', other];
  rig.script({ rules: [{ role: 'producer', times: 2, raw: '', noDefaults: true }] });
  expect((await rig.run([...START, ...args])).code).toBe(4);
  expect((await rig.run(['--resume', ...args])).code).toBe(0);
  expect(rig.git('-C', other, 'status', '--porcelain')).toBe('');
  expect(rig.git('show', 'night:src/implicit-phase.txt')).toContain('cycle 1');
  expect(rig.git('rev-parse', 'main')).toBe(main);
  return { maxTurns: 4 };
});

fault(
  'I1: a workspace that is a submodule is committed in the submodule, and the repository around it is left alone',
  {},
  async (rig) => {
    addSubmodule(rig);
    const sub = path.join(rig.workspace, 'sub');
    rig.git('-C', sub, 'switch', '-q', '-c', 'work');
    const around = rig.git('rev-parse', 'HEAD');
    rig.script({ rules: [{ role: 'producer', noDefaults: true, shell: ['echo a > a.txt'] }] });
    expect((await rig.run([...START, '--workspace', sub])).code).toBe(0);
    expect(rig.git('-C', sub, 'log', '-1', '--format=%s').trim()).toMatch(/^autoloop: /);
    expect(rig.git('-C', sub, 'show', 'HEAD:a.txt')).toBe('a\n');
    expect(rig.git('-C', sub, 'status', '--porcelain')).toBe('');
    expect(rig.git('rev-parse', 'HEAD')).toBe(around);
    return { maxTurns: 2 };
  },
);

for (const state of ['clean', 'dirty']) {
  fault(
    `I1, I2: a ${state} submodule is named once as not covered, and what an agent edits in it stays`,
    {},
    async (rig) => {
      addSubmodule(rig);
      if (state === 'dirty') rig.write('sub/mine.txt', 'mine\n');
      const link = rig.git('ls-tree', 'HEAD', 'sub');
      rig.script({ rules: [{ role: 'producer', write: { 'sub/lib.txt': 'the agent’s\n', 'src/a.txt': 'a\n' } }] });
      const done = await rig.run(START);
      expect(done.code).toBe(0);
      expect(uncovered(done.stderr)).toEqual([
        '[!] WARNING: not covered by checkpoints (repositories of their own): sub/',
      ]);
      expect(committed(rig).filter((name) => name !== 'sub' && !name.startsWith('.git'))).toEqual([
        'src/a.txt',
        'src/implicit-phase.txt',
      ]);
      expect(rig.git('ls-tree', 'HEAD', 'sub')).toBe(link);
      expect(rig.read('sub/lib.txt')).toBe('the agent’s\n');
      expect(rig.git('-C', path.join(rig.workspace, 'sub'), 'log', '--format=%s')).toBe('lib\n');
      return { maxTurns: 2 };
    },
  );
}

fault(
  'I1: a commit that an agent makes in a submodule is recorded in the repository around it, and the submodule is named',
  {},
  async (rig) => {
    addSubmodule(rig);
    const commit = 'cd sub && echo x > x.txt && git add x.txt && git -c user.name=A -c user.email=a@b commit -qm agent';
    rig.script({ rules: [{ role: 'producer', shell: [commit] }] });
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    const tip = rig.git('-C', path.join(rig.workspace, 'sub'), 'rev-parse', 'HEAD').trim();
    expect(rig.git('ls-tree', 'HEAD', 'sub')).toContain(tip);
    expect(uncovered(done.stderr)).toEqual([
      '[!] WARNING: not covered by checkpoints (repositories of their own): sub/',
    ]);
    expect(rig.status()).toEqual([]);
    expect(rig.git('-C', path.join(rig.workspace, 'sub'), 'log', '-1', '--format=%s')).toBe('agent\n');
    return { maxTurns: 2 };
  },
);

fault('I1: a repository that an agent makes in a folder is named, and the run goes on', {}, async (rig) => {
  rig.script({ rules: [{ role: 'producer', times: 1, shell: ['git init -q vendor && echo x > vendor/x.txt'] }] });
  const done = await rig.run(START);
  expect(done.code).toBe(0);
  expect(`${done.stdout}${done.stderr}`).toMatch(/WARNING: .*vendor/);
  expect(readFileSync(path.join(rig.workspace, 'vendor/x.txt'), 'utf8')).toBe('x\n');
  return { maxTurns: 2 };
});
