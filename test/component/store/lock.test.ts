import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { StateFiles } from '../../../src/store/layout.ts';
import { acquireLock } from '../../../src/store/lock.ts';
import type { LockProcess } from '../../../src/store/holder.ts';
import { NOW, workspace } from './rig.ts';

const DEAD: LockProcess = { pid: 1, start: 'dead', boot: 'b', pidNamespace: 'n' };
const isAlive = ({ start }: LockProcess) => start !== 'dead';

function take(state: StateFiles, overrides: { start?: string; host?: string; runId?: string } = {}) {
  const { start = 'me', host = 'here', runId = 'run-1' } = overrides;
  const self = { pid: 42, start, boot: 'b', pidNamespace: 'n' };
  const sleep = () => Promise.resolve();
  return acquireLock(state.lock, { self, host, runId, workspace: state.workspace, now: NOW, isAlive, sleep });
}

/** Leaves a lock behind as a process does that was killed. */
function leaveLock(state: StateFiles, overrides: object = {}, file = state.lock): string {
  mkdirSync(state.folder, { recursive: true });
  const { pidNamespace: pid_namespace, ...dead } = DEAD;
  const text = JSON.stringify({ ...dead, pid_namespace, host: 'here', run_id: 'run-0', since: 'S', ...overrides });
  writeFileSync(file, text);
  return text;
}

describe('a lock whose holder is in another container', () => {
  const elsewhere = { start: 'me', pid_namespace: 'another' };
  const takeBy = (state: StateFiles, sleep: () => Promise<void>) =>
    acquireLock(state.lock, {
      self: { pid: 42, start: 'me', boot: 'b', pidNamespace: 'n' },
      ...{ host: 'here', runId: 'run-1', workspace: state.workspace, now: NOW, isAlive: () => false, sleep },
    });

  it('is busy as soon as the holder is seen to touch it, whatever lives under its pid here', async () => {
    const { state } = workspace();
    leaveLock(state, elsewhere);
    const touched = async () => utimesSync(state.lock, 1, 1);
    await expect(takeBy(state, touched)).rejects.toMatchObject({ kind: 'busy' });
  });

  it('is taken over when twenty seconds bring no sign of life', async () => {
    const { state } = workspace();
    leaveLock(state, elsewhere);
    let waits = 0;
    const lock = await takeBy(state, async () => {
      waits += 1;
    });
    expect(waits).toBe(40);
    await lock.release();
  });
});

