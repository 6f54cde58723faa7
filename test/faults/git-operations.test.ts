import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { asked, follow, lines, resumeArgs, START } from './story.ts';

const FILES = { 'a.txt': 'base\n' };

/** Two branches that change the same line. */
function diverge(rig: Rig): void {
  rig.git('switch', '-q', '-c', 'side');
  rig.write('a.txt', 'side\n');
  rig.git('commit', '-qam', 'side');
  rig.git('switch', '-q', 'main');
  rig.write('a.txt', 'main\n');
  rig.git('commit', '-qam', 'main');
}

function stopsAtConflict(rig: Rig, ...args: string[]): void {
  expect(() => rig.git(...args)).toThrow();
}

/** How a person comes into the middle of something, and what git calls it. */
const STATES: Record<string, (rig: Rig) => void> = {
  merge: (rig) => stopsAtConflict(rig, 'merge', 'side'),
  rebase: (rig) => stopsAtConflict(rig, 'rebase', 'side'),
  'cherry-pick': (rig) => stopsAtConflict(rig, 'cherry-pick', 'side'),
  revert: (rig) => {
    rig.write('a.txt', 'later\n');
    rig.git('commit', '-qam', 'later');
    stopsAtConflict(rig, 'revert', '--no-edit', 'HEAD~1');
  },
  bisect: (rig) => void rig.git('bisect', 'start'),
  am: (rig) => {
    rig.git('format-patch', '-q', '-1', 'side', '-o', rig.sandbox.root);
    stopsAtConflict(rig, 'am', path.join(rig.sandbox.root, '0001-side.patch'));
  },
  'unmerged paths': (rig) => {
    rig.write('a.txt', 'stashed\n');
    rig.git('stash', '-q');
    rig.write('a.txt', 'in the way\n');
    rig.git('commit', '-qam', 'in the way');
    stopsAtConflict(rig, 'stash', 'pop');
  },
};
for (const [name, enter] of Object.entries(STATES)) {
  fault(
    `I2, I7: ${name} in progress is refused before anything is written, and left as it is`,
    { files: FILES },
    async (rig) => {
      diverge(rig);
      enter(rig);
      const before = [rig.treeHash(), rig.status().join(), rig.git('rev-parse', 'HEAD')];
      const refused = await rig.run(START);
      expect(refused.code).toBe(1);
      expect(lines(refused.stderr)).toEqual([
        `error: the repository is in the middle of something: ${name}`,
        expect.stringMatching(/^git .*, or run with --no-git$/),
      ]);
      expect([rig.treeHash(), rig.status().join(), rig.git('rev-parse', 'HEAD')]).toEqual(before);
      expect(existsSync(path.join(rig.workspace, '.autoloop'))).toBe(false);
      expect(rig.turns()).toEqual([]);
      expect((await rig.run([...START, '--no-git'])).code).toBe(0);
      expect(rig.git('rev-parse', 'HEAD')).toBe(before[2]);
      return { maxTurns: 2 };
    },
  );
}

fault(
  'I2, I8: a resume in the middle of a merge is refused, and goes on when the merge is over',
  { files: FILES, script: { rules: [{ role: 'producer', times: 1, question: 'Which?', supposition: 'this' }] } },
  async (rig) => {
    diverge(rig);
    const paused = await rig.run(START);
    stopsAtConflict(rig, 'merge', 'side');
    const before = rig.events().length;
    const refused = await rig.run([...resumeArgs(paused.stderr), '--answer', 'green']);
    expect(refused.code).toBe(1);
    expect(lines(refused.stderr)[0]).toContain('merge');
    expect(rig.events()).toHaveLength(before);
    rig.git('merge', '--abort');
    expect((await follow(rig, paused, '--answer', 'green')).code).toBe(0);
    return { maxTurns: 3 };
  },
);

fault(
  'I1, I4, I8: an agent that leaves a merge half done pauses the run, which goes on when a person has ended the merge',
  { files: FILES, script: { rules: [{ role: 'producer', times: 1, shell: ['git merge -q side || true'] }] } },
  async (rig) => {
    diverge(rig);
    const ended = await rig.run(START);
    expect(ended.code).toBe(4);
    expect(ended.stdout).toContain('merge');
    rig.git('checkout', '--ours', 'a.txt');
    rig.git('add', 'a.txt');
    rig.git('commit', '-qm', 'merged by hand');
    expect((await follow(rig, ended)).code).toBe(0);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1']);
    expect(rig.status()).toEqual([]);
    return { maxTurns: 2 };
  },
);
