import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BatchBounds,
  type BatchTask,
  decideBatch,
  type TaskStanding,
  worstOf,
} from '../../src/core/batch/decide.ts';
import { inBatchOrder } from '../../src/core/batch/order.ts';
import { Problem } from '../../src/core/problem.ts';

const PROVIDERS = ['codex', 'claude', 'acp'] as const;

/** What comes of a task each time that it is begun; the last entry comes again. */
type Fate = 'success' | 'failed' | 'asks' | 'limit' | 'lasting limit' | 'asks at work';

interface Planned {
  readonly taskId: string;
  readonly after: readonly string[];
  readonly providers: readonly string[];
  readonly fates: readonly Fate[];
  readonly source: string;
}

const fate = fc.constantFrom<Fate>('success', 'failed', 'asks', 'limit', 'lasting limit', 'asks at work');

/** Tasks that come only after tasks of smaller names. */
const plan: fc.Arbitrary<readonly Planned[]> = fc
  .array(
    fc.record({
      after: fc.array(fc.nat(20), { maxLength: 3 }),
      providers: fc.uniqueArray(fc.constantFrom(...PROVIDERS), { minLength: 1, maxLength: 2 }),
      fates: fc.array(fate, { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drafts) =>
    drafts.map(({ after, providers, fates }, at) => ({
      taskId: nameOf(at),
      after: [...new Set(after.filter((other) => other < at).map(nameOf))],
      providers,
      fates,
      source: nameOf(at),
    })),
  );

const limits = fc.record({
  parallel: fc.integer({ min: 1, max: 8 }),
  perProvider: fc.dictionary(fc.constantFrom(...PROVIDERS), fc.integer({ min: 1, max: 2 })),
});

function nameOf(at: number): string {
  return `t${String(at).padStart(2, '0')}`;
}

/** Plays a batch: a started task works until `pick` ends it. Resolves to what was seen. */
function play(
  tasks: readonly Planned[],
  bounds: Pick<BatchBounds, 'parallel' | 'perProvider'>,
  pick: readonly number[],
) {
  const standing = new Map<string, TaskStanding>(tasks.map(({ taskId }) => [taskId, { is: 'due' }]));
  const begun = new Map<string, number>();
  const order: string[] = [];
  let now = 0;
  const factsOf = (): BatchTask[] =>
    tasks.map((task) => ({ ...task, standing: standing.get(task.taskId) ?? { is: 'due' }, work: 'there' }));
  for (let step = 0; ; step += 1) {
    if (step > 1000) throw new Error('it does not end');
    const facts = factsOf();
    const decision = decideBatch(facts, { ...bounds, now, isClosed: false });
    const isAtWork = ({ standing: { is } }: BatchTask) => is === 'working';
    if (decision.isOver) return { facts, order, decision, now };
    for (const taskId of decision.start) {
      order.push(taskId);
      standing.set(taskId, { is: 'working', isWaiting: false });
    }
    checkPlaces(factsOf(), bounds);
    const atWork = factsOf().filter(isAtWork);
    const task = atWork[(pick[step % pick.length] ?? 0) % Math.max(1, atWork.length)];
    if (task === undefined) {
      expect(decision.wakeAt).toBeGreaterThan(now);
      now = decision.wakeAt ?? now;
      continue;
    }
    const times = (begun.get(task.taskId) ?? 0) + 1;
    begun.set(task.taskId, times);
    const fates = tasks.find(({ taskId }) => taskId === task.taskId)?.fates ?? [];
    standing.set(task.taskId, after(fates[Math.min(times, fates.length) - 1] ?? 'success', times, { task, now }));
  }
}

function after(what: Fate, times: number, { task, now }: { task: BatchTask; now: number }): TaskStanding {
  const [provider = ''] = task.providers;
  if (what === 'success' || times > 5) return { is: 'ended', code: 0 };
  if (what === 'failed') return { is: 'ended', code: 1 };
  if (what === 'asks') return { is: 'parked' };
  if (what === 'limit') return { is: 'limited', provider, until: now + 10 * times };
  if (what === 'lasting limit') return { is: 'limited', provider, until: null };
  return { is: 'working', isWaiting: true };
}

function checkPlaces(
  facts: readonly BatchTask[],
  { parallel, perProvider }: Pick<BatchBounds, 'parallel' | 'perProvider'>,
) {
  const taken = facts.filter(({ standing }) => standing.is === 'working' && !standing.isWaiting);
  expect(taken.length).toBeLessThanOrEqual(parallel);
  for (const [name, most] of Object.entries(perProvider)) {
    expect(taken.filter(({ providers }) => providers.includes(name)).length).toBeLessThanOrEqual(most);
  }
}

describe('a batch', () => {
  it('comes to an end whatever becomes of its tasks, within its places, and begins none before those that it comes after succeeded', () => {
    fc.assert(
      fc.property(plan, limits, fc.array(fc.nat(20), { minLength: 1 }), (tasks, bounds, pick) => {
        const { facts, order, decision } = play(tasks, bounds, pick);
        for (const { taskId, after: names, standing } of facts) {
          const codes = names.map((name) => facts.find((task) => task.taskId === name)?.standing);
          if (order.includes(taskId)) expect(codes.every((one) => one?.is === 'ended' && one.code === 0)).toBe(true);
          for (const name of names.filter((one) => order.includes(one) && order.includes(taskId))) {
            expect(order.indexOf(name)).toBeLessThan(order.indexOf(taskId));
          }
          // What was never begun waits for something that did not come, and what is stuck was never begun.
          if (standing.is === 'due')
            expect(names.length > 0 || facts.some((one) => one.standing.is === 'limited')).toBe(true);
          if (decision.stuck.includes(taskId)) expect(standing.is === 'ended').toBe(false);
        }
      }),
    );
  });

  it('leaves no task undone that can be done', () => {
    const well = plan.map((tasks) => tasks.map((task) => ({ ...task, fates: ['limit', 'success'] as const })));
    fc.assert(
      fc.property(well, limits, fc.array(fc.nat(20), { minLength: 1 }), (tasks, bounds, pick) => {
        const { facts } = play(tasks, bounds, pick);
        expect(facts.map(({ standing }) => standing)).toEqual(facts.map(() => ({ is: 'ended', code: 0 })));
      }),
    );
  });

  it('begins as many as there are places for', () => {
    fc.assert(
      fc.property(plan, fc.integer({ min: 1, max: 8 }), (tasks, parallel) => {
        const facts = tasks.map((task) => ({ ...task, standing: { is: 'due' } as const, work: 'there' as const }));
        const { start } = decideBatch(facts, { parallel, perProvider: {}, now: 0, isClosed: false });
        expect(start).toHaveLength(Math.min(parallel, tasks.filter(({ after: names }) => names.length === 0).length));
        expect(decideBatch(facts, { parallel, perProvider: {}, now: 0, isClosed: true })).toMatchObject({
          start: [],
          isOver: true,
        });
      }),
    );
  });

  it('has one order whatever the order of its files, and refuses every circle with its names', () => {
    fc.assert(
      fc.property(
        plan.chain((tasks) =>
          fc.tuple(fc.constant(tasks), fc.shuffledSubarray([...tasks], { minLength: tasks.length })),
        ),
        ([tasks, shuffled]) => {
          const ordered = inBatchOrder(shuffled).map(({ taskId }) => taskId);
          expect(ordered).toEqual(inBatchOrder(tasks).map(({ taskId }) => taskId));
          const [first] = tasks;
          const last = tasks.at(-1);
          if (first === undefined || last === undefined) return;
          const round = [...tasks.slice(1), { ...first, after: [last.taskId] }].map((task) =>
            task.taskId === last.taskId && task !== first ? { ...task, after: [first.taskId] } : task,
          );
          expect(() => inBatchOrder(round)).toThrow(Problem);
          expect(() => inBatchOrder(round)).toThrow(first.taskId);
        },
      ),
    );
  });

  it('succeeds only where every task did, and else tells the worst', () => {
    expect([[], [0, 0], [0, 4], [4, 3, 6], [2, 4, 1], [0, 137], [130, 0]].map(worstOf)).toEqual([0, 0, 4, 3, 1, 1, 1]);
  });
});
