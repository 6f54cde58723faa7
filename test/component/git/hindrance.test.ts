import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { damagedRepository } from '../../../src/git/hindrance.ts';
import { createRunner } from '../../../src/git/runner.ts';
import { Playground, cleanUp } from './playground.ts';

cleanUp();

/** What stands in HEAD and beside it, and what is said of it; null: a first commit can be made. */
const HEADS: readonly { what: string; head: string; bring?: (ground: Playground) => void; words: RegExp | null }[] = [
  { what: 'a branch without commits', head: 'refs/heads/fresh', words: null },
  { what: 'a branch in a folder of others', head: 'refs/heads/side/fresh', words: null },
  { what: 'a branch with a dash or letters beyond ASCII', head: 'refs/heads/-ünborn', words: null },
  {
    what: 'a branch whose empty folder is left',
    head: 'refs/heads/left',
    bring: (ground) => mkdirSync(path.join(ground.dir, '.git/refs/heads/left/over'), { recursive: true }),
    words: null,
  },
  {
    what: 'a reference to a branch without commits',
    head: 'refs/heads/alias',
    bring: (ground) => ground.write('.git/refs/heads/alias', 'ref: refs/heads/fresh\n'),
    words: null,
  },
  { what: 'two dots', head: 'refs/heads/a..b', words: /can commit to: ref: refs\/heads\/a\.\.b$/ },
  { what: 'a space', head: 'refs/heads/a b', words: /can commit to: ref: refs\/heads\/a b$/ },
  { what: 'a name like a lock', head: 'refs/heads/a.lock', words: /can commit to/ },
  { what: 'no name', head: 'refs/heads/', words: /can commit to/ },
  {
    what: 'a damaged branch',
    head: 'refs/heads/torn',
    bring: (ground) => ground.write('.git/refs/heads/torn', ''),
    words: /can commit to: ref: refs\/heads\/torn$/,
  },
  {
    what: 'a reference to itself',
    head: 'refs/heads/ring',
    bring: (ground) => ground.write('.git/refs/heads/ring', 'ref: refs/heads/ring\n'),
    words: /can commit to/,
  },
  {
    what: 'a branch below another one',
    head: 'refs/heads/side/one/more',
    words: /while refs\/heads\/side\/one exists$/,
  },
  { what: 'a branch above another one', head: 'refs/heads/side', words: /while refs\/heads\/side\/one exists$/ },
  {
    what: 'a branch above a packed one',
    head: 'refs/heads/side',
    bring: (ground) => ground.git('pack-refs', '--all'),
    words: /while refs\/heads\/side\/one exists$/,
  },
  {
    what: 'a branch above a damaged one',
    head: 'refs/heads/worn',
    bring: (ground) => ground.write('.git/refs/heads/worn/torn', 'x'),
    words: /while refs\/heads\/worn\/torn exists$/,
  },
  {
    what: 'a branch below a damaged one',
    head: 'refs/heads/torn/more',
    bring: (ground) => ground.write('.git/refs/heads/torn', 'x'),
    words: /while refs\/heads\/torn exists$/,
  },
];

describe('what HEAD names where there is no commit', () => {
  test.each(HEADS)('$what', async ({ head, bring, words }) => {
    const ground = Playground.withFiles();
    ground.git('branch', 'side/one');
    bring?.(ground);
    ground.write('.git/HEAD', `ref: ${head}\n`);
    const tree = await ground.open();
    tree.clearLeftLocks(null);
    const refusal = await tree.hindrance(null);
    if (words === null) expect(refusal).toBeNull();
    else expect(refusal?.message).toMatch(words);
    // The refusal is true: git refuses a commit, or makes one that HEAD does not come to.
    const commit = () => {
      ground.git('commit', '-q', '--allow-empty', '-m', 'first');
      ground.git('rev-parse', '--verify', '-q', 'HEAD');
    };
    if (words === null) commit();
    else expect(commit).toThrow();
  });

  test('is asked of no process where there is a commit and a status', async () => {
    const runner = createRunner();
    const tree = await Playground.withFiles().open({ runner });
    await tree.observe();
    const { count } = runner;
    expect(await tree.hindrance(null)).toBeNull();
    expect(runner.count).toBe(count);
  });
});

describe('a folder that git takes for no repository', () => {
  test('is not made one where a damaged one is, here or above', () => {
    const ground = Playground.withFiles();
    const below = path.join(ground.dir, 'below');
    mkdirSync(below);
    for (const workspace of [ground.dir, below]) {
      ground.write('.git/HEAD', 'nonsense\n');
      expect(damagedRepository(workspace)?.message).toContain(`${ground.dir}/.git is there`);
    }
    ground.write('.git/HEAD', 'ref: refs/heads/main\n');
    expect(damagedRepository(below)).toBeNull();
  });
});
