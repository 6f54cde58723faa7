import { spawn } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isAlive, processIdentity } from '../../../src/supervision/identity.ts';
import { procfs } from '../../../src/supervision/procfs.ts';
import { ps } from '../../../src/supervision/ps.ts';
import { until } from '../../support/supervised-processes.ts';
import { Bed } from './bed.ts';

describe("a process's identity", () => {
  it('is of this process and of no other one with its pid', () => {
    const self = processIdentity(process.pid)!;
    expect(isAlive(self)).toBe(true);
    expect(isAlive({ ...self, start: `${self.start}0` })).toBe(false);
    expect(isAlive({ ...self, boot: 'another boot' })).toBe(false);
  });

  it('is null for a pid that nobody has, and dead after the end', async () => {
    const child = spawn('tail', ['-f', '/dev/null'], { stdio: 'ignore' });
    const identity = processIdentity(child.pid!)!;
    expect(isAlive(identity)).toBe(true);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(isAlive(identity)).toBe(false);
    expect(processIdentity(child.pid!)).toBeNull();
  });
});

describe.runIf(existsSync('/proc/self/stat'))('the reader of /proc', () => {
  it('is not misled by a program name with blanks and parentheses', async () => {
    await using bed = new Bed();
    const name = bed.file('x) R 1 (y');
    copyFileSync('/bin/sleep', name);
    const child = spawn(name, ['30'], { stdio: 'ignore' });
    expect(procfs.read(child.pid!)).toMatchObject({ pid: child.pid, parent: process.pid });
    child.kill('SIGKILL');
  });
});

describe.each(Object.entries({ procfs, ps }).filter(([name]) => existsSync(name === 'ps' ? '/bin/ps' : '/proc/self')))(
  'a process that is stopped',
  (_, table) => {
    it('is told from one that runs', async () => {
      const child = spawn('tail', ['-f', '/dev/null'], { stdio: 'ignore' });
      expect(table.isStopped(child.pid!)).toBe(false);
      child.kill('SIGSTOP');
      await until('it to be stopped', () => table.isStopped(child.pid!));
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      expect(table.isStopped(child.pid!)).toBe(false);
    });
  },
);

it.runIf(existsSync('/proc/self'))('a signal that a process has not heard is seen, if it asks it to end', async () => {
  const child = spawn('tail', ['-f', '/dev/null'], { stdio: 'ignore' });
  child.kill('SIGSTOP');
  await until('it to be stopped', () => procfs.isStopped(child.pid!));
  child.kill('SIGUSR1');
  expect(procfs.leavesUnheard(child.pid!)).toBe(false);
  child.kill('SIGTERM');
  expect(procfs.leavesUnheard(child.pid!)).toBe(true);
  child.kill('SIGKILL');
});

describe.runIf(existsSync('/bin/ps'))('the reader for systems without /proc', () => {
  it('sees the same processes, parents and distinct starts as any other', () => {
    const child = spawn('tail', ['-f', '/dev/null'], { detached: true, stdio: 'ignore' });
    const pid = child.pid!;
    const row = ps.read(pid);
    expect(row).toMatchObject({
      pid,
      parent: process.pid,
      session: pid,
      start: expect.stringMatching(/^[0-9]+$/) as string,
    });
    const all = ps.readAll();
    expect(all.get(pid)).toEqual(row);
    expect(Math.abs(Number(row!.start) - Date.now() / 1000)).toBeLessThan(120);
    expect(all.has(process.pid)).toBe(true);
    child.kill('SIGKILL');
  });

  it('sees no process that has ended, not even before its parent has noticed', async () => {
    const child = spawn('true', [], { stdio: 'ignore' });
    await new Promise((resolve) => child.once('exit', resolve));
    expect(ps.read(child.pid!)).toBeNull();
  });
});
