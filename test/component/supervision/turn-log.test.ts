import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { latestTurnLog, TurnLog } from '../../../src/supervision/turn-log.ts';
import { Bed } from './bed.ts';

describe('TurnLog', () => {
  it('never writes into a file that was there: a second call of a turn has a log of its own', async () => {
    await using bed = new Bed();
    for (const text of ['first', 'second']) {
      const log = new TurnLog(bed.logFile, 100);
      log.write(Buffer.from(text));
      log.close();
      expect(log.notice).toBeNull();
    }
    expect([bed.text('turn.log'), bed.text('turn-2.log')]).toEqual(['first', 'second']);
    expect(latestTurnLog(bed.logFile)).toBe(bed.file('turn-2.log'));
  });

  it('passes by a link, a pipe or a folder that an agent put in its place, and touches nothing behind it', async () => {
    await using bed = new Bed();
    const profile = bed.file('profile');
    writeFileSync(profile, 'mine');
    symlinkSync(profile, bed.logFile);
    execFileSync('mkfifo', [bed.file('turn-2.log')]);
    mkdirSync(bed.file('turn-3.log'));
    linkSync(profile, bed.file('turn-4.log'));
    const log = new TurnLog(bed.logFile, 100);
    log.write(Buffer.from('text'));
    log.close();
    expect(log.notice).toBeNull();
    expect([bed.text('profile'), bed.text('turn-5.log')]).toEqual(['mine', 'text']);
  });

  it('stops at its limit, says so in the file and to the caller, and says it once', async () => {
    await using bed = new Bed();
    {
      const log = new TurnLog(bed.logFile, 2_000_000);
      for (let pieces = 0; pieces < 40; pieces += 1) log.write(Buffer.alloc(64 * 1024, 'x'));
      log.close();
      expect(log.notice).toContain(`${bed.logFile} has reached its limit of 2 MB`);
    }
    const text = bed.text('turn.log');
    expect(text.indexOf('\n')).toBe(2_000_000);
    expect(text.slice(2_000_000).trim().split('\n')).toEqual([expect.stringContaining('reached its limit of 2 MB')]);
  });

  it('makes its folder', async () => {
    await using bed = new Bed();
    const log = new TurnLog(bed.file('turns/new/1.log'), 100);
    log.write(Buffer.from('text'));
    log.close();
    expect(readFileSync(bed.file('turns/new/1.log'), 'utf8')).toBe('text');
  });

  it('goes on without a file that cannot be written, and says why', async () => {
    await using bed = new Bed();
    writeFileSync(bed.file('turns'), '');
    const log = new TurnLog(bed.file('turns/1.log'), 100);
    log.write(Buffer.from('text'));
    log.close();
    expect(log.notice).toMatch(/1\.log is incomplete: .*turns/);
  });
});
