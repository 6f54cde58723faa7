import { utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileCallRecord } from '../../../src/git/call-record.ts';
import { createRunner } from '../../../src/git/runner.ts';
import { Playground, cleanUp } from './playground.ts';

cleanUp();

const BRANCH = '.git/refs/heads/main.lock';

describe('a lock that a killed git left', () => {
  test('is removed when it appeared during a call of ours that died with the program', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    const died = { at: Date.now(), command: 'commit' };
    const ofOurs = ['kept/1234', 'runs/run-1', 'safety/run-1'].map((name) => `.git/refs/autoloop/${name}.lock`);
    const locks = ['.git/HEAD.lock', ...ofOurs, BRANCH];
    for (const lock of locks) ground.write(lock);
    expect([...tree.clearLeftLocks(died)].sort()).toEqual(locks.map((lock) => path.join(ground.dir, lock)));
    for (const lock of locks) expect(ground.read(lock)).toBeNull();
  });

  test('stays when it was there before that call, and is named with the command that removes it once it is stale', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    ground.write(BRANCH);
    const old = Date.now() / 1000 - 120;
    utimesSync(ground.at(BRANCH), old, old);
    const clear = () => tree.clearLeftLocks({ at: Date.now(), command: 'commit' });
    expect(clear).toThrow(/main\.lock is in the way/);
    expect(ground.read(BRANCH)).not.toBeNull();
  });

  test('of a reference of ours is in nobody’s way where no call of ours died', async () => {
    const ground = Playground.withFiles();
    const lock = '.git/refs/autoloop/runs/run-1.lock';
    ground.write(lock);
    const old = Date.now() / 1000 - 120;
    utimesSync(ground.at(lock), old, old);
    expect((await ground.open()).clearLeftLocks(null)).toEqual([]);
    expect(ground.read(lock)).not.toBeNull();
  });

  test('is nobody’s business while it is young', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    ground.write(BRANCH);
    expect(tree.clearLeftLocks(null)).toEqual([]);
    expect(ground.read(BRANCH)).not.toBeNull();
  });
});

describe('the record of calls', () => {
  test('holds a call while it goes on, and nothing after it; its processes carry the mark', async () => {
    const ground = Playground.withFiles();
    const file = path.join(ground.dir, '.git/record.json');
    const record = new FileCallRecord(file);
    record.keep({ mark: 'MARK', endStray: () => Promise.resolve() });
    ground.git('config', 'filter.look.clean', `cat .git/record.json >&2; env | grep MARK >&2; cat`);
    ground.write('.gitattributes', '*.look filter=look\n');
    ground.write('a.look');
    const runner = createRunner({ record });
    const { err } = await runner.run(ground.dir, ['add', 'a.look']);
    expect(err.toString()).toMatch(/"command":"add".*\n?MARK=1/s);
    expect(new FileCallRecord(file).died()).toBeNull();
    writeFileSync(file, '{"at":5,"command":"commit"}');
    expect(new FileCallRecord(file).died()).toEqual({ at: 5, command: 'commit' });
  });

  test('of calls at once it holds the first, until the last has ended; one that was ended stays until the next', () => {
    const file = path.join(Playground.withFiles().dir, '.git/record.json');
    const record = new FileCallRecord(file);
    const held = () => new FileCallRecord(file).died()?.command ?? null;
    record.keep({ mark: 'MARK', endStray: () => Promise.resolve() });
    const seen = [held()];
    for (const step of ['commit', 'add', true, true, 'update-index', false, 'rm', true] as const) {
      if (typeof step === 'string') record.begin([step]);
      else record.end(step);
      seen.push(held());
    }
    expect(seen).toEqual([null, 'commit', 'commit', 'commit', null, 'update-index', 'update-index', 'rm', null]);
  });

  test('a call that outlives the second signal is ended, and what it started as well', async () => {
    const ground = Playground.withFiles();
    let ended = 0;
    const record = new FileCallRecord(null);
    record.keep({ mark: 'MARK', endStray: () => Promise.resolve((ended += 1)) });
    ground.git('config', 'filter.wait.clean', `echo $$ > "${ground.dir}/.git/pid"; trap '' INT TERM; sleep 20 & wait`);
    ground.write('.gitattributes', '*.wait filter=wait\n');
    ground.write('a.wait');
    const hurry = new AbortController();
    const call = createRunner({ record, hurry: hurry.signal }).run(ground.dir, ['add', 'a.wait']);
    while (ground.read('.git/pid') === null) await new Promise((resolve) => setTimeout(resolve, 10));
    hurry.abort();
    await expect(call).rejects.toThrow(/second signal/);
    process.kill(Number(ground.read('.git/pid')), 'SIGKILL');
    expect(ended).toBe(1);
  });
});
