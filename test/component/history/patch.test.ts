import { expect, it } from 'vitest';
import { openForLooking, patchOf } from '../../../src/history/repository.ts';
import { Playground } from '../git/playground.ts';

it('of a patch only as much is read as is asked for, and the whole of a shorter one', async () => {
  const ground = Playground.withFiles();
  ground.write('large.txt', `${'x'.repeat(99)}\n`.repeat(200_000));
  ground.commitAll('large');
  const large = ground.git('rev-parse', 'HEAD').trim();
  ground.write('a.txt', 'other\n');
  ground.commitAll('small');
  const small = ground.git('rev-parse', 'HEAD').trim();
  const git = await openForLooking(ground.dir);
  const begin = await patchOf(git, large, 1_000_001);
  expect(begin.length).toBe(1_000_001);
  expect(begin.toString('utf8', 0, 60)).toContain('diff --git a/large.txt b/large.txt');
  const whole = (await patchOf(git, small, 1_000_001)).toString();
  expect(whole).toMatch(/^diff --git a\/a\.txt b\/a\.txt\n[^]*\n-a\.txt\n\+other\n$/);
  await expect(patchOf(git, '0'.repeat(40), 1_000_001)).rejects.toThrow('diff-tree');
});
