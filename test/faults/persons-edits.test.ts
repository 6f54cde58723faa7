import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { asked, committed, ending, follow, leftUncommitted, lines, START } from './story.ts';

/** A person at work between the stop of a run and its resume. */
const FILES = { 'a.txt': 'a\n', 'b.txt': 'b\n' };
const remote = { files: FILES, script: { rules: [{ role: 'producer', times: 1, remote: true }] } } as const;
const RESUME = ['--resume', '--task-id', 't'];
const AGAIN = ['implement producer 1.1', 'implement producer 1.2', 'implement verifier 1.2'];

/** A run whose producer has edited a tracked and a new file, as the screen has told, and is killed. */
async function killedAfterEdits(rig: Rig, args: readonly string[] = START): Promise<void> {
  const running = rig.start(args);
  const turn = await rig.nextTurn();
  await turn.act({ write: { 'a.txt': 'the agent’s\n', 'src/new.txt': 'the agent’s\n' } });
  await running.sees(/changes src\/new\.txt/);
  running.signal('SIGKILL');
  await running.done;
}

fault('I1, I2: what a person edits between Ctrl-C and resume stays theirs, and is named', remote, async (rig) => {
  const running = rig.start(START);
  const turn = await rig.nextTurn();
  await turn.act({ write: { 'a.txt': 'the agent’s\n', 'src/new.txt': 'the agent’s\n' } });
  running.signal('SIGINT');
  const stopped = await running.done;
  rig.write('a.txt', 'mine\n');
  rig.write('b.txt', 'mine\n');
  rig.write('mine.txt', 'mine\n');
  const resumed = await follow(rig, stopped);
  expect(resumed.code).toBe(0);
  expect(resumed.stderr).toContain('changed since the turn was interrupted, left uncommitted: a.txt, b.txt, mine.txt');
  expect(leftUncommitted(resumed)).toBe('a.txt, b.txt, mine.txt');
  expect(rig.status()).toEqual([' M a.txt', ' M b.txt', '?? mine.txt']);
  expect(committed(rig)).toEqual(['src/implicit-phase.txt', 'src/new.txt']);
  return { maxTurns: 3 };
});

fault(
  'I1, I2: an edit of yours that the killed agent went over stays out of the commit, and is named',
  remote,
  async (rig) => {
    rig.write('a.txt', 'mine\n');
    await killedAfterEdits(rig);
    const resumed = await rig.run(RESUME);
    expect(resumed.code).toBe(0);
    expect(leftUncommitted(resumed)).toBe('a.txt');
    expect(rig.status()).toEqual([' M a.txt']);
    expect(committed(rig)).toEqual(['src/implicit-phase.txt', 'src/new.txt']);
    return { maxTurns: 3 };
  },
);

fault('I1, I2: edits of the killed agent that a person has committed are not committed again', remote, async (rig) => {
  await killedAfterEdits(rig);
  rig.git('add', 'a.txt');
  rig.git('commit', '-qm', 'by hand');
  expect((await rig.run(RESUME)).code).toBe(0);
  const of = (name: string) =>
    rig
      .commits()
      .filter(({ files }) => files.includes(name))
      .map(({ subject }) => subject);
  expect([of('a.txt'), of('src/new.txt')]).toEqual([['first', 'by hand'], ['autoloop: producer edits (implement #1)']]);
  expect(asked(rig)).toEqual(AGAIN);
  expect(rig.status()).toEqual([]);
  return { maxTurns: 3 };
});

fault(
  'I1, I2: a run that is resumed on another branch goes on there, says so, and leaves the first one alone',
  remote,
  async (rig) => {
    await killedAfterEdits(rig);
    const main = rig.git('rev-parse', 'main');
    rig.git('switch', '-q', '-c', 'other');
    const resumed = await rig.run(RESUME);
    expect(resumed.code).toBe(0);
    expect(lines(resumed.stderr)).toEqual([expect.stringMatching(/WARNING: .*branch main; .*branch other/)]);
    expect(rig.git('rev-parse', 'main')).toBe(main);
    expect(committed(rig)).toEqual(['a.txt', 'src/implicit-phase.txt', 'src/new.txt']);
    return { maxTurns: 3, branchMoved: true };
  },
);

