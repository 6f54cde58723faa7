import { expect } from 'vitest';
import { fault } from './fault.ts';
import { asked, checkpoints, ending, follow, lines, resumeArgs, START, told, untroubled } from './story.ts';

const idle = { noDefaults: true, tick: false };

for (const promise of ['INCOMPLETE', 'NONE', 'COMPLETE'] as const) {
  const script = { rules: [{ ...idle, promise }] };
  fault(
    `I7, I8: three cycles alike without a change (${promise}) end the run as failed, no progress`,
    { script },
    async (rig) => {
      const failed = await rig.run(START);
      expect(failed.code).toBe(1);
      expect(rig.turns()).toHaveLength(6);
      expect(lines(failed.stdout).at(-1)).toMatch(/^\[FAILED\] no progress/);
      expect(checkpoints(rig).at(-1)).toBe('autoloop: failed (implement no progress)');
      expect(ending(rig).status).toBe('failed');
      rig.script({});
      expect((await follow(rig, failed)).code).toBe(0);
      expect(asked(rig).slice(6)).toEqual(['implement producer 4.1', 'implement verifier 4.1']);
      return { maxTurns: 8 };
    },
  );
}

fault(
  'I7: a resume after no progress counts anew, and stops again',
  { script: { rules: [{ ...idle, promise: 'INCOMPLETE' }] } },
  async (rig) => {
    const failed = await rig.run(START);
    const again = await follow(rig, failed);
    expect(again.code).toBe(1);
    expect(again.stdout).toContain('no progress');
    return { maxTurns: 12 };
  },
);

fault('I7: cycles in which an agent changes something are no standstill', {}, async (rig) => {
  rig.script({
    rules: [
      { role: 'verifier', ...idle, promise: 'INCOMPLETE' },
      { role: 'producer', append: { 'src/log.txt': 'x\n' } },
    ],
  });
  const failed = await rig.run([...START, '--max-iterations', '5']);
  expect(failed.code).toBe(1);
  expect(ending(rig).reason).toContain('5 cycles');
  return { maxTurns: 10 };
});

const rejectsTwice = {
  script: {
    rules: [
      { role: 'producer', append: { 'src/log.txt': 'x\n' } },
      { role: 'verifier', times: 2, promise: 'INCOMPLETE' },
    ],
  },
} as const;
fault('I4, I8: a run out of cycles goes on when it is resumed with more', rejectsTwice, async (rig) => {
  const failed = await rig.run([...START, '--max-iterations', '2']);
  expect(failed.code).toBe(1);
  expect(checkpoints(rig).at(-1)).toBe('autoloop: failed (implement max iterations)');
  const before = rig.events().length;
  const refused = await rig.run(resumeArgs(failed.stderr));
  expect(refused.code).toBe(2);
  expect(lines(refused.stderr)).toEqual([
    'error: implement has used its 2 cycles, and --max-iterations is 2',
    'Resume with --max-iterations 3 or more.',
  ]);
  expect(rig.events()).toHaveLength(before);
  expect((await follow(rig, failed, '--max-iterations', '3')).code).toBe(0);
  expect(asked(rig).slice(4)).toEqual(['implement producer 3.1', 'implement verifier 3.1']);
  const straight = await untroubled(rejectsTwice, START);
  const { subjects, ...end } = told(rig);
  expect({ ...end, subjects: subjects.filter((subject) => !subject.includes('failed')) }).toEqual(straight);
  return { maxTurns: 6 };
});

const blocks = { script: { rules: [{ role: 'verifier', times: 1, promise: 'BLOCKED', tick: false }] } } as const;
fault('I4, I8: after BLOCKED the verifier is asked first', blocks, async (rig) => {
  const blocked = await rig.run([...START.slice(0, -1), 'implement,test']);
  expect(blocked.code).toBe(2);
  expect(blocked.stdout).toMatch(/^\[BLOCKED\] /m);
  expect(ending(rig).status).toBe('blocked');
  rig.write('credentials.example', 'mended by a person\n');
  expect((await follow(rig, blocked)).code).toBe(0);
  expect(asked(rig).slice(0, 4)).toEqual([
    'implement producer 1.1',
    'implement verifier 1.1',
    'implement verifier 1.2',
    'test producer 1.1',
  ]);
  expect(rig.status()).toEqual(['?? credentials.example']);
  return { maxTurns: 5 };
});

fault(
  'I4: a verifier that is still blocked ends the run as before, for one turn',
  { script: { rules: [{ role: 'verifier', promise: 'BLOCKED', tick: false }] } },
  async (rig) => {
    const blocked = await rig.run(START);
    const again = await follow(rig, blocked);
    expect(again.code).toBe(2);
    expect(resumeArgs(again.stderr)).toEqual(resumeArgs(blocked.stderr));
    return { maxTurns: 3 };
  },
);
