import { describe, expect, it } from 'vitest';
import { Bed } from '../component/supervision/bed.ts';

describe.concurrent('the limits of a turn', () => {
  it('count the processor time of what the agent started, and not its own', async () => {
    await using bed = new Bed();
    const work = 'end=$(($(date +%s) + 4)); while [ $(date +%s) -lt $end ]; do :; done';
    const times = { idleTimeoutMs: 2_500, turnTimeoutMs: 60_000 };
    expect(await bed.run(`sh -c '${work}'; echo done`, times)).toMatchObject({ ending: 'exited', exitCode: 0 });
    expect(await bed.run('while :; do :; done', times)).toMatchObject({ ending: 'idle' });
  });

  it('count a pulse that goes on', async () => {
    await using bed = new Bed();
    let beats = 0;
    const pulse = () => Math.min((beats += 1), 5);
    const result = await bed.run('sleep 600', { idleTimeoutMs: 6_000, pulse });
    expect(result).toMatchObject({ ending: 'idle' });
    expect(beats).toBeGreaterThanOrEqual(6);
  });
});
