import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { asked, START } from './story.ts';

const silent = { role: 'producer', times: 2, raw: '', noDefaults: true } as const;

/** Gives every event of the log another time. Far ahead, for the promise I4 is held by times: no turn of today is later. */
function retime(rig: Rig, time: (nth: number, was: string) => string): void {
  const log = path.join(rig.lastRun().path, 'events.jsonl');
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const changed = lines.map((line, nth) => {
    const event = JSON.parse(line) as { ts: string };
    return `${JSON.stringify({ ...event, ts: time(nth, event.ts) })}\n`;
  });
  writeFileSync(log, changed.join(''));
}

const second = (nth: number) => String(nth % 60).padStart(2, '0');
const CLOCKS: readonly [string, (nth: number, was: string) => string][] = [
  ['runs backwards', (nth) => `2099-11-23T18:49:${second(59 - nth)}.000000+00:00`],
  ['is years ahead', (nth) => `2099-01-01T00:00:${second(nth)}Z`],
  ['stands still', () => '2099-11-23T18:49:54Z'],
  ['tells no zone', (nth) => `2099-11-23T18:49:${second(nth)}.258825`],
  ['is in another zone', (nth) => `2099-11-23T20:49:${second(nth)}+02:00`],
  ['says something else', () => 'yesterday'],
];

for (const [how, time] of CLOCKS) {
  fault(`I4, I8: a log whose clock ${how} is listed, shown and resumed by the order of its lines`, {}, async (rig) => {
    rig.script({ rules: [{ ...silent, role: 'verifier' }] });
    expect((await rig.run(START)).code).toBe(4);
    retime(rig, time);
    for (const args of [['--list-tasks'], ['status'], ['status', '--json'], ['logs']]) {
      const shown = await rig.run(args);
      expect(shown.code, args.join(' ')).toBe(0);
      expect(shown.stdout, args.join(' ')).not.toMatch(/NaN|Invalid|-\d+ (?:s|min|h)\b/);
    }
    // Another clock in the log is another log: it is shown, and gone on with where a person trusts it.
    expect((await rig.run(['--resume'])).code).toBe(1);
    expect((await rig.run(['--resume', '--trust-log'])).code).toBe(0);
    expect(asked(rig).at(-1)).toMatch(/^implement verifier 1/);
    return { maxTurns: 4 };
  });
}

fault('I8: of two runs that began in the same second the same one is the latest everywhere', {}, async (rig) => {
  rig.script({ rules: [silent] });
  expect((await rig.run(START)).code).toBe(4);
  const first = rig.lastRun();
  const later = first.runId.replace(/.{8}$/, 'ffffffff');
  cpSync(first.path, path.join(path.dirname(first.path), later), { recursive: true });
  for (const name of ['events.jsonl', 'run.json']) {
    const file = path.join(path.dirname(first.path), later, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(first.runId, later));
  }
  expect((await rig.run(['status'])).stdout).toContain(later);
  const resumed = await rig.run(['--resume']);
  expect(resumed.stdout).toContain(`[*] Run ID: ${later}`);
  return {};
});

fault('I5: a run that begins while the newest one is dated in the future is still told from it', {}, async (rig) => {
  rig.script({ rules: [silent] });
  expect((await rig.run(START)).code).toBe(4);
  const first = rig.lastRun();
  const future = 'run-20990101T000000Z-0badcafe';
  cpSync(first.path, path.join(path.dirname(first.path), future), { recursive: true });
  const done = await rig.run([...START]);
  expect(done.code).toBe(0);
  const own = /\[\*\] Run ID: (\S+)/.exec(done.stdout)?.[1] ?? '';
  expect(own).not.toBe(future);
  const again = await rig.run(['--resume', '--run-id', own]);
  expect(again.stdout).toContain('already complete');
  return {};
});
