import { spawnSync } from 'node:child_process';
import { copyFileSync, linkSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Draft } from '../../../src/git/draft.ts';
import { Playground, cleanUp, turn, watchedRunner } from './playground.ts';

cleanUp();

const ID = 'run/7';
const DRAFT = 'half a thought\n';

function edit(ground: Playground): void {
  ground.write('a.txt', 'by the agent\n');
  ground.write('new file.txt');
  ground.remove('b.txt');
}

/** The process "dies" by never coming back from a step; what it holds on disk stays, as with a killed one. */
const never = new Promise<never>(() => undefined);

describe('a crash at any step of a checkpoint', () => {
  for (const personal of [false, true]) {
    for (const command of personal ? ['update-index', 'update-index 2', 'commit'] : ['update-index', 'commit']) {
      for (const moment of ['before', 'after']) {
        const around = personal ? 'with staged files of the user' : 'in a clean tree';
        test(`${moment} ${command}, ${around}: the next start ends in the same state`, async () => {
          const ground = Playground.withFiles();
          if (personal) ground.leavePersonalState();
          if (personal) ground.write('.git/COMMIT_EDITMSG', DRAFT);
          const before = ground.personalView();
          const head = ground.head();
          let calls = 0;
          const died = new Promise<void>((resolve) => {
            const runner = watchedRunner(async (name, run) => {
              if (name !== command.split(' ')[0] || (calls += 1) !== Number(command.split(' ')[1] ?? 1)) return run();
              if (moment === 'after') await run();
              resolve();
              return never;
            });
            void ground.open({ runner }).then((tree) => turn(tree, () => edit(ground), ID));
          });
          await died;
          const tree = await ground.open();
          const found = await tree.find(ID, head);
          expect(found === null).toBe(ground.head() === head);
          if (found === null) await tree.commit({ paths: ['a.txt', 'b.txt', 'new file.txt'], subject: 's', id: ID });
          expect(ground.committed()).toEqual(['a.txt', 'b.txt', 'new file.txt']);
          expect(ground.git('rev-list', '--count', 'HEAD').trim()).toBe('2');
          expect(ground.personalView()).toEqual(before);
          if (personal) expect(ground.read('.git/COMMIT_EDITMSG')).toBe(DRAFT);
          expect(ground.gitFiles()).toEqual([]);
        });
      }
    }
  }

  test('copies of the index are removed at the next start when their process is dead, and only then', async () => {
    const ground = Playground.withFiles();
    const host = hostname().replaceAll(/\W/g, '_');
    const dead = spawnSync('true').pid;
    ground.write(`.git/autoloop-index-${host}-${dead}`);
    ground.write(`.git/autoloop-index-${host}-${dead}-head.lock`);
    const living = [`autoloop-index-${host}-${process.ppid}`, `autoloop-index-elsewhere-${dead}`];
    for (const name of living) ground.write(`.git/${name}`);
    await ground.open();
    expect(ground.gitFiles().sort()).toEqual(living.sort());
  });

  test('between taking the lock of the index and giving it its place: the lock is known as ours and removed', async () => {
    const ground = Playground.withFiles();
    const dead = spawnSync('true').pid;
    const copy = `${ground.dir}/.git/autoloop-index-${hostname().replaceAll(/\W/g, '_')}-${dead}`;
    copyFileSync(`${ground.dir}/.git/index`, copy);
    linkSync(copy, `${ground.dir}/.git/index.lock`);
    await turn(await ground.open({ lockWaitMs: 0 }), () => edit(ground), ID);
    expect(ground.committed()).toEqual(['a.txt', 'b.txt', 'new file.txt']);
    expect(ground.gitFiles()).toEqual([]);
  });

  test('a draft message that was put aside is put back when its process is dead, where nobody has written another', async () => {
    const host = hostname().replaceAll(/\W/g, '_');
    const ours = 'autoloop: producer edits (plan #1)\n\nAutoloop-Checkpoint: run/7\n';
    const drafts = [
      ours,
      ours.slice(0, 20),
      '',
      null,
      'another thought\n',
      `${ours}# Please enter the commit message\n`,
    ];
    for (const draft of drafts) {
      const ground = Playground.withFiles();
      const isTheirs = draft !== null && /another|Please/.test(draft);
      ground.write(`.git/autoloop-draft-${host}-${spawnSync('true').pid}`, DRAFT);
      ground.write(`.git/autoloop-draft-${host}-${process.ppid}`, 'in use');
      if (draft === null) ground.remove('.git/COMMIT_EDITMSG');
      else ground.write('.git/COMMIT_EDITMSG', draft);
      await ground.open();
      expect(ground.read('.git/COMMIT_EDITMSG')).toBe(isTheirs ? draft : DRAFT);
      expect(ground.gitFiles()).toEqual([`autoloop-draft-${host}-${process.ppid}`]);
    }
  });

  test('a draft message that the disk kept from being put back is not given up for the next checkpoint', async () => {
    const ours = 'autoloop: baseline\n\nAutoloop-Checkpoint: run/baseline\n';
    for (const standing of [ours, null, 'another thought\n']) {
      const ground = Playground.withFiles();
      const tree = await ground.open();
      ground.write('.git/COMMIT_EDITMSG', DRAFT);
      Draft.putAside(path.join(ground.dir, '.git'));
      if (standing !== null) ground.write('.git/COMMIT_EDITMSG', standing);
      await turn(tree, () => edit(ground), ID);
      expect(ground.read('.git/COMMIT_EDITMSG')).toBe(standing === 'another thought\n' ? standing : DRAFT);
      expect(ground.gitFiles()).toEqual([]);
    }
  });

  test('a lock of the index that somebody else left stays where it is', async () => {
    const ground = Playground.withFiles();
    const dead = spawnSync('true').pid;
    ground.write(`.git/autoloop-index-${hostname().replaceAll(/\W/g, '_')}-${dead}`);
    ground.write('.git/index.lock');
    await ground.open();
    expect(ground.gitFiles()).toEqual(['index.lock']);
  });
});

