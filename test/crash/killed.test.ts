import { beforeAll, describe, expect, it, test } from 'vitest';
import type { AgentScript } from '../support/fake-agent/script.ts';
import { createRig, type Rig } from '../support/rig.ts';

/** How many kills, and which: `CRASH_KILLS=200 CRASH_SEED=7 npm run test:crash`. */
const KILLS = Number(process.env.CRASH_KILLS ?? 40);
const SEED = Number(process.env.CRASH_SEED ?? 20261124);

/** Two phases, a question, a rejection and a follow-up; what a turn writes depends on its place in the run alone. */
const STORY: AgentScript = {
  phases: ['parse', 'print'],
  gaps: 1,
  rules: [
    { pair: 'plan', role: 'producer', run: 1, kind: 'start', question: 'Which one?', supposition: 'the first' },
    { pair: 'implement', role: 'producer', write: { 'src/${phase}.txt': 'cycle ${cycle}\n' } },
    { pair: 'implement', role: 'verifier', phase: 'parse', run: 1, cycle: 1, promise: 'INCOMPLETE' },
  ],
};
const START = ['--task-id', 'story', '--intent', 'Build it', '--full-auto-answers'];

interface Told {
  readonly tree: string;
  readonly completed: readonly string[];
  readonly subjects: readonly string[];
  readonly turns: number;
}

let reference: Told & { ms: number };

beforeAll(async () => {
  await using rig = await createRig({ script: STORY });
  const begun = performance.now();
  const { code } = await rig.run(START);
  if (code !== 0) throw new Error(rig.report());
  reference = { ...told(rig), ms: performance.now() - begun };
});

describe('the built program, killed at a random moment and resumed', () => {
  it.concurrent.each(moments())('ends as if nothing had happened (killed at %f of its time)', async (share) => {
    await using rig = await createRig({ script: STORY });
    const running = rig.start(START);
    const kill = setTimeout(() => running.signal('SIGKILL'), share * reference.ms);
    const { code } = await running.done;
    clearTimeout(kill);
    const runs = rig.runs();
    const last = code === 0 ? 0 : await goOn(rig, runs.length > 0);
    expect(last, rig.report()).toBe(0);
    const { turns, ...end } = told(rig);
    const { turns: expected, ms: _, ...wanted } = reference;
    expect(end, rig.report()).toEqual(wanted);
    expect(turns).toBeLessThanOrEqual(expected + 1);
    await rig.checkPromises({ maxTurns: expected + 1 });
  });
});

test('the user’s index is mended after a kill between the last commit and the exchange of the index', async () => {
  await using rig = await createRig({ script: { phases: ['parse'] } });
  expect((await rig.run(START)).code).toBe(0);
  rig.git('read-tree', 'HEAD^');
  expect(rig.git('diff', '--cached', '--name-only')).not.toBe('');
  expect((await rig.run(['--resume'])).code).toBe(0);
  expect(rig.git('diff', '--cached', '--name-only')).toBe('');
});

/** Killed before there was a run, the command is given again, as a person would. */
async function goOn(rig: Rig, hasRun: boolean): Promise<number | null> {
  const args = hasRun ? ['--resume', '--task-id', 'story', '--full-auto-answers'] : START;
  return (await rig.run(args)).code;
}

/** What must be the same however often a run was killed. The question may be lost with the turn that asked it. */
function told(rig: Rig): Told {
  const events = rig.runs().flatMap((run) => rig.events(run));
  const completed = events.flatMap((event) =>
    event.event_type === 'pair_completed'
      ? [`${event.run_id === rig.runs()[0]?.runId ? 1 : 2} ${event.pair} ${event.phase_id ?? ''}`]
      : [],
  );
  const subjects = rig
    .commits()
    // What a lost verifier had done is committed before it is asked again, and then nothing may be left to commit.
    .filter(({ subject, body }) => !(body.includes('Autoloop-Recovered') && subject.includes('verifier feedback')))
    .map((commit) => commit.subject)
    .filter((subject) => !/answered|pre-cycle|finalize/.test(subject))
    .filter((subject, index, all) => subject !== all[index - 1]);
  return { tree: rig.treeHash(), completed, subjects, turns: rig.turns().length };
}

/** Shares of the reference's time, from a seed: the same ones each time. */
function moments(): number[] {
  let state = SEED >>> 0;
  return Array.from({ length: KILLS }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Number((state / 2 ** 32).toFixed(4));
  });
}
