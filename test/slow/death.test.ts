import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { reapLeftovers } from '../../src/supervision/reap.ts';
import { commandLine, readOrEmpty, runs, until } from '../support/supervised-processes.ts';
import { SUPERVISED, supervisedBinary } from '../support/compiled.ts';
import { Bed, type Driven } from '../component/supervision/bed.ts';

const IDLE = ['tail', '-f', '/dev/null'];

async function driveHostile(bed: Bed, program?: readonly string[]): Promise<Driven> {
  const driven = bed.drive([bed.writeHostileAgent()], program);
  await bed.hostileReady();
  return driven;
}

function bothWatchdogs(bed: Bed): Promise<readonly number[]> {
  return until('both watchdogs', () => {
    const found = bed.watchdogs();
    return found.length === 2 ? found : null;
  });
}

describe.concurrent('our own death by SIGKILL', () => {
  it('takes every process with it, the watchdogs last', async () => {
    await using bed = new Bed();
    const driven = await driveHostile(bed);
    driven.signal('SIGKILL');
    await until('everything to be gone', () => bed.processes().length === 0);
    expect(bed.ledgerFiles()).toEqual([]);
  });

  it('spares what runs in the same terminal, and what the program started there beside its agents', async () => {
    await using bed = new Bed();
    const words = [supervisedBinary(), bed.folder, bed.writeHostileAgent()].map((word) => `'${word}'`).join(' ');
    spawn('sh', ['-c', `tail -f /dev/null "$BED/neighbour" & ${words} & echo $! > "$BED/driver"; wait`], {
      cwd: bed.folder,
      env: { ...bed.environment(), BED_GROUP: '1' },
      detached: true,
      stdio: 'ignore',
    });
    await bed.hostileReady();
    const spared = () => bed.processes().filter((pid) => /[/](?:neighbour|ours)/.test(commandLine(pid)));
    const before = spared();
    process.kill(Number(bed.text('driver')), 'SIGKILL');
    await until('the ledger to be gone', () => bed.ledgerFiles().length === 0);
    await until('the watchdog to be gone', () => bed.watchdogs().length === 0);
    expect(before, 'the shell, its child and the child of the program').toHaveLength(3);
    expect(bed.processes()).toEqual(before);
  });

  it.each([0, 1])('takes them with it together with a watchdog, number %i', async (which) => {
    await using bed = new Bed();
    const driven = await driveHostile(bed);
    process.kill((await bothWatchdogs(bed))[which]!, 'SIGKILL');
    driven.signal('SIGKILL');
    await until('everything to be gone', () => bed.processes().length === 0);
    expect(bed.ledgerFiles()).toEqual([]);
  });

  it('is seen by new watchdogs when the first ones were killed, and signals do not move them', async () => {
    await using bed = new Bed();
    const driven = await driveHostile(bed);
    const first = await bothWatchdogs(bed);
    for (const pid of first) process.kill(pid, 'SIGKILL');
    const second = await until('other watchdogs', () => {
      const others = bed.watchdogs().filter((pid) => !first.includes(pid));
      return others.length === first.length ? others : null;
    });
    for (const pid of second) {
      await until('it to take signals', () => handlesHangUp(pid));
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, name);
      await until('the signals to arrive', () => /^ShdPnd:\s*0*$/m.test(readOrEmpty(`/proc/${pid}/status`)));
    }
    expect(bed.watchdogs()).toEqual(second);
    driven.signal('SIGKILL');
    await until('everything to be gone', () => bed.processes().length === 0);
  });

  it('together with both watchdogs leaves its processes to the next start', async () => {
    await using bed = new Bed();
    const driven = bed.drive([bed.writeHostileAgent()]);
    const all = await bed.hostileReady();
    const watchdogs = await bothWatchdogs(bed);
    for (const pid of watchdogs) process.kill(pid, 'SIGSTOP');
    driven.signal('SIGKILL');
    for (const pid of watchdogs) process.kill(pid, 'SIGKILL');
    await driven.exited.catch(() => null);
    expect(all.filter(runs)).toEqual(all);
    const report = await reapLeftovers(bed.ledgers);
    expect(report).toMatchObject({ survivors: [], owners: [], elsewhere: [] });
    expect(report.ended).toBeGreaterThanOrEqual(all.length);
    expect(all.filter(runs)).toEqual([]);
    expect(bed.ledgerFiles()).toEqual([]);
  });

  it('takes them with it although the agent has deleted the ledger', async () => {
    await using bed = new Bed();
    const driven = bed.drive(IDLE); // It starts nothing, so only looking after the ledger restores it.
    await until('the agent on record', () => bed.ledgerText().split('\n').length > 2);
    renameSync(bed.ledgers, bed.file('deleted')); // In one step: it may be put back at any moment.
    await until('the ledger to be back', () => bed.ledgerFiles().length === 1);
    driven.signal('SIGKILL');
    await until('everything to be gone', () => bed.processes().length === 0);
  });

  it.each([
    ['deleted', (file: string) => rmSync(file)],
    ['emptied', (file: string) => truncateSync(file)],
  ])('takes them with it in the moment in which the ledger is %s', async (_, damage) => {
    await using bed = new Bed();
    const driven = bed.drive(IDLE);
    await until('the agent on record', () => bed.ledgerText().split('\n').length > 2);
    driven.signal('SIGSTOP'); // It cannot put the ledger back.
    const [name] = bed.ledgerFiles();
    damage(path.join(bed.ledgers, name!));
    driven.signal('SIGKILL');
    await until('everything to be gone', () => bed.processes().length === 0);
    expect(bed.ledgerFiles()).toEqual([]);
  });

  it('does the same to the sources that Node runs as they are', async () => {
    await using bed = new Bed();
    const driven = await driveHostile(bed, [process.execPath, SUPERVISED]);
    driven.signal('SIGKILL');
    await until('everything to be gone', () => bed.processes().length === 0);
    expect(bed.ledgerFiles()).toEqual([]);
  });
});

