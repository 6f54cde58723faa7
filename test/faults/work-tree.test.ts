import { chmodSync, renameSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { committed, leftUncommitted, START } from './story.ts';

const FILES = {
  'a.txt': 'a\n',
  'b.txt': 'b\n',
  'c.txt': 'c\n',
  'd.txt': 'd\n',
  'e.txt': '1\n2\n3\n4\n5\n6\n7\n8\n9\n',
};

/** Something staged of every kind: new, changed, deleted, renamed, in part, with another mode, and only meant to be added. */
function stage(rig: Rig): void {
  rig.write('new.txt', 'new\n');
  rig.write('a.txt', 'staged\n');
  renameSync(path.join(rig.workspace, 'c.txt'), path.join(rig.workspace, 'moved.txt'));
  chmodSync(path.join(rig.workspace, 'd.txt'), 0o755);
  rig.write('e.txt', 'staged\n2\n3\n4\n5\n6\n7\n8\n9\n');
  rig.git('add', '-A');
  rig.git('rm', '-q', 'b.txt');
  rig.write('e.txt', 'staged\n2\n3\n4\n5\n6\n7\n8\nin the work tree only\n');
  rig.write('meant.txt', 'meant\n');
  rig.git('add', '-N', 'meant.txt');
}

const staged = (rig: Rig) => rig.git('diff', '--cached', '--binary', '-M');

fault(
  'I2: what was staged is staged after the run as it was before, and in none of its commits',
  { files: FILES },
  async (rig) => {
    stage(rig);
    const before = [staged(rig), rig.git('diff'), rig.status().join()];
    expect((await rig.run(START)).code).toBe(0);
    expect([staged(rig), rig.git('diff'), rig.status().join()]).toEqual(before);
    expect(committed(rig)).toEqual(['src/implicit-phase.txt']);
    return { maxTurns: 2 };
  },
);

fault(
  'I2: staged files that the agent edits stay staged as they were, and are named',
  { files: FILES },
  async (rig) => {
    rig.script({
      rules: [
        { role: 'producer', write: { 'a.txt': 'the agent’s\n', 'new.txt': 'the agent’s\n', 'b.txt': 'back again\n' } },
      ],
    });
    stage(rig);
    const before = staged(rig);
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(staged(rig)).toBe(before);
    expect(committed(rig)).toEqual(['src/implicit-phase.txt']);
    for (const name of ['a.txt', 'new.txt', 'b.txt']) expect(leftUncommitted(done)).toContain(name);
    return { maxTurns: 2 };
  },
);

fault(
  'I2: what was staged survives a kill and the resume after it',
  { files: FILES, script: { rules: [{ role: 'producer', times: 1, remote: true }] } },
  async (rig) => {
    stage(rig);
    const before = staged(rig);
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ write: { 'src/half.txt': 'half\n' } });
    running.signal('SIGKILL');
    await running.done;
    expect((await rig.run(['--resume'])).code).toBe(0);
    expect(staged(rig)).toBe(before);
    expect(committed(rig)).toEqual(['src/half.txt', 'src/implicit-phase.txt']);
    return { maxTurns: 3 };
  },
);

fault(
  'I2: a file that was dirty before the turn is never swept in, also when it is edited during the turn',
  { files: FILES, script: { rules: [{ role: 'producer', times: 1, remote: true }] } },
  async (rig) => {
    rig.write('a.txt', 'mine\n');
    rig.write('notes.txt', 'mine\n');
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    rig.write('a.txt', 'mine, later\n');
    rig.write('notes.txt', 'mine, later\n');
    await turn.finish();
    expect((await running.done).code).toBe(0);
    expect(rig.status()).toEqual([' M a.txt', '?? notes.txt']);
    expect([rig.read('a.txt'), rig.read('notes.txt')]).toEqual(['mine, later\n', 'mine, later\n']);
    return { maxTurns: 2 };
  },
);

fault('I2: a run in a worktree of its own leaves the files of the other one alone', { files: FILES }, async (rig) => {
  const other = path.join(rig.sandbox.root, 'other');
  rig.git('worktree', 'add', '-q', '-b', 'night', other);
  rig.script({ rules: [{ role: 'producer', write: { 'a.txt': 'the agent’s\n' } }] });
  rig.write('a.txt', 'mine, at work\n');
  const before = [rig.treeHash(), rig.git('rev-parse', 'main'), rig.status().join()];
  expect((await rig.run([...START, '--workspace', other])).code).toBe(0);
  expect([rig.treeHash(), rig.git('rev-parse', 'main'), rig.status().join()]).toEqual(before);
  expect(rig.git('show', 'night:a.txt')).toBe('the agent’s\n');
  return { maxTurns: 2 };
});

fault(
  'I1, I2: files that were dirty or untracked before are left, and named when the agent edits them',
  { files: FILES },
  async (rig) => {
    rig.script({
      rules: [
        {
          role: 'producer',
          write: { 'a.txt': 'the agent’s\n', 'notes.txt': 'the agent’s\n', 'b.txt': 'the agent’s\n' },
        },
      ],
    });
    rig.write('a.txt', 'mine\n');
    rig.write('notes.txt', 'mine\n');
    rig.write('untouched.txt', 'mine\n');
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(committed(rig)).toEqual(['b.txt', 'src/implicit-phase.txt']);
    expect(rig.status()).toEqual([' M a.txt', '?? notes.txt', '?? untouched.txt']);
    expect(leftUncommitted(done)).toBe('a.txt, notes.txt');
    return { maxTurns: 2 };
  },
);

fault('I1: an edit that keeps size and time is seen by its content', { files: FILES }, async (rig) => {
  const sneak = (name: string) =>
    `touch -r ${name} /tmp/$$; printf 'X\\n' > ${name}; touch -r /tmp/$$ ${name}; rm /tmp/$$`;
  rig.script({ rules: [{ role: 'producer', shell: [sneak('a.txt'), sneak('b.txt')] }] });
  rig.write('a.txt', 'm\n');
  const done = await rig.run(START);
  expect(done.code).toBe(0);
  expect(committed(rig)).toEqual(['b.txt', 'src/implicit-phase.txt']);
  expect(leftUncommitted(done)).toBe('a.txt');
  return { maxTurns: 2 };
});

fault(
  'I2: a dirty file that the agent deletes stays out of the commit, and is named',
  { files: FILES },
  async (rig) => {
    rig.script({ rules: [{ role: 'producer', delete: ['a.txt'] }] });
    rig.write('a.txt', 'mine\n');
    const done = await rig.run(START);
    expect(rig.status()).toEqual([' D a.txt']);
    expect(leftUncommitted(done)).toBe('a.txt');
    return { maxTurns: 2 };
  },
);
