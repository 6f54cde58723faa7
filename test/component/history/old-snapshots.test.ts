import { describe, expect, test } from 'vitest';
import { openForLooking } from '../../../src/history/repository.ts';
import { outdated, removeSnapshots, snapshotsIn } from '../../../src/history/old-snapshots.ts';
import { cleanUp, Playground } from '../git/playground.ts';

cleanUp();

const DAY = 24 * 60 * 60 * 1000;
const snapshot = (number: number, madeAt: number) => ({ ref: `r${number}`, commit: String(number), madeAt });

describe('snapshots of uncommitted files', () => {
  test('have had their time when they are too old, or have fifty newer ones', () => {
    const now = 100 * DAY;
    const some = [snapshot(1, now - 31 * DAY), snapshot(2, now - 29 * DAY), snapshot(3, now)];
    expect(outdated(some, { keepDays: 30, now }).map(({ ref }) => ref)).toEqual(['r1']);
    const many = Array.from({ length: 53 }, (_, number) => snapshot(number, now - number));
    expect(outdated(many, { keepDays: 30, now }).map(({ ref }) => ref)).toEqual(['r50', 'r51', 'r52']);
  });

  test('are found and removed among references of other kinds, which stay', async () => {
    const ground = Playground.withFiles();
    ground.write('a.txt', 'mine\n');
    const made = await (await ground.open()).snapshot('run-1');
    ground.git('update-ref', 'refs/autoloop/safety/of-a-person', 'HEAD');
    ground.git('update-ref', 'refs/autoloop/runs/run-1', 'HEAD');
    const git = await openForLooking(ground.dir);
    const found = await snapshotsIn(git);
    expect(found).toMatchObject([{ ref: 'refs/autoloop/safety/run-1', commit: made?.commit }]);
    await removeSnapshots(git, found);
    const left = ground.git('for-each-ref', '--format=%(refname)', 'refs/autoloop').trim().split('\n');
    expect(left).toEqual(['refs/autoloop/runs/run-1', 'refs/autoloop/safety/of-a-person']);
  });
});
