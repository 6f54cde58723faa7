import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { until } from '../support/supervised-processes.ts';
import { fault } from './fault.ts';
import { asked, lines, START } from './story.ts';

const held = { script: { rules: [{ role: 'producer', times: 1, remote: true }] } } as const;
const RESUME = ['--resume', '--task-id', 't'];
const lockOf = (rig: Rig) => path.join(rig.workspace, '.autoloop/lock');

fault('I5: a second run in a workspace is refused and names the first, which is not disturbed', held, async (rig) => {
  const first = rig.start(START);
  const turn = await rig.nextTurn();
  const [run] = rig.runs();
  const second = await rig.run(['--task-id', 'other', '--intent', 'Build it']);
  expect(second.code).toBe(5);
  expect(lines(second.stderr)).toEqual([
    expect.stringMatching(new RegExp(`^error: busy: pid ${first.pid}, run ${run?.runId} since \\d{4}-\\d\\d-\\d\\dT`)),
    expect.stringContaining('Ctrl-C'),
  ]);
  expect(rig.runs()).toEqual([run]);
  expect((await rig.run(['status'])).code).toBe(0);
  expect((await rig.run(['--list-tasks'])).stdout).toBe('t\n');
  await turn.finish();
  expect((await first.done).code).toBe(0);
  expect(existsSync(lockOf(rig))).toBe(false);
  return { maxTurns: 2 };
});

fault('I5: the lock of a run that was killed keeps nobody out, not even another task', held, async (rig) => {
  const killed = rig.start(START);
  await rig.nextTurn();
  killed.signal('SIGKILL');
  await killed.done;
  expect(existsSync(lockOf(rig))).toBe(true);
  expect((await rig.run(['--task-id', 'other', '--intent', 'Build it', '--pairs', 'implement'])).code).toBe(0);
  expect((await rig.run(RESUME)).code).toBe(0);
  return { maxTurns: 5 };
});

/** Locks whose pid is a living process that is not their holder. */
const STALE: Record<string, object | null> = {
  'a process that got the same pid later': { start: '1', boot: 'of another start of the machine' },
  'nobody, since a power cut emptied it': null,
};
for (const [holder, facts] of Object.entries(STALE)) {
  fault(`I5: a lock of ${holder} is taken over`, {}, async (rig) => {
    const since = '2026-01-01T00:00:00.000Z';
    const lock = { pid: process.pid, host: hostname(), run_id: 'run-20260101T000000Z-00000000', since, ...facts };
    rig.write('.autoloop/lock', facts === null ? '\0'.repeat(64) : JSON.stringify(lock));
    expect((await rig.run(START)).code).toBe(0);
    return { maxTurns: 2 };
  });
}

const RACERS = 50;
fault(`I4, I5: of ${RACERS} resumes of one run that start at once, one works on it`, held, async (rig) => {
  const killed = rig.start(START);
  await rig.nextTurn();
  killed.signal('SIGKILL');
  await killed.done;
  rig.script({ rules: [{ role: 'producer', remote: true }] });
  const racers = Array.from({ length: RACERS }, () => rig.start(RESUME));
  const turn = await rig.nextTurn();
  const holder = (JSON.parse(readFileSync(lockOf(rig), 'utf8')) as { pid: number }).pid;
  const refused = await Promise.all(racers.filter(({ pid }) => pid !== holder).map(({ done }) => done));
  expect(refused).toHaveLength(RACERS - 1);
  for (const { code, stderr } of refused) {
    expect(code).toBe(5);
    expect(lines(stderr)[0]).toContain('error: busy');
  }
  await turn.finish();
  expect((await racers.find(({ pid }) => pid === holder)?.done)?.code).toBe(0);
  expect(asked(rig)).toEqual(['implement producer 1.1', 'implement producer 1.2', 'implement verifier 1.2']);
  expect(rig.events().filter((event) => event.event_type === 'run_resumed')).toHaveLength(1);
  return { maxTurns: 3 };
});

fault('I5: a lock on another machine is not judged: the message says what to do', {}, async (rig) => {
  const lock = { pid: 1, host: 'elsewhere', start: '1', boot: '1', run_id: 'run-20260101T000000Z-00000000' };
  rig.write('.autoloop/lock', JSON.stringify({ ...lock, since: '2026-01-01T00:00:00.000Z' }));
  const refused = await rig.run(START);
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain('on host elsewhere');
  expect(refused.stderr).toContain(`delete ${lockOf(rig)}`);
  writeFileSync(lockOf(rig), '');
  return { maxTurns: 0 };
});

fault('I8: a signal ends the wait for a holder of the lock that cannot be seen', {}, async (rig) => {
  const holder = {
    pid: 1,
    host: 'elsewhere',
    start: '1',
    boot: '1',
    pid_namespace: 'another',
    run_id: 'r',
    since: 'S',
  };
  rig.write('.autoloop/lock', JSON.stringify(holder));
  const running = rig.start(START);
  const drafts = () => readdirSync(path.dirname(lockOf(rig))).filter((name) => name.endsWith('.tmp'));
  await until('it to wait', () => drafts().length > 0);
  running.signal('SIGTERM');
  const { code, stdout, ms } = await running.done;
  expect({ code, stdout: lines(stdout).at(-1) }).toEqual({
    code: 143,
    stdout: expect.stringMatching(/^\[INTERRUPTED\]/) as string,
  });
  expect(ms).toBeLessThan(15_000);
  expect(drafts()).toEqual([]);
  writeFileSync(lockOf(rig), '');
  return { maxTurns: 0 };
});
