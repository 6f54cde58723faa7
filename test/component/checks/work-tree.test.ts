import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBench } from '../../../src/checks/bench.ts';
import { lookAtCarried } from '../../../src/checks/carried.ts';
import type { ProcessStart } from '../../../src/checks/processes.ts';
import type { Check } from '../../../src/core/checks/check.ts';
import type { EvidenceSettings } from '../../../src/core/settings.ts';
import { createRunner } from '../../../src/git/runner.ts';

const CHECK: Check = {
  name: 'test',
  run: 'npm test',
  parser: 'exit',
  results: null,
  when: 'auto',
  gate: 'no_new_failures',
  heldBack: false,
  timeoutMinutes: 10,
  origin: 'package.json',
};
const EVIDENCE: EvidenceSettings = {
  mode: 'auto',
  setup: null,
  carry: [],
  keep: null,
  where: 'auto',
  guards: [],
  retries: 0,
  maxMinutes: null,
};

let folder: string;
let top: string;
let starts: ProcessStart[];

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'checks-'));
  top = path.join(folder, 'work');
  starts = [];
  for (const name of ['a', 'b']) {
    mkdirSync(path.join(top, name), { recursive: true });
    writeFileSync(path.join(top, name, 'package.json'), '{}');
  }
  execFileSync('git', ['init', '-q'], { cwd: top });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the check on what lies there, by a run of its own, and resolves with whether an earlier run had told. */
async function check(name: string, more: Partial<EvidenceSettings> = {}, where: 'clean' | 'in_place' = 'clean') {
  const workspace = path.join(top, name);
  const bench = await openBench({
    workspace,
    cache: path.join(folder, 'cache'),
    runner: createRunner({ workspace }),
    processes: {
      run: (start) => {
        starts.push(start);
        return Promise.resolve({ ending: 'exited', exitCode: 0, durationMs: 1, notices: [] });
      },
    },
    env: { GIT_DIR: '/elsewhere', LC_ALL: 'C' },
  });
  if (bench === null) throw new Error('no repository');
  const tree = await bench.snapshot();
  const asked = { check: CHECK, tree, where, expected: null, logFile: path.join(folder, 'log'), mayBeKnown: true };
  const { cached } = await bench.run({ ...asked, evidence: { ...EVIDENCE, ...more } });
  await bench.close();
  return cached;
}

describe('a pass of an earlier run', () => {
  it('is one of the same workspace: others of the repository have checks of the same name and command', async () => {
    expect([await check('a'), await check('a'), await check('b'), await check('b')]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it('says nothing of the work tree, where more lies than the sources', async () => {
    await check('a');
    expect(await check('a', {}, 'in_place')).toBe(false);
  });
});

describe('what prepares the clean copy', () => {
  it('is not led to another repository', async () => {
    await check('a', { setup: 'git submodule update' });
    expect(starts.map(({ run, env }) => [run, env['GIT_DIR'], env['LC_ALL']])).toEqual([
      ['git submodule update', undefined, 'C'],
      ['npm test', undefined, 'C'],
    ]);
  });
});

describe('a folder of dependencies', () => {
  it.each(['lib', '.pnpm/lib', '.bun/lib', '.store/lib'])('is another one when %s in it is changed', (name) => {
    const file = path.join(top, 'node_modules', name, 'index.js');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'one');
    const { digest } = lookAtCarried(top, 'node_modules', Infinity);
    writeFileSync(file, 'other');
    expect(lookAtCarried(top, 'node_modules', Infinity).digest).not.toBe(digest);
  });
});
