import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { NO_MOUNT, onSmallDisk } from './small-disk.ts';
import { asked, committed, ending, follow, lines, START } from './story.ts';

const remote = { script: { rules: [{ role: 'producer', times: 1, remote: true }] } } as const;
const state = (rig: Rig) => path.join(rig.workspace, '.autoloop');

for (const pages of [0, 1]) {
  fault(
    `I1, I3, I8: a disk that is full up to ${pages} page(s) when a turn ends pauses the run, and nothing is lost`,
    { ...remote, lacks: NO_MOUNT },
    async (rig) => {
      await onSmallDisk(state(rig), 400, async (disk) => {
        const running = rig.start(START);
        const turn = await rig.nextTurn();
        await turn.act({ write: { 'src/early.txt': 'before the disk was full\n' } });
        const before = rig.events();
        disk.fill(pages);
        await turn.finish();
        const paused = await running.done;
        expect(paused.code).toBe(4);
        expect(paused.stdout).toMatch(/^\[PAUSED\] disk full at \S+\.autoloop/m);
        expect(rig.events().slice(0, before.length)).toEqual(before);
        disk.clear();
        expect((await follow(rig, paused)).code).toBe(0);
      });
      expect(committed(rig)).toEqual(['src/early.txt', 'src/implicit-phase.txt']);
      expect(rig.status()).toEqual([]);
      return { maxTurns: 3 };
    },
  );
}

fault(
  'I1, I4, I8: a disk on which git cannot make a checkpoint pauses the run, and the turn is not paid for again',
  { ...remote, lacks: NO_MOUNT },
  async (rig) => {
    await onSmallDisk(path.join(rig.workspace, '.git/objects'), 400, async (disk) => {
      const running = rig.start(START);
      const turn = await rig.nextTurn();
      await turn.act({ shell: ['head -c 1000000 /dev/urandom > big.bin'] });
      await turn.finish();
      const paused = await running.done;
      expect(paused.code).toBe(4);
      expect(ending(rig)).toMatchObject({
        status: 'paused',
        reason: expect.stringContaining('No space left') as string,
      });
      disk.resize(50_000);
      expect((await follow(rig, paused)).code).toBe(0);
    });
    expect(committed(rig)).toEqual(['big.bin', 'src/implicit-phase.txt']);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1']);
    return { maxTurns: 2 };
  },
);

fault('I7: a disk that is full at the start is said before any turn', { lacks: NO_MOUNT }, async (rig) => {
  await onSmallDisk(state(rig), 64, async (disk) => {
    disk.fill();
    const refused = await rig.run(START);
    expect(refused.code).toBe(1);
    expect(lines(refused.stderr)[0]).toMatch(/^error: disk full at \S+\.autoloop/);
    disk.clear();
    disk.resize(4000);
    expect((await rig.run(START)).code).toBe(0);
  });
  return { maxTurns: 2 };
});

fault('I3, I7: a read-only disk is said before any turn', { lacks: NO_MOUNT }, async (rig) => {
  await onSmallDisk(state(rig), 4000, async (disk) => {
    disk.remount('ro');
    const refused = await rig.run(START);
    expect(refused.code).toBe(1);
    expect(lines(refused.stderr)[0]).toMatch(/^error: \S+ cannot be written: the file system is read-only/);
    disk.remount('rw');
    expect((await rig.run(START)).code).toBe(0);
  });
  return { maxTurns: 2 };
});

const NOBODY = 65_534;
/** Permissions mean nothing to root: as root, the program is run by another user, who owns everything in the rig. */
const asUser = process.getuid?.() === 0 ? { uid: NOBODY } : {};
const plain = { git: false, ...remote } as const;
const DENIED: Record<string, (rig: Rig) => string> = {
  'the state folder': (rig) => state(rig),
  'the folder of the run': (rig) => rig.lastRun().path,
  'the log': (rig) => path.join(rig.lastRun().path, 'events.jsonl'),
};
for (const [what, placeIn] of Object.entries(DENIED)) {
  fault(`I3, I7: a resume that may not write ${what} is refused before any turn`, plain, async (rig) => {
    giveAway(rig);
    const running = rig.start([...START, '--no-git'], asUser);
    await rig.nextTurn();
    running.signal('SIGINT');
    const stopped = await running.done;
    const place = placeIn(rig);
    chmodSync(place, 0o500);
    const before = rig.events();
    const refused = await rig.run(['--resume'], asUser);
    expect(refused.code).toBe(1);
    expect(lines(refused.stderr)).toEqual([
      `error: ${place} cannot be written: permission denied`,
      'Give your user access to the folder .autoloop and all below it.',
      expect.stringMatching(/^Resume: autoloop --resume /),
    ]);
    expect(rig.events()).toEqual(before);
    chmodSync(place, 0o700);
    expect(stopped.code).toBe(130);
    expect((await rig.run(['--resume'], asUser)).code).toBe(0);
    return { maxTurns: 3 };
  });
}

fault('I3, I7: a workspace that may not be written is refused before anything is', { git: false }, async (rig) => {
  giveAway(rig);
  chmodSync(rig.workspace, 0o500);
  const refused = await rig.run([...START, '--no-git'], asUser);
  expect(refused.code).toBe(1);
  expect(lines(refused.stderr)[0]).toBe(`error: ${rig.workspace} cannot be written: permission denied`);
  expect(existsSync(state(rig))).toBe(false);
  chmodSync(rig.workspace, 0o700);
  expect((await rig.run([...START, '--no-git'], asUser)).code).toBe(0);
  return { maxTurns: 2 };
});

function giveAway(rig: Rig): void {
  if (asUser.uid !== undefined) execFileSync('chown', ['-R', `${asUser.uid}:${asUser.uid}`, rig.sandbox.root]);
}
