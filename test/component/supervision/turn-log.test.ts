import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TurnLog } from '../../../src/supervision/turn-log.ts';
import { Bed } from './bed.ts';

describe('TurnLog', () => {
  it('appends to what an earlier attempt wrote', async () => {
    await using bed = new Bed();
    for (const text of ['first ', 'second']) {
      const log = new TurnLog(bed.logFile, 100);
      log.write(Buffer.from(text));
      log.close();
      expect(log.notice).toBeNull();
    }
    expect(bed.text('turn.log')).toBe('first second');
  });

  it('stops at its limit, says so in the file and to the caller, and says it once', async () => {
    await using bed = new Bed();
    for (const attempt of [1, 2]) {
      const log = new TurnLog(bed.logFile, 2_000_000);
      for (let pieces = 0; pieces < 40; pieces += 1) log.write(Buffer.alloc(64 * 1024, 'x'));
      log.close();
      expect(log.notice, `attempt ${attempt}`).toContain(`${bed.logFile} has reached its limit of 2 MB`);
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
    mkdirSync(bed.logFile);
    const log = new TurnLog(bed.logFile, 100);
    log.write(Buffer.from('text'));
    log.close();
    expect(log.notice).toMatch(/turn\.log is incomplete: EISDIR/);
    expect(statSync(bed.logFile).isDirectory()).toBe(true);
  });
});
