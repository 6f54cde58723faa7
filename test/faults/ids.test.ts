import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { lines, START } from './story.ts';

const state = (rig: Rig) => path.join(rig.workspace, '.autoloop');
const tasks = (rig: Rig) => (existsSync(state(rig)) ? readdirSync(path.join(state(rig), 'tasks')).sort() : []);
const start = (rig: Rig, taskId: string, ...more: string[]) =>
  rig.run(['--task-id', taskId, '--intent', 'Build it', '--pairs', 'implement', ...more]);

fault(
  'I5: task ids of other scripts get folders of their own, and the same id finds its own again',
  {},
  async (rig) => {
    for (const id of ['日本語', '한국어', 'Größe', 'Grosse', 'grö ße']) expect((await start(rig, id)).code).toBe(0);
    expect(tasks(rig)).toHaveLength(5);
    expect(tasks(rig).every((name) => /^[a-z0-9-]+$/.test(name))).toBe(true);
    const again = await start(rig, '日本語');
    expect(again.code).toBe(0);
    expect(tasks(rig)).toHaveLength(5);
    const [resumed, none] = [
      await rig.run(['--resume', '--task-id', '日本語']),
      await rig.run(['--resume', '--task-id', '中文']),
    ];
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain('already complete');
    expect(none.code).not.toBe(0);
    expect(lines(none.stderr)).toHaveLength(1);
    return { maxTurns: 12 };
  },
);

fault(
  'I3: a task id of 300 characters is a usage error of one sentence, before anything is written',
  {},
  async (rig) => {
    const refused = await start(rig, 'x'.repeat(300));
    expect(refused.code).toBe(2);
    expect(lines(refused.stderr)).toEqual(['error: --task-id has 300 characters; at most 200 are accepted']);
    expect(existsSync(state(rig))).toBe(false);
    const resumed = await rig.run(['--resume', '--task-id', '語'.repeat(201)]);
    expect(resumed.code).toBe(2);
    expect(lines(resumed.stderr)).toHaveLength(1);
    expect((await start(rig, 'x'.repeat(200))).code).toBe(0);
    expect(tasks(rig)).toEqual(['x'.repeat(200)]);
    return { maxTurns: 2 };
  },
);

fault('I8: 200 characters of another script make a task that can be listed and resumed', {}, async (rig) => {
  const id = '語'.repeat(200);
  rig.script({ rules: [{ role: 'producer', times: 2, raw: '', noDefaults: true }] });
  expect((await start(rig, id)).code).toBe(4);
  expect((await rig.run(['--resume', '--task-id', id])).code).toBe(0);
  expect((await rig.run(['--list-tasks'])).stdout).toContain(tasks(rig)[0]);
  return { maxTurns: 4 };
});

const CLIMBING = [
  '..',
  '../..',
  '../../../../etc',
  'run-20260101T000000Z-00000000/../../..',
  'run-20260101T000000Z-0000000/',
  '/etc/passwd',
  'run-20260101T000000Z-0000000g',
  'RUN-20260101T000000Z-00000000',
  'run-20260101T000000Z-00000000\n',
  'run-20260101T000000Z-00000000 ',
  '%2e%2e',
  'C:\\x',
  '-x',
  ' ',
];

fault(
  'I3: run ids that climb out or have another form are refused, each in one line, and write nothing',
  {},
  async (rig) => {
    expect((await rig.run(START)).code).toBe(0);
    const before = [rig.treeHash(), rig.git('rev-parse', 'HEAD'), readdirSync(state(rig)).join()];
    const beyond = readdirSync(rig.sandbox.root).sort();
    for (const id of CLIMBING) {
      for (const args of [
        ['--resume', `--run-id=${id}`],
        ['--resume', '--task-id', 't', `--run-id=${id}`],
      ]) {
        const refused = await rig.run(args);
        expect(refused.code, id).toBe(2);
        expect(lines(refused.stderr)[0], id).toMatch(/^error: /);
        expect(refused.stdout, id).toBe('');
      }
    }
    for (const args of [
      ['status', '--run-id=../..'],
      ['logs', '--run-id=../../../../../etc'],
    ]) {
      expect((await rig.run(args)).code).toBe(2);
    }
    expect([rig.treeHash(), rig.git('rev-parse', 'HEAD'), readdirSync(state(rig)).join()]).toEqual(before);
    expect(readdirSync(rig.sandbox.root).sort()).toEqual(beyond);
    return { maxTurns: 2 };
  },
);

