import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { committed, follow, leftUncommitted, START } from './story.ts';

const remote = { rules: [{ role: 'producer', times: 1, remote: true }] } as const;

/** The same files in a repository that knows nothing of the run's commits. */
function anew(rig: Rig): void {
  rmSync(path.join(rig.workspace, '.git'), { recursive: true });
  rig.git('init', '-q', '-b', 'main');
  rig.git('config', 'user.name', 'Rig');
  rig.git('config', 'user.email', 'rig@example.com');
  rig.git('add', 'README.md');
  rig.git('commit', '-q', '-m', 'anew');
}

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  fault(
    `I1, I3: a run stopped by ${signal} goes on in a repository that was made anew, and names what it cannot commit`,
    { script: remote },
    async (rig) => {
      const running = rig.start(START);
      const turn = await rig.nextTurn();
      await turn.act({ write: { 'src/half.txt': 'half\n' } });
      running.signal(signal);
      await running.done;
      anew(rig);
      const done = await rig.run(['--resume']);
      expect(done.code).toBe(0);
      expect(done.stderr).toMatch(/this repository has not the commit [0-9a-f]{10} /);
      expect(leftUncommitted(done)).toBe('src/half.txt');
      expect(committed(rig)).toEqual(['src/implicit-phase.txt']);
      expect(rig.status()).toEqual(['?? src/half.txt']);
      return { maxTurns: 3 };
    },
  );
}

fault(
  'I7: a run whose base is in no repository any more says at its end that nothing was compared',
  { script: remote, files: { 'README.md': 'x\n', 'autoloop.yaml': 'checks:\n  - {name: always, run: "true"}\n' } },
  async (rig) => {
    const running = rig.start(START);
    await (await rig.nextTurn()).act({ write: { 'README.md': 'another\n' } });
    running.signal('SIGKILL');
    await running.done;
    anew(rig);
    const done = await rig.run(['--resume']);
    expect(done.code).toBe(6);
    expect(done.stderr).toContain('the work of this run has nothing to be compared with');
    return { maxTurns: 6 };
  },
);

fault(
  'I1, I3: after a turn in which the agent removed .git, the run goes on in a new repository',
  { script: { rules: [{ role: 'verifier', times: 1, shell: ['rm -rf .git'] }] } },
  async (rig) => {
    const ended = await rig.run(START);
    expect(ended.code).toBe(4);
    const done = await follow(rig, ended);
    expect(done.code).toBe(0);
    expect(leftUncommitted(done)).toBe('README.md, src/implicit-phase.txt');
    return { maxTurns: 3, branchMoved: true };
  },
);

fault(
  'I1: a turn in which the agent made the history anew and pruned the old one goes on, and the commit that is gone is named',
  {
    script: {
      rules: [
        {
          role: 'producer',
          times: 1,
          shell: [
            'git checkout -q --orphan new && git commit -q -m anew && git branch -D -q main && git branch -m main',
            "git for-each-ref --format='delete %(refname)' refs/autoloop | git update-ref --stdin",
            'git reflog expire --expire=now --all && git gc -q --prune=now',
          ],
        },
      ],
    },
  },
  async (rig) => {
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(done.stderr).toMatch(/the history lost the commit [0-9a-f]{40}.*it is not in the repository any more/);
    expect(rig.commits()[0]?.subject).toBe('anew');
    expect(committed(rig)).toContain('src/implicit-phase.txt');
    return { maxTurns: 2 };
  },
);

fault(
  'I1: files with names that git takes into no commit are named, and are nobody else’s later',
  { script: { rules: [{ role: 'producer', write: { 'git~1': 'x\n', 'sub/.GIT/f': 'y\n', 'sub/fine.txt': 'z\n' } }] } },
  async (rig) => {
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(done.stderr).not.toContain('the verifier edited');
    expect(leftUncommitted(done)).toBe('git~1, sub/.GIT/f');
    expect(committed(rig)).toEqual(['src/implicit-phase.txt', 'sub/fine.txt']);
    return { maxTurns: 2 };
  },
);

fault(
  'I1: a file that is not in the encoding which .gitattributes names is left and named, the others are committed',
  {
    files: { '.gitattributes': '*.txt16 working-tree-encoding=UTF-16\n' },
    script: { rules: [{ role: 'producer', write: { 'a.txt16': 'no mark\n', 'b.md': 'fine\n' } }] },
  },
  async (rig) => {
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(leftUncommitted(done)).toBe('a.txt16');
    expect(committed(rig)).toEqual(['b.md', 'src/implicit-phase.txt']);
    return { maxTurns: 2 };
  },
);
