import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { until } from '../support/marked-processes.ts';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { asked, committed, follow, leftUncommitted, START } from './story.ts';

const HOOKS = [
  'pre-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'pre-merge-commit',
  'post-index-change',
  'reference-transaction',
];

for (const where of ['.git/hooks', '.husky']) {
  fault(`I1, I2: hooks in ${where} that fail do not run for checkpoints`, {}, async (rig) => {
    const ran = path.join(rig.sandbox.root, 'ran');
    for (const name of HOOKS) {
      rig.write(`${where}/${name}`, `#!/bin/sh\necho ${name} >> ${ran}\nexit 1\n`);
      chmodSync(path.join(rig.workspace, where, name), 0o755);
    }
    if (where !== '.git/hooks') rig.git('config', 'core.hooksPath', where);
    const done = await rig.run(START);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(committed(rig)).toContain('src/implicit-phase.txt');
    expect(existsSync(ran)).toBe(false);
    return { maxTurns: 2 };
  });
}

fault('I1, I2: with commit.gpgsign and no key checkpoints are made unsigned', {}, async (rig) => {
  const settings = { 'commit.gpgsign': 'true', 'user.signingkey': 'NOBODY', 'gpg.program': '/bin/false' };
  for (const [key, value] of Object.entries(settings)) rig.git('config', key, value);
  expect(await rig.run(START)).toMatchObject({ code: 0, stderr: '' });
  const raw = rig.commits().map(({ hash }) => rig.git('cat-file', 'commit', hash));
  expect(raw.length).toBeGreaterThan(3);
  expect(raw.filter((commit) => commit.includes('gpgsig'))).toEqual([]);
  return { maxTurns: 2 };
});

const indexLock = (rig: Rig) => path.join(rig.workspace, '.git/index.lock');

fault('I7, I8: an index.lock that somebody left is named before any turn', {}, async (rig) => {
  writeFileSync(indexLock(rig), '');
  const ended = await rig.run(START);
  expect(ended.code).toBe(1);
  expect(rig.turns()).toEqual([]);
  expect(ended.stderr).toContain(`${indexLock(rig)} was made`);
  expect(ended.stderr).toContain('delete the file and resume the run');
  rmSync(indexLock(rig));
  expect((await follow(rig, ended)).code).toBe(0);
  return { maxTurns: 2 };
});

const remote = { rules: [{ role: 'producer', times: 1, remote: true }] } as const;

fault(
  'I1, I4, I8: an index.lock left during a turn ends the run, and its checkpoint is made when the run is resumed',
  { script: remote },
  async (rig) => {
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ write: { 'src/kept.txt': 'kept\n' } });
    writeFileSync(indexLock(rig), '');
    await turn.finish();
    const ended = await running.done;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(indexLock(rig));
    rmSync(indexLock(rig));
    expect((await follow(rig, ended)).code).toBe(0);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1']);
    expect(committed(rig)).toContain('src/kept.txt');
    return { maxTurns: 2 };
  },
);

fault('I1: an index.lock of a git command at work is waited for', { script: remote }, async (rig) => {
  const running = rig.start(START);
  const turn = await rig.nextTurn();
  await turn.act({ write: { 'src/kept.txt': 'kept\n' } });
  writeFileSync(indexLock(rig), '');
  await turn.finish();
  await running.sees(/implement producer \(cycle 1\) finished/);
  await until(
    () => 'the turn is not in the log',
    () => rig.events().some((event) => event.event_type === 'phase_finished'),
  );
  rmSync(indexLock(rig));
  expect(await running.done).toMatchObject({ code: 0, stderr: '' });
  expect(committed(rig)).toContain('src/kept.txt');
  return { maxTurns: 2 };
});

fault(
  'I1: a workspace in a subfolder has its own files committed, and edits outside of it named',
  {
    subfolder: 'packages/app',
    files: { 'a.txt': 'a\n' },
  },
  async (rig) => {
    const shell = ['mkdir -p ../library && echo x > ../library/b.txt', 'echo x > ../../top.txt'];
    rig.script({ rules: [{ role: 'producer', write: { 'a.txt': 'changed\n', 'src/c.txt': 'c\n' }, shell }] });
    rig.write('../other/yours.txt', 'yours\n');
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(committed(rig).filter((name) => !name.startsWith('packages/app/.autoloop/'))).toEqual([
      'packages/app/a.txt',
      'packages/app/src/c.txt',
      'packages/app/src/implicit-phase.txt',
    ]);
    expect(leftUncommitted(done).split(', ').sort()).toEqual(['packages/library/b.txt', 'top.txt']);
    expect(rig.status()).toEqual(['?? packages/library/b.txt', '?? packages/other/yours.txt', '?? top.txt']);
    return { maxTurns: 2 };
  },
);
