import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../../src/core/problem.ts';
import { findGit } from '../../../src/git/program.ts';
import { Playground, cleanUp } from './playground.ts';

cleanUp();

describe('the git that is called', () => {
  /** A folder with a program called git. */
  function folderWithGit(ground: Playground, name: string): string {
    ground.write(`${name}/git`, '#!/bin/sh\n', 0o755);
    return path.join(ground.dir, name);
  }

  test('is the first one in an absolute entry of PATH outside the work tree', () => {
    const [ground, machine] = [Playground.withFiles(), new Playground()];
    const inside = folderWithGit(ground, 'node_modules/.bin');
    const outside = folderWithGit(machine, 'bin');
    const found = findGit(ground.dir, [inside, 'relative', '', '.', outside].join(':'));
    expect(found).toEqual({ file: path.join(outside, 'git'), path: outside });
  });

  test('is not one above a workspace that is a folder of the work tree, nor one that a link leads into it', () => {
    const [ground, machine] = [Playground.withFiles(), new Playground()];
    const inside = folderWithGit(ground, 'tools');
    machine.write('empty', '');
    symlinkSync(inside, path.join(machine.dir, 'linked'));
    const outside = folderWithGit(machine, 'bin');
    const entries = [inside, path.join(machine.dir, 'linked'), outside].join(':');
    expect(findGit(path.join(ground.dir, 'd'), entries).file).toBe(path.join(outside, 'git'));
  });

  test('is refused with its path when it exists only inside the work tree', () => {
    const ground = Playground.withFiles();
    const inside = folderWithGit(ground, 'bin');
    const find = () => findGit(ground.dir, inside);
    expect(find).toThrow(Problem);
    expect(find).toThrow(path.join(inside, 'git'));
  });

  test('may be none', () => {
    expect(findGit(null, new Playground().dir).file).toBeNull();
  });
});
