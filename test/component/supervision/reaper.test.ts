import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger, type LedgerHeader } from '../../../src/supervision/ledger.ts';
import { reapLeftovers } from '../../../src/supervision/reap.ts';
import { readOrEmpty, see, until } from '../../support/supervised-processes.ts';
import { Bed } from './bed.ts';

const MARK = 'AUTOLOOP_RUN_0123456789abcdef0123456789abcdef';
const FILE = `${MARK}.processes`;
const DEAD = { pid: 1, start: '1' };
const NOTHING = { ended: 0, survivors: [], owners: [], elsewhere: [] };

function header(changes: Partial<LedgerHeader> = {}): LedgerHeader {
  return {
    boot: readOrEmpty('/proc/sys/kernel/random/boot_id').trim(),
    pidNamespace: readlinkSync('/proc/self/ns/pid'),
    owner: DEAD,
    mark: MARK,
    controlGroup: null,
    ...changes,
  };
}

/** A bed with a process that nobody marked, and a ledger that `describe` writes about it. */
class Leftover extends Bed {
  readonly child: ChildProcess = spawn('tail', ['-f', '/dev/null', this.folder], { detached: true, stdio: 'ignore' });
  readonly pid = this.child.pid!;
  readonly start = see(this.pid)!.start;

  /** Writes the ledger: header, and the process with this start time. */
  record(changes: Partial<LedgerHeader> = {}, start = this.start): void {
    this.write(`${JSON.stringify(header(changes))}\n${this.pid} ${start}\n`);
  }

  write(text: string, name = FILE): void {
    mkdirSync(this.ledgers, { recursive: true });
    writeFileSync(path.join(this.ledgers, name), text);
  }

  get alive(): boolean {
    return see(this.pid) !== null;
  }
}

describe('the reaper of the next start', () => {
  it('ends exactly the process that is on record, and forgets it', async () => {
    await using left = new Leftover();
    left.record();
    expect(await reapLeftovers(left.ledgers)).toEqual({ ...NOTHING, ended: 1 });
    expect([left.alive, left.ledgerFiles()]).toEqual([false, []]);
  });

  it('ends what carries the mark without being on record', async () => {
    await using left = new Leftover();
    const marked = spawn('tail', ['-f', '/dev/null', left.folder], {
      stdio: 'ignore',
      env: { ...process.env, [MARK]: '1' },
    });
    left.write(`${JSON.stringify(header())}\n`);
    expect(await reapLeftovers(left.ledgers)).toEqual({ ...NOTHING, ended: 1 });
    await until('the marked one to go', () => see(marked.pid!) === null);
    expect(left.alive).toBe(true);
  });

  it('does not touch a later process with the same pid', async () => {
    await using left = new Leftover();
    left.record({}, String(Number(left.start) - 1));
    expect(await reapLeftovers(left.ledgers)).toEqual(NOTHING);
    expect([left.alive, left.ledgerFiles()]).toEqual([true, []]);
  });

  it('forgets a ledger of another boot and kills nothing', async () => {
    await using left = new Leftover();
    left.record({ boot: 'another boot' });
    expect(await reapLeftovers(left.ledgers)).toEqual(NOTHING);
    expect([left.alive, left.ledgerFiles()]).toEqual([true, []]);
  });

  it('leaves alone and reports a ledger of another container', async () => {
    await using left = new Leftover();
    left.record({ pidNamespace: 'pid:[1]' });
    expect(await reapLeftovers(left.ledgers)).toEqual({ ...NOTHING, elsewhere: [path.join(left.ledgers, FILE)] });
    expect([left.alive, left.ledgerFiles()]).toEqual([true, [FILE]]);
  });

  it('leaves alone and reports a ledger whose owner is alive', async () => {
    await using left = new Leftover();
    const owner = see(process.ppid)!;
    left.record({ owner });
    expect(await reapLeftovers(left.ledgers)).toEqual({ ...NOTHING, owners: [owner] });
    expect([left.alive, left.ledgerFiles()]).toEqual([true, [FILE]]);
  });

  it.each([0, 1, 40])('forgets a ledger cut off after %i bytes of its first line', async (length) => {
    await using left = new Leftover();
    left.write(JSON.stringify(header()).slice(0, length));
    expect(await reapLeftovers(left.ledgers)).toEqual(NOTHING);
    expect([left.alive, left.ledgerFiles()]).toEqual([true, []]);
  });

  it('passes over members whose line is cut off or garbled', async () => {
    await using left = new Leftover();
    left.write(`${JSON.stringify(header())}\nx y\n${left.pid}\n-1 5\n0 0\n${left.pid} ${left.start.slice(0, -1)}`);
    expect(await reapLeftovers(left.ledgers)).toEqual(NOTHING);
    expect(left.alive).toBe(true);
  });

  it.each([
    ['a variable that everybody has', { mark: 'PATH' }],
    ['the mark of another ledger', { mark: MARK.replace('0', 'f') }],
    ['a control group that is not its own', { controlGroup: '/sys/fs/cgroup' }],
  ])('believes no ledger that names %s', async (_, changes) => {
    await using left = new Leftover();
    left.record(changes);
    expect(await reapLeftovers(left.ledgers)).toEqual(NOTHING);
    expect(left.alive).toBe(true);
  });

  it('never ends who started it, or their other children, even if they are on record', async () => {
    await using left = new Leftover();
    const shell = see(process.ppid)!;
    const sibling = spawn('tail', ['-f', '/dev/null', left.folder], { stdio: 'ignore' });
    const us = see(process.pid)!;
    left.write(`${JSON.stringify(header())}\n${shell.pid} ${shell.start}\n${us.pid} ${us.start}\n`);
    expect(await reapLeftovers(left.ledgers)).toEqual(NOTHING);
    expect([see(shell.pid), see(sibling.pid!)]).not.toContain(null);
  });

  it('finds nothing where nothing was started, and ignores files that are not ledgers', async () => {
    await using left = new Leftover();
    expect(await reapLeftovers(left.ledgers)).toEqual(NOTHING);
    left.write(`${JSON.stringify(header())}\n${left.pid} ${left.start}\n`, 'notes.processes');
    expect(await reapLeftovers(left.ledgers)).toEqual(NOTHING);
    expect([left.alive, left.ledgerFiles()]).toEqual([true, ['notes.processes']]);
  });
});

describe('a ledger', () => {
  it('is put back with its members when it disappears, and emptied when they have ended', async () => {
    await using left = new Leftover();
    const ledger = openLedger(left.ledgers, MARK, null);
    ledger.record({ pid: 11, start: '1' });
    ledger.remove();
    ledger.record({ pid: 12, start: '2' });
    const [first, ...members] = left.ledgerText().trim().split('\n');
    expect(JSON.parse(first!)).toMatchObject({ mark: MARK, owner: see(process.pid) });
    expect(members).toEqual(['11 1', '12 2']);
    ledger.clear();
    expect(left.ledgerText()).toBe(`${first!}\n`);
  });
});
