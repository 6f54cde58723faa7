import { expect } from 'vitest';
import { fault } from './fault.ts';
import { asked, ending, follow, lines, told, untroubled } from './story.ts';

const START = ['--task-id', 't', '--intent', 'Build it', '--pairs', 'plan,implement,audit'];

/** Moments of a run as the screen tells them, and the turn that comes next: it hangs, so that the run cannot end first. */
const MOMENTS = [
  [/^\[\*\] Run ID: /m, 'plan', 'producer'],
  [/plan 1\/15 producer/, 'plan', 'producer'],
  [/plan producer \(cycle 1\) finished/, 'plan', 'verifier'],
  [/Checkpoint \w+ autoloop: producer edits \(plan #1\)/, 'plan', 'verifier'],
  [/plan complete/, 'implement', 'producer'],
  [/^\[\*\] Phases: /m, 'implement', 'producer'],
  [/implement complete/, 'audit', 'producer'],
] as const;

const reference = untroubled({}, START);

for (const [moment, pair, role] of MOMENTS) {
  const script = { rules: [{ pair, role, hang: 'silent' }] } as const;
  fault(
    `I4, I8: Ctrl-C at ${String(moment)}, then --resume, ends as if nothing had happened`,
    { script },
    async (rig) => {
      const running = rig.start(START);
      await running.sees(moment);
      running.signal('SIGINT');
      const stopped = await running.done;
      expect(stopped.code).toBe(130);
      expect(ending(rig).status).toBe('interrupted');
      rig.script({});
      expect((await follow(rig, stopped)).code).toBe(0);
      expect(told(rig)).toEqual(await reference);
      return { maxTurns: 7 };
    },
  );
}

for (const name of ['codex', 'claude']) {
  const options = {
    config: `provider:\n  name: ${name}\n`,
    script: { rules: [{ pair: 'implement', role: 'producer', times: 1, remote: true }] },
  } as const;
  const args = ['--task-id', 't', '--intent', 'Build it', '--pairs', 'implement'];

  fault(
    `I1: what ${name} had done when Ctrl-C came is committed, and its turn is taken again`,
    options,
    async (rig) => {
      const running = rig.start(args);
      const turn = await rig.nextTurn();
      await turn.act({ write: { 'src/half.txt': 'half\n' } });
      running.signal('SIGINT');
      const stopped = await running.done;
      expect(stopped).toMatchObject({ code: 130 });
      expect(stopped.ms).toBeLessThan(6000);
      const resumed = await follow(rig, stopped);
      expect(resumed.code).toBe(0);
      expect(resumed.stdout).toContain('src/half.txt');
      expect(asked(rig)).toEqual(['implement producer 1.1', 'implement producer 1.2', 'implement verifier 1.2']);
      const recovered = rig.commits().find(({ body }) => body.includes('Autoloop-Recovered'));
      expect(recovered).toMatchObject({ subject: 'autoloop: producer edits (implement #1)' });
      expect(recovered?.files).toContain('src/half.txt');
      expect(rig.status()).toEqual([]);
      return { maxTurns: 3 };
    },
  );
}

fault(
  'I6: an agent that ignores signals is gone 10 s after Ctrl-C, and a second Ctrl-C does not wait',
  {},
  async (rig) => {
    rig.script({ rules: [{ times: 1, ignoreSignals: true, remote: true, leave: ['session'] }] });
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    await turn.act({ ignoreSignals: true, leave: ['session'] });
    const begun = performance.now();
    running.signal('SIGINT');
    await turn.signalled();
    running.signal('SIGINT');
    const stopped = await running.done;
    expect(stopped.code).toBe(130);
    expect(performance.now() - begun).toBeLessThan(4000);
    expect(lines(stopped.stderr).filter((line) => line.includes('Stopping'))).toHaveLength(1);
    expect((await follow(rig, stopped)).code).toBe(0);
    return { maxTurns: 7 };
  },
);

fault('I6: an agent that ignores signals is gone within 10 s', {}, async (rig) => {
  rig.script({ rules: [{ times: 1, remote: true }] });
  const running = rig.start(START);
  const turn = await rig.nextTurn();
  await turn.act({ ignoreSignals: true, leave: ['session', 'child'] });
  const begun = performance.now();
  running.signal('SIGINT');
  const stopped = await running.done;
  expect(stopped.code).toBe(130);
  expect(performance.now() - begun).toBeLessThan(10_000);
  return { goneWithinMs: 0 };
});
