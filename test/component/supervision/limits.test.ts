import { describe, expect, it } from 'vitest';
import { seeFromFile } from '../../support/supervised-processes.ts';
import { Bed } from './bed.ts';

const HANG = 'echo $$ > pid; exec tail -f /dev/null';

describe.concurrent('the limits of a turn', () => {
  it('end an agent that says nothing for as long as the idle limit', async () => {
    await using bed = new Bed();
    const result = await bed.run(`echo start; ${HANG}`, { idleTimeoutMs: 200 });
    expect(result).toMatchObject({ ending: 'idle', signal: 'SIGINT', exitCode: null });
    expect(result.durationMs).toBeGreaterThanOrEqual(200);
    expect(seeFromFile(bed.file('pid'))).toBeNull();
  });

  it('count any output as a sign of life, standard error and halves of lines included', async () => {
    await using bed = new Bed();
    const speak = 'for i in 1 2 3 4 5 6 7 8; do printf . >&2; sleep 0.1; printf .; sleep 0.1; done';
    expect(await bed.run(speak, { idleTimeoutMs: 1000 })).toMatchObject({ ending: 'exited', exitCode: 0 });
  });

  it('end an agent that talks for ever at the turn limit', async () => {
    await using bed = new Bed();
    const result = await bed.run('while :; do echo still here; sleep 0.02; done', {
      turnTimeoutMs: 300,
      idleTimeoutMs: 10_000,
    });
    expect(result.ending).toBe('turn_limit');
    expect(result.durationMs).toBeGreaterThanOrEqual(300);
  });

  it('accept limits beyond what a timer can hold', async () => {
    await using bed = new Bed();
    const result = await bed.run('sleep 0.1', { idleTimeoutMs: 1e12, turnTimeoutMs: Infinity });
    expect(result.ending).toBe('exited');
  });

  it('give an agent its grace after the final result, and then use the result', async () => {
    await using bed = new Bed();
    const script = `trap 'echo final again' TERM INT; echo $$ > pid; echo final; while :; do sleep 0.05; done`;
    const result = await bed.run(script, { isFinal: (line) => line === 'final', graceMs: 200, idleTimeoutMs: 100 });
    expect(result.ending).toBe('grace');
    expect(result.durationMs).toBeGreaterThanOrEqual(200);
    expect(bed.lines, 'what it says while it is ended does not count').toEqual(['final']);
    expect(seeFromFile(bed.file('pid'))).toBeNull();
  });

  it('let an agent end by itself within the grace', async () => {
    await using bed = new Bed();
    const script = 'echo final; sleep 0.2; echo more; exit 5';
    const result = await bed.run(script, {
      isFinal: (line) => line === 'final',
      idleTimeoutMs: 100,
      turnTimeoutMs: 150,
    });
    expect(result).toMatchObject({ ending: 'exited', exitCode: 5 });
    expect(bed.lines).toEqual(['final', 'more']);
  });
});