fault('I2: task ids that climb become names within the state folder', {}, async (rig) => {
  const beyond = readdirSync(rig.sandbox.root).sort();
  for (const id of ['../../escape', '..', '/etc/passwd', '.git', 'a/b\\c']) expect((await start(rig, id)).code).toBe(0);
  expect(tasks(rig)).toEqual(['a-b-c', 'escape', 'etc-passwd', 'git', 'task']);
  expect(readdirSync(rig.sandbox.root).sort()).toEqual(beyond);
  return { maxTurns: 10 };
});

const ODD_PHASES = [
  'nul',
  'com1',
  'aux',
  'con.txt',
  'foo.',
  'Foo',
  'foo',
  'FOO',
  '../../climb',
  'a/b',
  '日本語',
  '.hidden',
  '-dash',
  '_pid-66',
];
const phaseFolders = (rig: Rig) => readdirSync(path.join(rig.lastRun().path, 'artifacts/implement/phases')).sort();

fault('I1: phase ids that a disk may not tell apart or not take have folders of their own', {}, async (rig) => {
  rig.script({ phases: ODD_PHASES });
  const done = await rig.run(['--task-id', 't', '--intent', 'Build it', '--pairs', 'plan,implement']);
  expect(done.code).toBe(0);
  const folders = phaseFolders(rig);
  expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(ODD_PHASES.length);
  const plain = folders.filter((name) => !/^_pid-(?:[0-9a-f]{2})+$/.test(name));
  expect(plain).toEqual(['foo']);
  expect(
    rig
      .turns()
      .filter(({ role }) => role === 'producer')
      .map(({ phase }) => phase),
  ).toEqual([null, ...ODD_PHASES]);
  expect(rig.status()).toEqual([]);
  return { maxTurns: 2 + 2 * ODD_PHASES.length };
});

fault('I9: a folder that an older release made under a reserved name is gone on with', {}, async (rig) => {
  rig.script({
    phases: ['aux', 'foo.'],
    rules: [{ pair: 'implement', role: 'producer', times: 2, raw: '', noDefaults: true }],
  });
  const paused = await rig.run(['--task-id', 't', '--intent', 'Build it', '--pairs', 'plan,implement']);
  expect(paused.code).toBe(4);
  const phases = path.join(rig.lastRun().path, 'artifacts/implement/phases');
  mkdirSync(path.join(phases, 'foo.'), { recursive: true });
  expect((await rig.run(['--resume'])).code).toBe(0);
  expect(readdirSync(path.join(phases, 'foo.'))).toContain('criteria.md');
  expect(phaseFolders(rig)).toEqual(['_pid-617578', 'foo.']);
  return { maxTurns: 8 };
});

const INHERITED = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];

fault('phases with the names that every object inherits are phases', {}, async (rig) => {
  rig.script({ phases: INHERITED });
  const done = await rig.run(['--task-id', '__proto__', '--intent', 'Build it', '--pairs', 'plan,implement,test']);
  expect(done.code, done.stderr).toBe(0);
  const started = rig.events().flatMap((event) => (event.event_type === 'phase_started' ? [event.phase_id] : []));
  expect(started).toEqual(INHERITED);
  const shown = await rig.run(['status', '--task-id', '__proto__', '--json']);
  const { phases } = JSON.parse(shown.stdout) as { phases: { phase_id: string; status: string }[] };
  expect(phases.map(({ phase_id, status }) => [phase_id, status])).toEqual(INHERITED.map((id) => [id, 'completed']));
  return { maxTurns: 2 + 4 * INHERITED.length };
});
