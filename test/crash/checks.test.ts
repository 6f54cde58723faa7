import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { afterKill, type Moment, undisturbed, type Undisturbed } from '../support/world/disturbed.ts';
import { CHECKED, type Tested } from '../support/world/bench.ts';
import { audit, COMPLETE, promises, type Script } from '../support/world/script.ts';
import { isAlive, until } from '../support/marked-processes.ts';
import { createRig } from '../support/rig.ts';
import { settingsOf } from '../support/world/settings.ts';
import { Disk } from '../support/world/disk.ts';
import { start, type Story } from '../support/world/world.ts';

/** The producer breaks an old test in its first cycle, and mends it in the second; the test pair adds one. */
const script: Script = {
  play({ role, pair, cycle, folder }) {
    if (role === 'verifier') return COMPLETE;
    const says = promises('INCOMPLETE');
    if (pair === 'implement') return { edits: { 'src/a.js': cycle === 1 ? 'broken' : 'good' }, says };
    if (pair === 'test') return { edits: { 'test/a.test.js': 'asks for more' }, says };
    return { artifacts: audit(false, folder), says };
  },
  answer: () => COMPLETE,
};

const tested: Tested = (tree) => ({
  old: tree.get('src/a.js') === 'broken' ? 'failed' : 'passed',
  ...(tree.has('test/a.test.js')
    ? { new: tree.get('src/a.js') === 'good' ? ('passed' as const) : ('failed' as const) }
    : {}),
});

const story: Story = {
  script,
  tested,
  settings: { ...settingsOf({ runtime: { pairs: ['implement', 'test', 'audit'] } }), ...CHECKED },
};

describe('a run with checks that is killed at any write', () => {
  let clean: Undisturbed;
  beforeAll(async () => {
    clean = await undisturbed(story);
  });

  it('ends verified when nothing goes wrong, and runs a check once on a state', () => {
    expect(clean.started).toMatchObject({ status: 'success', reason: null });
    expect(lastLog(clean.disk).at(-1)).toMatchObject({ event_type: 'run_finished', verified: true });
    expect(new Set(clean.disk.checked).size).toBe(clean.disk.checked.length);
  });

  it('ends in the same way', async () => {
    const found: string[] = [];
    for (const moment of clean.moments) found.push(...(await afterKill(clean, moment)));
    expect(found).toEqual([]);
  });

  it('repeats at most the check that was at work, and no turn, where it was killed among checks', async () => {
    const among = clean.moments.filter(isAmongChecks);
    expect(among.length).toBeGreaterThan(10);
    for (const moment of among) {
      const disk = new Disk(moment.disk);
      const ended = await start(disk, story);
      const where = `${moment.count} ${moment.operation}`;
      expect({ where, status: ended.status, turns: disk.calls.length }).toEqual({
        ...{ where, status: 'success', turns: clean.disk.calls.length },
      });
      const more = disk.checked.length - clean.disk.checked.length;
      expect({ where, more: more <= 1 }).toEqual({ where, more: true });
    }
  });
});

function lastLog(disk: Disk) {
  return [...disk.logs.values()].at(-1) ?? [];
}

/** Between the start of a check and the judgement that it is for. */
function isAmongChecks({ disk }: Moment): boolean {
  const last = lastLog(disk).at(-1)?.event_type;
  return last === 'check_started' || last === 'check_finished';
}

describe('the built program, while a check is at work', () => {
  /** The check starts a process of its own, in the background and in a session of its own, and waits. */
  const CHECK = 'setsid sleep 1000 & echo $! > "$PIDS"; exec sleep 1000';
  const config = `checks:\n  - {name: slow, run: ${JSON.stringify(CHECK)}}\n`;

  it.each(['SIGINT', 'SIGKILL'] as const)('leaves no process of it after %s', async (signal) => {
    await using rig = await createRig({ config });
    const pids = path.join(rig.sandbox.root, 'pids');
    const running = rig.start(['--intent', 'Build it', '--task-id', 't'], { env: { PIDS: pids } });
    await running.sees(/Check slow runs/);
    await until(
      () => 'the check has started its process',
      () => existsSync(pids) && readFileSync(pids, 'utf8').endsWith('\n'),
    );
    running.signal(signal);
    await running.done;
    const pid = Number(readFileSync(pids, 'utf8'));
    await until(
      () => `process ${pid} is gone`,
      () => !isAlive(pid),
    );
    expect(rig.turns()).toEqual([]);
  });
});