fault(
  'I3, I8: after a reset to the baseline the run begins anew with its own settings, and what is left is yours',
  remote,
  async (rig) => {
    await killedAfterEdits(rig);
    rig.git('reset', '-q', '--hard');
    // The log went back with the rest: that is not believed unasked.
    expect((await rig.run(RESUME)).code).toBe(1);
    expect((await rig.run([...RESUME, '--trust-log'])).code).toBe(0);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'implement producer 1.1', 'implement verifier 1.1']);
    expect(committed(rig)).toEqual(['src/implicit-phase.txt']);
    expect(rig.read('a.txt')).toBe('a\n');
    expect(rig.status()).toEqual(['?? src/new.txt']);
    return { maxTurns: 3 };
  },
);

fault(
  'I1, I3: after git clean, edits of the killed agent that cannot be told from yours stay, and are named',
  remote,
  async (rig) => {
    rig.write('b.txt', 'mine\n');
    const running = rig.start(START);
    await (await rig.nextTurn()).act({ write: { 'a.txt': 'the agent’s\n' } });
    running.signal('SIGKILL');
    await running.done;
    rig.git('clean', '-fdxq');
    const resumed = await rig.run(RESUME);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain('the baseline of the interrupted turn is not here');
    expect(leftUncommitted(resumed)).toBe('a.txt, b.txt');
    expect(rig.status()).toEqual([' M a.txt', ' M b.txt']);
    return { maxTurns: 3 };
  },
);

fault('I4: a person may squash the checkpoints between a stop and its resume', { files: FILES }, async (rig) => {
  rig.script({ rules: [{ role: 'verifier', times: 1, remote: true }] });
  const running = rig.start(START);
  await rig.nextTurn();
  running.signal('SIGKILL');
  await running.done;
  rig.git('reset', '-q', '--soft', 'HEAD~2');
  rig.git('commit', '-qm', 'squashed');
  expect((await rig.run(RESUME)).code).toBe(0);
  expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1', 'implement verifier 1.2']);
  expect(
    rig
      .commits()
      .map(({ subject }) => subject)
      .slice(0, 3),
  ).toEqual(['first', 'squashed', 'autoloop: pair complete (implement)']);
  expect(rig.status()).toEqual([]);
  return { maxTurns: 3 };
});

fault(
  'I1: without git, edits of a killed agent stay, and the run goes on without git',
  { ...remote, git: false },
  async (rig) => {
    await killedAfterEdits(rig, [...START, '--no-git']);
    const resumed = await rig.run(RESUME);
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(asked(rig)).toEqual(AGAIN);
    expect([rig.read('a.txt'), rig.read('src/new.txt')]).toEqual(['the agent’s\n', 'the agent’s\n']);
    return { maxTurns: 3 };
  },
);

fault('I1, I6: Ctrl-C typed in a terminal reaches the agent once, and the run goes on', remote, async (rig) => {
  const running = rig.start(START, { terminal: true });
  const turn = await rig.nextTurn();
  await turn.act({ write: { 'src/new.txt': 'the agent’s\n' } });
  running.type('\x03');
  const stopped = await running.done;
  expect(stopped.code).toBe(130);
  expect(stopped.stdout.match(/Stopping/g)).toHaveLength(1);
  expect(rig.signals().map(({ signal }) => signal)).toEqual(['SIGINT']);
  expect(lines(stopped.stdout).at(-1)).toMatch(/^Resume: autoloop --resume /);
  expect((await rig.run(RESUME)).code).toBe(0);
  expect(committed(rig)).toEqual(['src/implicit-phase.txt', 'src/new.txt']);
  return { maxTurns: 3 };
});

const asks = {
  script: { rules: [{ role: 'producer', times: 1, question: 'Which colour?', supposition: 'red' }] },
} as const;
for (const [key, typed, code, status] of [
  ['Ctrl-C', '\x03', 130, 'interrupted'],
  ['Ctrl-D', '\x04', 4, 'paused'],
] as const) {
  fault(
    `I4, I8: ${key} at a question in a terminal stops the run, and the question is asked again`,
    asks,
    async (rig) => {
      const running = rig.start(START, { terminal: true });
      await running.sees(/Your answer.*: /);
      running.type(typed);
      expect((await running.done).code).toBe(code);
      expect(ending(rig).status).toBe(status);
      const again = rig.start(RESUME, { terminal: true });
      await again.sees(/Which colour\?[\s\S]*Your answer.*: /);
      again.type('light green,\nnot dark\n');
      expect((await again.done).code).toBe(0);
      expect(rig.turns()[1]?.prompt).toContain('Answer:\nlight green,\nnot dark\n');
      return { maxTurns: 3 };
    },
  );
}
