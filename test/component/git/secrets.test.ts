import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Playground, cleanUp } from './playground.ts';

cleanUp();

/** Put together here, so that no scanner takes this file for a leak. */
const TOKEN = ['gh', 'p_', 'Ab9'.repeat(12)].join('');

describe('a checkpoint with contents of its own', () => {
  test('holds these, and leaves files and what a person staged as they are', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    ground.write('user1.txt', 'staged\n');
    ground.git('add', 'user1.txt');
    ground.write('a.txt', `${TOKEN}\n`);
    ground.write('new.txt', `${TOKEN}\n`);
    ground.write('b.txt', 'changed\n');
    const clean = Buffer.from('clean\r\n');
    const contents = new Map(['a.txt', 'new.txt'].map((name) => [name, clean]));
    await tree.observe();
    const { commit, skipped } = await tree.commit({
      paths: ['a.txt', 'b.txt', 'new.txt'],
      contents,
      subject: 's',
      id: 'r/1',
    });
    expect(skipped).toEqual([]);
    for (const name of contents.keys()) {
      expect(ground.git('show', `${commit}:${name}`)).toBe('clean\r\n');
      expect(readFileSync(path.join(ground.dir, name), 'utf8')).toBe(`${TOKEN}\n`);
    }
    expect(ground.git('show', `${commit}:b.txt`)).toBe('changed\n');
    expect(ground.git('diff', '--cached', '--name-only')).toBe('user1.txt\n');
    expect(ground.git('log', '--all', '-p')).not.toContain(TOKEN);
  });

  test('is none when they are what the last one had', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    ground.write('a.txt', `${TOKEN}\n`);
    const contents = new Map([['a.txt', Buffer.from('clean\n')]]);
    await tree.observe();
    expect((await tree.commit({ paths: ['a.txt'], contents, subject: 's', id: 'r/1' })).commit).not.toBeNull();
    await tree.observe();
    expect((await tree.commit({ paths: ['a.txt'], contents, subject: 's', id: 'r/2' })).commit).toBeNull();
  });
});

describe('a secret in the sources', () => {
  test('is told where it is new: not one that the last commit has, and none of a file that cannot be read', async () => {
    const ground = Playground.withFiles();
    ground.write('known.txt', `key ${TOKEN}\n`);
    ground.commitAll('a fixture');
    const tree = await ground.open();
    ground.write('known.txt', `key ${TOKEN}\nmore\n`);
    ground.write('d/c.txt', `x = "${TOKEN}"\n`);
    ground.write(Buffer.from('näw.txt').toString('latin1'), `${TOKEN}\n`);
    const paths = ['known.txt', 'd/c.txt', 'a.txt', 'gone.txt', Buffer.from('näw.txt').toString('latin1'), 'd'];
    expect(await tree.withNewTokens(paths, null)).toEqual(['d/c.txt', Buffer.from('näw.txt').toString('latin1')]);
  });

  test('is told of names and links, too', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    ground.write(`${TOKEN}.txt`, 'nothing\n');
    symlinkSync(TOKEN, path.join(ground.dir, 'link'));
    expect(await tree.withNewTokens([`${TOKEN}.txt`, 'link', 'a.txt'], null)).toEqual([`${TOKEN}.txt`, 'link']);
  });

  test('that somebody has committed is told against an earlier commit, and only where it was committed', async () => {
    const ground = Playground.withFiles();
    ground.write('known.txt', `key ${TOKEN}\n`);
    ground.commitAll('a fixture');
    const before = ground.git('rev-parse', 'HEAD').trim();
    ground.write('known.txt', `key ${TOKEN}\nmore\n`);
    ground.write('c.txt', `x = "${TOKEN}"\n`);
    ground.commitAll('of an agent');
    ground.write('dirty.txt', `${TOKEN}\n`);
    const tree = await ground.open();
    expect(await tree.withNewTokens(['known.txt', 'c.txt', 'dirty.txt', 'a.txt'], before)).toEqual(['c.txt']);
  });
});
