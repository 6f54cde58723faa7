import { readdirSync, readlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { lookInto, patchOf } from '../../../src/history/repository.ts';
import { Playground } from '../git/playground.ts';

it('of a patch only as much is read as is asked for, and the whole of a shorter one', async () => {
  const ground = Playground.withFiles();
  ground.write('large.txt', `${'x'.repeat(99)}\n`.repeat(200_000));
  ground.commitAll('large');
  const large = ground.git('rev-parse', 'HEAD').trim();
  ground.write('a.txt', 'other\n');
  ground.commitAll('small');
  const small = ground.git('rev-parse', 'HEAD').trim();
  const patch = (commit: string) => lookInto(ground.dir, (git) => patchOf(git, commit, 1_000_001));
  const begin = await patch(large);
  expect(begin.length).toBe(1_000_001);
  expect(begin.toString('utf8', 0, 60)).toContain('diff --git a/large.txt b/large.txt');
  const whole = (await patch(small)).toString();
  expect(whole).toMatch(/^diff --git a\/a\.txt b\/a\.txt\n[^]*\n-a\.txt\n\+other\n$/);
  await expect(patch('0'.repeat(40))).rejects.toThrow('diff-tree');
});

it.runIf(process.platform === 'linux')('whoever looks again and again holds nothing open', async () => {
  const ground = Playground.withFiles();
  const heldOpen = () =>
    readdirSync('/proc/self/fd').filter((name) => {
      try {
        return readlinkSync(`/proc/self/fd/${name}`).startsWith(ground.dir);
      } catch {
        return false; // The one that lists them.
      }
    });
  const during = await lookInto(ground.dir, () => Promise.resolve(heldOpen()));
  expect(during.length).toBeGreaterThan(0);
  await expect(lookInto(ground.dir, () => Promise.reject(new Error('in vain')))).rejects.toThrow('in vain');
  expect(heldOpen()).toEqual([]);
});