describe('finding a checkpoint', () => {
  test('by its whole id, since the given commit, also below later commits', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    const base = ground.head();
    await turn(tree, () => ground.write('a.txt', '2\n'), 'run/1');
    const first = ground.head();
    await turn(tree, () => ground.write('a.txt', '3\n'), 'run/12.*');
    ground.write('b.txt', 'theirs\n');
    ground.git('commit', '-qam', 'theirs, naming Autoloop-Checkpoint: run/3');
    expect(await tree.find('run/1', base)).toBe(first);
    expect(await tree.find('run/1', null)).toBe(first);
    expect(await tree.find('run/1', first)).toBeNull();
    expect(await tree.find('run/12.*', first)).toBe(ground.git('rev-parse', 'HEAD^').trim());
    expect(await tree.find('run/2', base)).toBeNull();
    expect(await tree.find('run/3', base)).toBeNull();
    expect(await tree.find('run/1.*', base)).toBeNull();
  });

  test('when the given commit is gone, in all of the history; in an empty repository there is none', async () => {
    const ground = Playground.withFiles();
    await turn(await ground.open(), () => ground.write('a.txt', '2\n'), 'run/1');
    expect(await (await ground.open()).find('run/1', '0123456789012345678901234567890123456789')).toBe(ground.head());
    const unborn = Playground.repository();
    expect(await (await unborn.open()).find('run/1', null)).toBeNull();
  });

  test('leaves alone what the user staged on top of a checkpoint', async () => {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    const base = ground.head();
    await turn(tree, () => edit(ground), ID);
    ground.write('a.txt', 'committed later\n');
    ground.git('commit', '-qam', 'later');
    // The version before the checkpoint, but nobody would take this for a crash.
    ground.write('a.txt', 'a.txt\n');
    ground.write('new file.txt', 'staged later\n');
    ground.git('add', '-A');
    const before = ground.personalView();
    await tree.find(ID, base);
    expect(ground.personalView()).toEqual(before);
  });
});
