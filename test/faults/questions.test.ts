import { expect } from 'vitest';
import { fault } from './fault.ts';
import { asked, checkpoints, ending, follow, lines, resumeArgs, START, told, untroubled } from './story.ts';

const once = { times: 1, question: 'Which colour?', supposition: 'red' } as const;
const asks = { script: { rules: [{ role: 'producer', ...once }] } } as const;

for (const name of ['codex', 'claude']) {
  fault(
    `I8: a question of ${name} that nobody answers pauses the run, and --answer goes on`,
    { ...asks, config: `provider:\n  name: ${name}\n` },
    async (rig) => {
      const paused = await rig.run(START);
      expect(paused.code).toBe(4);
      expect(paused.ms).toBeLessThan(9000);
      expect(paused.stdout).toContain('[AGENT QUESTION]\nWhich colour?');
      expect(ending(rig).reason).toContain('--answer');
      expect(rig.events().find((event) => event.event_type === 'question')).toMatchObject({
        text: expect.stringContaining('Which colour?') as string,
      });
      const done = await follow(rig, paused, '--answer', 'green');
      expect(done.code).toBe(0);
      expect(asked(rig)).toEqual(['implement producer 1.1', 'implement producer 1.2', 'implement verifier 1.2']);
      expect(rig.turns()[1]?.prompt).toMatch(
        /MOST RECENT CLARIFICATION[^\n]*\n(?:.*\n)*?.*Which colour\?(?:.*\n)*?.*green/,
      );
      expect(rig.turns()[1]?.session).toBe(rig.turns()[1]?.kind === 'resume' ? rig.turns()[2]?.session : null);
      expect(checkpoints(rig)).toContain('autoloop: answered producer question (implement #1)');
      return { maxTurns: 3 };
    },
  );
}

fault('I8: a resume without an answer asks again and stays paused, without a turn', asks, async (rig) => {
  const paused = await rig.run(START);
  const again = await follow(rig, paused);
  expect(again.code).toBe(4);
  expect(again.stdout).toContain('Which colour?');
  expect(lines(again.stdout).some((line) => line.includes('--answer'))).toBe(true);
  expect(resumeArgs(again.stderr)).toEqual(resumeArgs(paused.stderr));
  return { maxTurns: 1 };
});

fault('I8: an answer that is given counts before an agent that would answer', asks, async (rig) => {
  const paused = await rig.run(START);
  const done = await follow(rig, paused, '--answer', 'green', '--full-auto-answers');
  expect(done.code).toBe(0);
  expect(rig.events().filter((event) => event.event_type === 'auto_answer_finished')).toEqual([]);
  expect(rig.events().find((event) => event.event_type === 'clarified')).toMatchObject({
    clarification: { answer: 'green', source: 'human' },
  });
  return { maxTurns: 3 };
});

fault('I4: a line on standard input answers', asks, async (rig) => {
  const done = await rig.run(START, { stdin: 'green\n' });
  expect(done.code).toBe(0);
  return { maxTurns: 3 };
});

fault(
  'I8: a verifier’s question is answered as well',
  { script: { rules: [{ role: 'verifier', ...once, tick: false }] } },
  async (rig) => {
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    expect((await follow(rig, paused, '--answer', 'green')).code).toBe(0);
    expect(checkpoints(rig)).toContain('autoloop: answered verifier question (implement #1)');
    return { maxTurns: 4 };
  },
);

fault(
  'I8: an answer to a run that waits for none is refused before anything is written',
  { script: { rules: [{ role: 'verifier', times: 1, promise: 'BLOCKED', tick: false }] } },
  async (rig) => {
    const blocked = await rig.run(START);
    const before = rig.events().length;
    const refused = await rig.run([...resumeArgs(blocked.stderr), '--answer', 'green']);
    expect(refused.code).toBe(2);
    expect(lines(refused.stderr)[0]).toMatch(/^error: --answer: run run-\S+ waits for no answer$/);
    expect(rig.events()).toHaveLength(before);
    expect((await rig.run(resumeArgs(blocked.stderr))).code).toBe(0);
    return { maxTurns: 3 };
  },
);

fault(
  'I7, I8: at most ten questions of a cycle are answered automatically, then the run is blocked',
  {},
  async (rig) => {
    const attempts = Array.from({ length: 20 }, (_, at) => at + 1);
    rig.script({ rules: attempts.map((attempt) => ({ role: 'producer', attempt, question: `Question ${attempt}?` })) });
    const blocked = await rig.run([...START, '--full-auto-answers']);
    expect(blocked.code).toBe(2);
    expect(asked(rig).filter((turn) => turn === 'auto')).toHaveLength(10);
    expect(ending(rig)).toMatchObject({ status: 'blocked', reason: expect.stringContaining('10 questions') as string });
    rig.script({});
    expect((await follow(rig, blocked)).code).toBe(0);
    return { maxTurns: 23 };
  },
);

fault(
  'I7: a question that was answered is not answered again',
  { script: { rules: [{ role: 'producer', question: 'Which colour?', supposition: 'red' }] } },
  async (rig) => {
    const blocked = await rig.run([...START, '--full-auto-answers']);
    expect(blocked.code).toBe(2);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'auto', 'implement producer 1.2']);
    expect(lines(blocked.stdout).at(-1)).toContain('same question');
    expect((await follow(rig, blocked, '--full-auto-answers')).code).toBe(2);
    return { maxTurns: 6 };
  },
);

const edits = { write: { 'src/early.txt': 'before the question\n' } };
fault(
  'I1: what a producer wrote before it asked is committed before it is answered',
  { script: { rules: [{ role: 'producer', ...once, ...edits }] } },
  async (rig) => {
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    expect(rig.commits().find(({ files }) => files.includes('src/early.txt'))?.subject).toBe(
      'autoloop: producer edits (implement #1)',
    );
    expect(rig.status()).toEqual([]);
    rig.write('yours.txt', 'written while the question waited\n');
    const done = await follow(rig, paused, '--answer', 'green');
    expect(done.code).toBe(0);
    expect(rig.status()).toEqual(['?? yours.txt']);
    return { maxTurns: 3 };
  },
);

fault(
  'I1, I4: killed between question and answer, neither edits nor question are lost',
  { script: { rules: [{ role: 'producer', ...once, ...edits }] } },
  async (rig) => {
    const running = rig.start(START, { stdin: null });
    await running.sees(/\[AGENT QUESTION\]/);
    running.signal('SIGKILL');
    await running.done;
    expect((await rig.run(['--resume', '--answer', 'green'])).code).toBe(0);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'implement producer 1.2', 'implement verifier 1.2']);
    const answered = { script: { rules: [{ role: 'producer', ...once, ...edits }] } } as const;
    expect(told(rig).tree).toEqual((await untroubled(answered, [...START, '--full-auto-answers'])).tree);
    return { maxTurns: 3 };
  },
);

fault('I8: an answer that no prompt could hold is not taken, and the run waits for another one', asks, async (rig) => {
  const long = 'long '.repeat(20_000);
  const paused = await rig.run(START, { stdin: `${long}\n` });
  expect(paused.code).toBe(4);
  expect(paused.stdout).toContain('The answer was not taken: it has 100000 characters');
  rig.write('long.md', long);
  const refused = await rig.run(['--resume', '--intent-file', 'long.md']);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--intent: it has 100000 characters')]);
  expect((await rig.run(['--resume', '--answer', 'green'])).code).toBe(0);
  return { maxTurns: 3 };
});
