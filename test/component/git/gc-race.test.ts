import { describe, expect, it } from 'vitest';
import { cleanUp, Playground, watchedRunner } from './playground.ts';

cleanUp();

const RACED =
  'error: unable to create temporary file: No such file or directory\nerror: a.txt: failed to insert into database\nfatal: Unable to process path a.txt\n';

describe('a gc of somebody else that takes a folder away in which an object is about to be written', () => {
  it.each([
    [1, 'made'],
    [2, 'made'],
    [3, 'left out, and says so'],
  ] as const)('is outlasted twice: after %i time(s) the file is %s', async (times, outcome) => {
    const ground = Playground.withFiles();
    let left = 0;
    const runner = watchedRunner(async (command, run) => {
      if (command !== 'update-index' || left === 0) return run();
      left -= 1;
      return { code: 128, out: Buffer.alloc(0), err: Buffer.from(RACED) };
    });
    const tree = await ground.open({ runner });
    ground.write('a.txt', 'edited\n');
    left = times;
    const { skipped } = await tree.commit({ paths: ['a.txt'], subject: 'autoloop: a turn', id: 'run/1' });
    expect(skipped).toEqual(outcome === 'made' ? [] : ['a.txt']);
    expect(ground.git('show', 'HEAD:a.txt')).toBe(outcome === 'made' ? 'edited\n' : 'a.txt\n');
    expect(ground.read('a.txt')).toBe('edited\n');
    await tree.close();
  });
});
