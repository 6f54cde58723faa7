import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Running } from '../support/invocation.ts';
import { until } from '../support/marked-processes.ts';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { asked, checkpoints, committed, ending, follow, lines, START } from './story.ts';

const noticed = (rig: Rig) =>
  rig.events().flatMap((event) => (event.event_type === 'noticed' ? [`${event.kind}: ${event.detail}`] : []));
const head = (rig: Rig) => rig.git('rev-parse', 'HEAD').trim();
const branch = (rig: Rig) => rig.git('branch', '--show-current').trim();
const does = (...shell: string[]) => ({ role: 'producer', times: 1, shell }) as const;
const producer = (...shell: string[]) => ({ script: { rules: [does(...shell)] } });

fault(
  'I1, I2: an agent that switches the branch pauses the run, which names both',
  producer('git switch -qc other'),
  async (rig) => {
    const main = head(rig);
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    expect(asked(rig)).toHaveLength(1);
    expect(lines(paused.stdout).at(-1)).toMatch(
      /^\[PAUSED\] the agent switched from branch main to branch other: .*git switch main/,
    );
    expect(noticed(rig)).toEqual(['branch_switched: branch main -> branch other']);
    rig.git('switch', '-q', 'main');
    expect((await follow(rig, paused)).code).toBe(0);
    expect(branch(rig)).toBe('main');
    expect(checkpoints(rig)).toEqual([
      'autoloop: producer edits (implement #1)',
      'autoloop: pair complete (implement)',
    ]);
    expect(rig.git('rev-list', 'main..other')).toBe('');
    expect(head(rig)).not.toBe(main);
    return { maxTurns: 2 };
  },
);

fault(
  'I4: a resume on the branch that the agent chose goes on there',
  producer('git switch -qc other'),
  async (rig) => {
    const paused = await rig.run(START);
    const main = rig.git('rev-parse', 'main');
    expect((await follow(rig, paused)).code).toBe(0);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1']);
    expect(branch(rig)).toBe('other');
    expect(rig.git('rev-parse', 'main')).toBe(main);
    expect(committed(rig)).toEqual(['src/implicit-phase.txt']);
    return { maxTurns: 2, branchMoved: true };
  },
);

fault(
  'I1: what the agent committed on another branch is still there, and named by it',
  producer('git switch -qc other', 'git add src', 'git commit -qm "by the agent"'),
  async (rig) => {
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    rig.git('switch', '-q', 'main');
    expect((await follow(rig, paused)).code).toBe(0);
    expect(rig.git('show', 'other:src/implicit-phase.txt')).toContain('cycle 1');
    return { maxTurns: 2 };
  },
);

fault('I2: an agent that detaches HEAD pauses the run as well', producer('git switch -q --detach'), async (rig) => {
  const paused = await rig.run(START);
  expect(paused.code).toBe(4);
  expect(ending(rig).reason).toContain('from branch main to a detached HEAD');
  rig.git('switch', '-q', 'main');
  expect((await follow(rig, paused)).code).toBe(0);
  return { maxTurns: 2 };
});

fault(
  'I2: a verifier that switches the branch pauses the run after its turn, which is not paid for again',
  { script: { rules: [{ role: 'verifier', times: 1, shell: ['git switch -qc other'] }] } },
  async (rig) => {
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    rig.git('switch', '-q', 'main');
    expect((await follow(rig, paused)).code).toBe(0);
    return { maxTurns: 2 };
  },
);

fault('I2: an agent that renames the branch pauses the run', producer('git branch -m renamed'), async (rig) => {
  const paused = await rig.run(START);
  expect(paused.code).toBe(4);
  expect(ending(rig).reason).toContain('from branch main to branch renamed');
  expect((await follow(rig, paused)).code).toBe(0);
  return { maxTurns: 2, branchMoved: true };
});

fault(
  'I1: what an agent commits itself is recorded as part of its turn',
  producer('git add src', 'git commit -qm "by the agent"', 'echo more > src/more.txt'),
  async (rig) => {
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(noticed(rig)).toEqual([expect.stringMatching(/^agent_committed: [0-9a-f]{40} -> [0-9a-f]{40}$/)]);
    expect(rig.commits().map(({ subject }) => subject)).toContain('by the agent');
    expect(rig.commits().find(({ subject }) => subject === checkpoints(rig)[0])?.files).toContain('src/more.txt');
    expect(rig.events().find((event) => event.event_type === 'phase_finished')).toMatchObject({
      outcome: { kind: 'produced', changed: true },
    });
    expect(rig.status()).toEqual([]);
    return { maxTurns: 2 };
  },
);

fault(
  'I4: an agent that amends our last commit does not lose the run its place',
  producer('git add src', 'git commit -q --amend -m "rewritten by the agent"'),
  async (rig) => {
    expect((await rig.run(START)).code).toBe(0);
    expect(committed(rig)).toEqual(['src/implicit-phase.txt']);
    expect(rig.status()).toEqual([]);
    return { maxTurns: 2 };
  },
);

