import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { rigWithCommit, START } from '../support/task-tree.ts';

const TASKS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

it('eight runs at once in one repository come to their end beside a gc and a pack-refs that never stop', async () => {
  await using rig = await rigWithCommit();
  const [stop, round] = ['stop', 'round'].map((name) => path.join(path.dirname(rig.workspace), name));
  const loop = `while [ ! -e '${stop}' ]; do git gc -q && git pack-refs --all; touch '${round}'; done`;
  const beside = spawn('sh', ['-c', loop], { cwd: rig.workspace, env: { ...process.env, ...rig.sandbox.env } });
  const gone = once(beside, 'close');
  const start = (id: string) => START.map((word) => (word === 'job' ? id : word));
  const runs = await Promise.all(TASKS.map((id) => rig.run(start(id), { timeoutMs: 300_000 })));
  writeFileSync(stop ?? '', '');
  await gone;
  expect(existsSync(round ?? '')).toBe(true);
  const failed = runs.filter(({ code }) => code !== 0).map(({ stdout, stderr }) => `${stdout}${stderr}`);
  expect(failed).toEqual([]);
  for (const id of TASKS) expect(rig.git('show', `autoloop/${id}:src/made.txt`)).toBe('made\n');
  expect(rig.git('fsck', '--no-dangling')).toBe('');
  expect([rig.status(), rig.git('log', '--format=%s').trim()]).toEqual([[], 'mine\nfirst']);
}, 400_000);
