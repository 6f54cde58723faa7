import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readOrEmpty, runs, see, seeFromFile, until } from '../../support/supervised-processes.ts';
import { Bed, killIfThere } from './bed.ts';

/** Starts `script`, waits for `ready`, aborts `stop`; returns the result and how long the stop took, in ms. */
async function stopWhenReady(bed: Bed, script: string, hurry?: AbortSignal) {
  const stop = new AbortController();
  const running = bed.supervisor().run(bed.shell(script, { stop: stop.signal, ...(hurry && { hurry }) }));
  await until('the agent', () => bed.text('ready') !== '');
  const stoppedAt = performance.now();
  stop.abort();
  const result = await running;
  return { result, tookMs: performance.now() - stoppedAt };
}

describe.concurrent('a stop', () => {
  it('interrupts the agent alone, and lets it clean up', async () => {
    await using bed = new Bed();
    const script = `
      sh -c 'trap "echo INT >> child" INT; echo $$ > ready; while :; do sleep 0.02; done' &
      trap 'echo cleaned; kill $!; exit 9' INT; until [ -s ready ]; do sleep 0.02; done; wait`;
    const { result } = await stopWhenReady(bed, script);
    expect(result).toMatchObject({ ending: 'stopped', exitCode: 9, survivors: [] });
    expect(bed.lines).toEqual(['cleaned']);
    expect(bed.text('child')).toBe('');
  });

  it('asks with SIGTERM before it kills', async () => {
    await using bed = new Bed();
    const script = `trap '' INT; (trap 'echo TERM > child; exit' TERM; echo > ready; while :; do sleep 0.02; done) &
      trap 'wait $!; exit 8' TERM; while :; do wait; done`;
    const { result } = await stopWhenReady(bed, script);
    expect(result).toMatchObject({ ending: 'stopped', exitCode: 8 });
    expect(bed.text('child')).toBe('TERM\n');
  });

  it('ends an agent that ignores it and hides its processes in every way', async () => {
    await using bed = new Bed();
    const stop = new AbortController();
    const request = bed.shell('', { command: bed.writeHostileAgent(), args: [], stop: stop.signal });
    const running = bed.supervisor().run(request);
    const all = await bed.hostileReady();
    stop.abort();
    expect(await running).toMatchObject({ ending: 'stopped', signal: 'SIGKILL', survivors: [] });
    expect(all.filter(runs)).toEqual([]);
  });

  it('does not wait when it is hurried', async () => {
    await using bed = new Bed();
    const hurry = new AbortController();
    const script = `trap 'echo > asked' INT TERM; echo > ready; while :; do sleep 0.02; done`;
    void until('the first signal', () => bed.text('asked') !== '').then(() => hurry.abort());
    const { result, tookMs } = await stopWhenReady(bed, script, hurry.signal);
    expect(result).toMatchObject({ ending: 'stopped', signal: 'SIGKILL' });
    expect(tookMs, 'what an agent is given else: five seconds after SIGINT, two after SIGTERM').toBeLessThan(7000);
  });

  it('before the start means that nothing is started', async () => {
    await using bed = new Bed();
    expect(await bed.run('echo > ready', { stop: AbortSignal.abort() })).toMatchObject({ ending: 'stopped' });
    expect(bed.text('ready')).toBe('');
  });

  it('spares neighbours: our other children, look-alikes, and who started us', async () => {
    await using bed = new Bed();
    const supervisor = bed.supervisor();
    const ours = spawn('tail', ['-f', '/dev/null'], { stdio: 'ignore' });
    const lookAlike = spawn('tail', ['-f', '/dev/null', supervisor.mark], {
      detached: true,
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], NOTE: `${supervisor.mark}=1`, [`X${supervisor.mark}`]: '1' },
    });
    try {
      const stop = new AbortController();
      const running = supervisor.run(bed.shell(`echo > ready; exec tail -f /dev/null`, { stop: stop.signal }));
      await until('the agent', () => bed.text('ready') !== '');
      stop.abort();
      await running;
      expect([see(ours.pid!), see(lookAlike.pid!), see(process.ppid)]).not.toContain(null);
    } finally {
      ours.kill('SIGKILL');
      lookAlike.kill('SIGKILL');
    }
  });

  it('outruns a process that forks for ever', async () => {
    await using bed = new Bed();
    const script = `echo > ready; trap '' INT TERM
      while :; do setsid -f sh -c 'trap "" TERM; exec sleep 3'; sleep 0.02; done`;
    const hurry = AbortSignal.abort();
    const { result } = await stopWhenReady(bed, script, hurry);
    expect(result.survivors).toEqual([]);
    expect(bed.processes().filter((pid) => readOrEmpty(`/proc/${pid}/cmdline`).startsWith('sleep'))).toEqual([]);
  });
});

describe('a control group', () => {
  it('catches what has lost mark, session and parent all at once, where the system lets us have one', async () => {
    await using bed = new Bed();
    const supervisor = bed.supervisor({ controlGroup: true });
    const { controlGroup } = JSON.parse(bed.ledgerText()) as { controlGroup: string | null };
    const escape = `env -i BED="$BED" PATH="$PATH" setsid -f sh -c 'echo $$ > "$BED/pid"; exec tail -f /dev/null'`;
    await supervisor.run(bed.shell(`${escape}; until [ -s pid ]; do sleep 0.02; done`));
    const left = seeFromFile(bed.file('pid'));
    if (left) killIfThere(left.pid);
    if (controlGroup === null) expect(left, 'without a group this is the known limit').not.toBeNull();
    else expect(left).toBeNull();
    await supervisor.close();
    expect(controlGroup !== null && existsSync(controlGroup)).toBe(false);
  });

  it('spares what we ourselves start between two turns, and watchdogs that had to be started again', async () => {
    await using bed = new Bed();
    const supervisor = bed.supervisor({ controlGroup: true });
    await supervisor.run(bed.shell('true'));
    const ours = spawn('tail', ['-f', '/dev/null', bed.folder], { detached: true, stdio: 'ignore' });
    try {
      const running = supervisor.run(bed.shell('until [ -e go ]; do sleep 0.02; done; (tail -f /dev/null "$BED" &)'));
      const first = await until('the watchdogs', () => (bed.watchdogs().length === 2 ? bed.watchdogs() : null));
      for (const pid of first) killIfThere(pid);
      await until('the next ones', () => bed.watchdogs().filter((pid) => !first.includes(pid)).length === 2);
      writeFileSync(bed.file('go'), '');
      expect(await running).toMatchObject({ ending: 'exited', survivors: [] });
      expect(bed.processes().filter((pid) => pid !== ours.pid && pid !== process.pid)).toHaveLength(2);
      expect(bed.watchdogs()).toHaveLength(2);
      expect(see(ours.pid!)).not.toBeNull();
      await supervisor.close();
      expect(see(ours.pid!)).not.toBeNull();
    } finally {
      ours.kill('SIGKILL');
    }
  });
});