fault(
  'I1: a kill after the agent committed and edited on loses neither',
  { script: { rules: [{ role: 'producer', times: 1, remote: true }] } },
  async (rig) => {
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ write: { 'one.txt': '1\n' }, shell: ['git add one.txt', 'git commit -qm "by the agent"'] });
    await turn.act({ write: { 'two.txt': '2\n', 'one.txt': '1, changed\n' } });
    running.signal('SIGKILL');
    await running.done;
    expect((await rig.run(['--resume'])).code).toBe(0);
    expect(committed(rig)).toEqual(['one.txt', 'src/implicit-phase.txt', 'two.txt']);
    expect(rig.git('show', 'HEAD:one.txt')).toBe('1, changed\n');
    expect(rig.status()).toEqual([]);
    return { maxTurns: 3 };
  },
);

const RAVAGES = [
  ['git reset --hard', ['git reset -q --hard HEAD~1'], []],
  ['git checkout', ['git checkout -q -- .'], []],
  ['git clean -fdx', ['git clean -qfdx'], ['notes.txt']],
  ['git stash', ['git stash -qu'], ['mine.txt', 'notes.txt']],
  ['rm -rf of the state', ['rm -rf .autoloop'], []],
] as const;

/** Lets the first implement turn do this once nothing more of it is being written: the outcome must not hang on who was faster. */
async function ravage(rig: Rig, running: Running, shell: readonly string[]): Promise<void> {
  const turn = await rig.nextTurn();
  await until(
    () => 'the session is not stored',
    () => existsSync(path.join(rig.lastRun().path, `sessions/phases/${turn.call.phase ?? ''}.json`)),
  );
  await turn.act({ shell });
  await turn.finish({ noDefaults: true });
  await running.done;
}

for (const [what, shell, gone] of RAVAGES) {
  fault(
    `I1, I4: ${what} by an agent is noticed: the state is put back, what is gone is named, the run goes on`,
    { files: { 'mine.txt': 'old\n' }, script: { rules: [{ role: 'producer', times: 1, remote: true }] } },
    async (rig) => {
      rig.write('notes.txt', 'mine\n');
      if (what === 'git stash') rig.write('mine.txt', 'changed by me\n');
      const running = rig.start(START);
      await ravage(rig, running, [...shell, 'mkdir -p src; echo after > src/after.txt']);
      const done = await running.done;
      expect(done.code).toBe(0);
      expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1']);
      expect(done.stderr).toMatch(/WARNING: the agent removed or reverted Autoloop's own state; restored: \S/);
      expect(noticed(rig)).toContain("state_restored: the agent removed or reverted Autoloop's own state; restored");
      const named = /WARNING: files that were changed before this turn are gone or reverted after it: (.*)/.exec(
        done.stderr,
      );
      expect(named?.[1]?.split(', ') ?? []).toEqual(gone);
      expect(rig.events().some((event) => event.event_type === 'noticed' && event.kind === 'edits_vanished')).toBe(
        gone.length > 0,
      );
      expect(committed(rig)).toContain('src/after.txt');
      expect(await rig.run(['--resume'])).toMatchObject({ code: 0 });
      return { maxTurns: 2, stashed: what === 'git stash' };
    },
  );
}

fault('I3: phases of a plan that an agent removed are still worked on', {}, async (rig) => {
  rig.script({
    phases: ['one', 'two'],
    rules: [{ pair: 'implement', role: 'producer', times: 1, remote: true }],
  });
  const running = rig.start(['--task-id', 't', '--intent', 'Build it', '--pairs', 'plan,implement']);
  await ravage(rig, running, ['rm -rf .autoloop']);
  const done = await running.done;
  expect(done.code).toBe(0);
  expect(done.stderr).toMatch(
    /boxes of criteria\.md were gone[\s\S]*an agent removed or emptied files .*phase_plan\.yaml/,
  );
  expect(rig.turns().map(({ phase }) => phase)).toEqual([null, null, 'one', 'one', 'two', 'two']);
  return { maxTurns: 6 };
});

fault(
  'I1: a kill after a reset in a verifier’s turn leaves a run that goes on',
  { script: { rules: [{ role: 'verifier', times: 1, remote: true }] } },
  async (rig) => {
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ shell: ['git reset -q --hard', 'git clean -qfd'] });
    running.signal('SIGKILL');
    await running.done;
    // The log went back with the rest, unless its next line was due before the kill: where it did, that is not believed unasked.
    expect((await rig.run(['--resume', '--trust-log'])).code).toBe(0);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1', 'implement verifier 1.1']);
    expect(committed(rig)).toEqual(['src/implicit-phase.txt']);
    return { maxTurns: 3 };
  },
);

fault(
  'I3, I8: an agent that removes .git pauses the run with one sentence, and the files stay',
  { script: { rules: [{ role: 'producer', times: 1, remote: true }] } },
  async (rig) => {
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ write: { 'src/new.txt': 'new\n' } });
    rmSync(path.join(rig.workspace, '.git'), { recursive: true });
    await turn.finish();
    const ended = await running.done;
    expect(ended.code).toBe(4);
    expect(rig.read('src/new.txt')).toBe('new\n');
    expect((await follow(rig, ended, '--no-git')).code).toBe(0);
    return { maxTurns: 3 };
  },
);
