import { describe, expect, test } from 'vitest';
import { isMachineState, selectPaths } from '../../../src/git/selection.ts';
import type { SelectionFacts } from '../../../src/git/selection.ts';

const MB = 1024 * 1024;

function facts(known: Partial<SelectionFacts> = {}): SelectionFacts {
  return { prefix: '', isNew: () => true, size: () => 10, inHead: () => false, ...known };
}

function select(changed: readonly string[], known: Partial<SelectionFacts> = {}, dirtyBefore: readonly string[] = []) {
  return selectPaths({ changed, dirtyBefore: new Set(dirtyBefore), commitEverything: false }, facts(known));
}

function isTaken(path: string, known: Partial<SelectionFacts> = {}): boolean {
  return select([path], known).commit.length === 1;
}

describe('dependency and cache folders', () => {
  test.each(['node_modules', '.venv', 'venv', '__pycache__', '.tox', '.mypy_cache', '.pytest_cache'])(
    '%s is left out at any depth, named once by its uppermost folder',
    (name) => {
      const files = [`${name}/a`, `${name}/b/${name}/c`, `p/q/${name}/d`];
      expect(select(files)).toEqual({
        commit: [],
        leftOut: [`${name}/`, `p/q/${name}/`].map((path) => ({ path, why: 'new dependency or cache folder' })),
      });
    },
  );

  test('a file of that name, a name that only contains it, and files of HEAD are taken', () => {
    for (const path of ['venv', 'src/node_modules', 'my_node_modules/x', 'venv2/x']) expect(isTaken(path)).toBe(true);
    expect(isTaken('node_modules/x', { isNew: () => false })).toBe(true);
    expect(isTaken('node_modules/new', { inHead: (folder) => folder === 'node_modules/' })).toBe(true);
  });
});

describe('secrets', () => {
  test.each([
    '.env',
    'a/.env',
    '.env.local',
    '.ENV',
    '.envrc',
    'id_rsa',
    'keys/id_ed25519',
    'server.pem',
    'Server.KEY',
    'x.p12',
    'x.pfx',
    'release.keystore',
    'x.jks',
  ])('%s is left out, new or tracked', (path) => {
    for (const isNew of [true, false]) {
      expect(select([path], { isNew: () => isNew })).toEqual({
        commit: [],
        leftOut: [{ path, why: 'its name says that it may hold secrets' }],
      });
    }
  });

  test.each([
    '.env.example',
    '.env.sample',
    'a/.env.local.template',
    'id_rsa.pub',
    'environment',
    'key.ts',
    'pem',
    'x.pem.md',
  ])('%s is taken', (path) => expect(isTaken(path)).toBe(true));

  test('a folder of that name is named once', () => {
    expect(select(['.envs/a', '.envs/b/c']).leftOut).toEqual([
      { path: '.envs/', why: 'its name says that it may hold secrets' },
    ]);
  });
});

test('files over 50 MB are left out, and one of 50 MB is not', () => {
  expect(isTaken('f', { size: () => 50 * MB })).toBe(true);
  expect(select(['f'], { size: () => 50 * MB + 1 }).leftOut).toEqual([{ path: 'f', why: 'over 50 MB' }]);
});

test('a deletion is taken whatever was deleted', () => {
  const paths = ['.env', 'node_modules/x', 'id_rsa'];
  expect(select(paths, { size: () => null, isNew: () => false }).commit).toEqual(paths);
});

test('what lies outside the workspace is left out, and names above the workspace mean nothing', () => {
  const known = { prefix: 'venv/.env.d/app/' };
  expect(select(['venv/.env.d/app/main.c', 'venv/other', 'README'], known)).toEqual({
    commit: ['venv/.env.d/app/main.c'],
    leftOut: ['venv/other', 'README'].map((path) => ({ path, why: 'outside the workspace' })),
  });
});

test('what was dirty before is the user’s, unless a rule says more', () => {
  const { commit, leftOut } = select(['mine', 'ours', 'venv/x'], {}, ['mine', 'venv/x']);
  expect(commit).toEqual(['ours']);
  expect(leftOut).toEqual([
    { path: 'mine', why: 'it was changed or untracked before the turn' },
    { path: 'venv/', why: 'new dependency or cache folder' },
  ]);
});

test('the setting lifts all rules but that one', () => {
  const changed = ['mine', '.env', 'venv/x', '../outside', 'huge'];
  const request = { changed, dirtyBefore: new Set(['mine']), commitEverything: true };
  const selection = selectPaths(request, facts({ prefix: 'w/', size: () => 60 * MB }));
  expect(selection.commit).toEqual(['.env', 'venv/x', '../outside', 'huge']);
  expect(selection.leftOut.map(({ path }) => path)).toEqual(['mine']);
});

test('state of this machine is told from state that travels', () => {
  const run = 'sub/.autoloop/tasks/t/runs/r';
  const machine = [
    'sub/.autoloop/lock',
    'sub/.autoloop/tasks/t/task.json.tmp',
    `${run}/turns/1.log`,
    `${run}/turns/a/b`,
    `${run}/diagnostics.log`,
    `${run}/events.jsonl.torn-2026`,
    `${run}/run.json.corrupt-2026`,
  ];
  const shared = [
    `${run}/events.jsonl`,
    `${run}/artifacts/implement/phases/turns/feedback.md`,
    'sub/.autoloop/tasks/lock/task.json',
    'sub/lock',
    '.autoloop/lock',
    'sub/turns/x.tmp',
  ];
  expect(machine.filter((path) => !isMachineState(path, 'sub/'))).toEqual([]);
  expect(shared.filter((path) => isMachineState(path, 'sub/'))).toEqual([]);
});