describe('the lock of a workspace', () => {
  it('names its holder to others, and is gone when it is released', async () => {
    const { state } = workspace();
    const lock = await take(state);
    expect(JSON.parse(readFileSync(state.lock, 'utf8'))).toMatchObject({ pid: 42, host: 'here', run_id: 'run-1' });
    const refused = take(state, { start: 'other' });
    await expect(refused).rejects.toMatchObject({
      kind: 'busy',
      message: 'busy: pid 42, run run-1 since 2026-11-23T18:49:54Z',
    });
    vi.stubEnv('TZ', 'America/Bogota');
    onTestFinished(() => void vi.unstubAllEnvs());
    const local = 'busy: pid 42, run run-1 since 2026-11-23T13:49:54-05:00';
    await expect(take(state, { start: 'other' })).rejects.toMatchObject({ message: local });
    await lock.release();
    expect(readdirSync(state.folder)).toEqual([]);
    await (await take(state, { start: 'other' })).release();
  });

  it('is taken over where it names nobody and is dated in the future', async () => {
    const { state } = workspace();
    mkdirSync(state.folder, { recursive: true });
    writeFileSync(state.lock, '');
    utimesSync(state.lock, 4e9, 4e9);
    const lock = await take(state);
    await lock.release();
  });

  it('is taken over from a process that is gone, and from a file that a power cut emptied', async () => {
    const { state } = workspace();
    leaveLock(state);
    await (await take(state)).release();
    writeFileSync(state.lock, '');
    const boot = new Date(Date.now() - 60_000);
    utimesSync(state.lock, boot, boot);
    await take(state);
    expect(readdirSync(state.folder)).toEqual(['lock']);
  });

  it('is not taken from a process that has just made an empty file of it', async () => {
    const { state } = workspace();
    mkdirSync(state.folder);
    writeFileSync(state.lock, '');
    await expect(take(state)).rejects.toMatchObject({ kind: 'busy' });
  });

  it('of another machine is not judged from here: the hint says what to do', async () => {
    const { state } = workspace();
    leaveLock(state, { host: 'there', pid_namespace: '' });
    await expect(take(state)).rejects.toMatchObject({
      message: 'busy: pid 1, run run-0 since S on host there',
      hint: expect.stringContaining(`delete ${state.lock}`) as string,
    });
  });

  it('is taken over also from a process that died while it took over itself', async () => {
    const { state } = workspace();
    const stale = leaveLock(state);
    const first = leaveLock(state, { run_id: 'taker-1' }, rightTo(state, stale));
    leaveLock(state, { run_id: 'taker-2' }, rightTo(state, first));
    await take(state);
    expect(readdirSync(state.folder)).toEqual(['lock']);
    expect(JSON.parse(readFileSync(state.lock, 'utf8'))).toMatchObject({ pid: 42 });
  });

  it('is busy while a living process takes it over', async () => {
    const { state } = workspace();
    const stale = leaveLock(state);
    const right = rightTo(state, stale);
    leaveLock(state, { start: 'alive', run_id: 'taker' }, right);
    await expect(take(state)).rejects.toThrow('busy: pid 1, run taker');
    expect(existsSync(right)).toBe(true);
  });

  it("is left alone by a release when it has become somebody else's", async () => {
    const { state } = workspace();
    const lock = await take(state);
    const theirs = leaveLock(state, { start: 'alive' });
    await lock.release();
    expect(readFileSync(state.lock, 'utf8')).toBe(theirs);
    await expect(lock.renew('run-2')).rejects.toMatchObject({ kind: 'busy' });
  });

  it('names the next run after a renewal, and comes back when something removed it', async () => {
    const { state } = workspace();
    const lock = await take(state);
    await lock.renew('run-2');
    await expect(take(state)).rejects.toThrow('run run-2');
    rmSync(state.folder, { recursive: true });
    await lock.renew('run-3');
    await expect(take(state)).rejects.toThrow('run run-3');
    await lock.release();
    expect(readdirSync(state.folder)).toEqual([]);
  });

  it('is refused where it is a link', async () => {
    const { state, folder } = workspace();
    mkdirSync(path.join(folder, 'elsewhere'));
    symlinkSync('elsewhere', state.folder);
    await expect(take(state)).rejects.toThrow('symbolic link');
  });
});

describe('of fifty that start at once exactly one gets the lock', () => {
  it('in ten processes that find a stale one', async () => {
    const { state, folder } = workspace();
    leaveLock(state, { host: 'h', pid: 2 ** 22 + 1 });
    const fives = Array.from({ length: 10 }, (_, nth) => [1, 2, 3, 4, 5].map((index) => `run-${nth}-${index}`));
    const takers = await Promise.all(fives.map((runIds) => taker(folder, runIds)));
    const said = (await Promise.all(takers.map(({ go }) => go()))).flat();
    expect(said.filter((line) => line === 'got')).toHaveLength(1);
    expect(said.filter((line) => line.startsWith('busy: pid '))).toHaveLength(49);
    expect(readdirSync(state.folder)).toEqual(['lock']);
  });

  it.each(['no lock', 'a stale lock', 'a lock whose taker died'])('with %s, in every round', async (what) => {
    for (let round = 0; round < 10; round += 1) {
      const { state } = workspace();
      const stale = what === 'no lock' ? '' : leaveLock(state);
      if (what === 'a lock whose taker died') leaveLock(state, { run_id: 'taker' }, rightTo(state, stale));
      const takes = Array.from({ length: 50 }, (_, index) =>
        take(state, { start: `s${index}`, runId: `run-${index}` }),
      );
      const results = await Promise.allSettled(takes);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(readdirSync(state.folder)).toEqual(['lock']);
    }
  });
});

function rightTo(state: StateFiles, text: string): string {
  return `${state.lock}.${createHash('sha1').update(text).digest('hex')}.tmp`;
}

/** Ready to start; `go` lets it try for each run and resolves with what it says. */
async function taker(folder: string, runIds: readonly string[]): Promise<{ go: () => Promise<string[]> }> {
  const script = path.join(import.meta.dirname, 'lock-taker.ts');
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [script, folder, ...runIds]);
  onTestFinished(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  return {
    async go() {
      child.stdin.write('go\n');
      const line = await lines.next();
      return JSON.parse(String(line.value)) as string[];
    },
  };
}
