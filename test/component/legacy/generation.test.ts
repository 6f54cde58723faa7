import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { generationOf } from '../../../src/store/legacy/generation.ts';
import { writeFlatState, writeOldTree } from '../../support/legacy-trees.ts';
import { temporaryFolder } from '../store/rig.ts';

it.each(['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G8'] as const)(
  'a task of generation %s is told from the others',
  (layout) => {
    expect(generationOf(writeOldTree(temporaryFolder(), layout).folder)).toBe(layout);
  },
);

it('the state of the first release is told from a folder that is none', () => {
  const workspace = temporaryFolder();
  writeFlatState(workspace);
  mkdirSync(path.join(workspace, 'bin'));
  expect(generationOf(path.join(workspace, '.superloop'))).toBe('G0');
  expect(generationOf(path.join(workspace, 'bin'))).toBeNull();
});
