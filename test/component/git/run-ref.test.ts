import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Playground, cleanUp } from './playground.ts';

cleanUp();

const REF = 'refs/autoloop/runs/run-1';

describe('the reference of a run', () => {
  async function marked() {
    const ground = Playground.withFiles();
    const tree = await ground.open();
    const commits = ['one', 'two', 'three'].map((name) => {
      ground.git('commit', '-q', '--allow-empty', '-m', name);
      return ground.git('rev-parse', 'HEAD').trim();
    });
    const [first = '', second = '', third = ''] = commits;
    await tree.markRun('run-1', first);
    const now = () => ground.git('rev-parse', REF).trim();
    return { ground, tree, first, second, third, now, file: path.join(ground.dir, '.git', REF) };
  }

  it('moves with each checkpoint, and leaves nothing beside it', async () => {
    const { ground, tree, first, second, third, now, file } = await marked();
    expect(now()).toBe(first);
    await tree.markRun('run-1', second);
    await tree.markRun('run-1', third);
    expect(now()).toBe(third);
    expect(readdirSync(path.dirname(file))).toEqual(['run-1']);
    ground.git('fsck', '--strict');
  });

  it('moves where git has packed it', async () => {
    const { ground, tree, second, now, file } = await marked();
    ground.git('pack-refs', '--all');
    expect(existsSync(file)).toBe(false);
    await tree.markRun('run-1', second);
    expect(now()).toBe(second);
  });

  it('is not moved past the lock of another git command', async () => {
    const { tree, first, second, now, file } = await marked();
    writeFileSync(`${file}.lock`, '');
    await expect(tree.markRun('run-1', second)).rejects.toThrow(/lock/);
    expect(now()).toBe(first);
  });

  it('is written nowhere else, whatever link stands in the place of its folder', async () => {
    const { tree, second, ground, file } = await marked();
    const elsewhere = path.join(ground.dir, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(path.join(elsewhere, 'run-1'), 'mine\n');
    rmSync(path.dirname(file), { recursive: true });
    symlinkSync(elsewhere, path.dirname(file));
    await expect(tree.markRun('run-1', second)).rejects.toThrow(/autoloop\/runs is a link/);
    await expect(tree.markRun('run-2', second)).rejects.toThrow(/autoloop\/runs is a link/);
    expect(readdirSync(elsewhere)).toEqual(['run-1']);
    expect(readFileSync(path.join(elsewhere, 'run-1'), 'utf8')).toBe('mine\n');
  });
});