describe('a signal to the program', () => {
  it('stops the agent, and a second one hurries', async () => {
    await using bed = new Bed();
    const driven = await driveHostile(bed);
    driven.signal('SIGINT');
    driven.signal('SIGTERM');
    expect((await driven.report()).result).toMatchObject({ ending: 'stopped', survivors: [] });
    await until('everything to be gone', () => bed.processes().length === 0);
  });
});

describe.concurrent('a program that does not obey a signal', () => {
  it.each(['spins', 'hangs'])('is ended by its watchdogs with all that it started, when it %s', async (how) => {
    await using bed = new Bed();
    const driven = bed.drive(IDLE, ['env', `BED_DEAF=${how}`, supervisedBinary()]);
    await until('the watchdogs and the agent', () => bed.processes().length === 4);
    driven.signal('SIGTERM');
    await until('everything to be gone', () => bed.processes().length === 0);
    expect(await driven.exited).toBeNull();
    expect(bed.ledgerFiles()).toEqual([]);
  });
});

/** Mounts a file system that answers nothing on `held` in the current folder, where only what it then runs sees it. */
const HELD = [
  ...['unshare', '--map-root-user', '--mount', 'sh', '-c'],
  'exec 3<>/dev/fuse; mkdir held; mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 held held; exec "$@"',
  'sh',
];
const canHold = () => {
  const [program = '', ...args] = HELD;
  const { status } = spawnSync(program, [...args, 'true'], { cwd: mkdtempSync(path.join(tmpdir(), 'held-')) });
  return status === 0;
};

it('a program that the kernel holds in a call is ended by its watchdogs, too', async ({ skip }) => {
  if (!canHold()) skip('this machine lets nobody mount in a namespace of his own');
  await using bed = new Bed();
  const driven = bed.drive(IDLE, [...HELD, 'env', 'BED_DEAF=held', supervisedBinary()]);
  await until('the watchdogs and the agent', () => bed.processes().length === 4);
  driven.signal('SIGUSR2');
  await until('it to be held', () => /^\d+ \(.*\) D/.test(readOrEmpty(`/proc/${driven.pid}/stat`)));
  driven.signal('SIGTERM');
  await until('everything to be gone', () => bed.processes().length === 0);
  expect(await driven.exited).toBeNull();
  expect(bed.ledgerFiles()).toEqual([]);
});

/** The last signal that the watchdog prepares for, and one that node leaves alone. */
function handlesHangUp(pid: number): boolean {
  const caught = /^SigCgt:\s*[0-9a-f]*([0-9a-f])$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1] ?? '0';
  return (Number.parseInt(caught, 16) & 1) === 1;
}
