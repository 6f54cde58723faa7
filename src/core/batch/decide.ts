import { ownValue } from '../own-value.ts';

/**
 * How a task of a batch stands:
 *
 *     due -> working -> ended
 *              | ^
 *              v |
 *     limited (a usage limit), parked (a person)
 */
export type TaskStanding =
  /** It can be begun or gone on with. */
  | { readonly is: 'due' }
  /** A process has it in hand. One that waits for a person or a limit takes no place. */
  | { readonly is: 'working'; readonly isWaiting: boolean }
  /** Until then (ms since 1970; null: nobody knows) its provider takes nothing. */
  | { readonly is: 'limited'; readonly provider: string; readonly until: number | null }
  /** Until a person says something. */
  | { readonly is: 'parked' }
  | { readonly is: 'ended'; readonly code: number };

export interface BatchTask {
  readonly taskId: string;
  readonly after: readonly string[];
  /** Those that play its roles. */
  readonly providers: readonly string[];
  readonly standing: TaskStanding;
  /** Once it has succeeded: whether those after it find its work where they begin, and if not, whether they ever will. */
  readonly work: 'there' | 'coming' | 'never';
}

export interface BatchBounds {
  readonly parallel: number;
  /** How many of a provider's tasks may be at work at once. */
  readonly perProvider: Readonly<Record<string, number>>;
  /** In ms since 1970. */
  readonly now: number;
  /** Nothing more is begun: a stop, or a limit of the whole batch. */
  readonly isClosed: boolean;
}

export interface BatchDecision {
  /** Tasks to begin or go on with now, in order. */
  readonly start: readonly string[];
  /** Tasks that cannot be begun any more, because one that they come after did not succeed. */
  readonly stuck: readonly string[];
  /** When a usage limit is lifted that something waits for, in ms since 1970; null: nothing does. */
  readonly wakeAt: number | null;
  /** Nothing is at work, and nothing can be begun now or by waiting. */
  readonly isOver: boolean;
}

/** What is to be done next in a batch whose tasks are given in their order. */
export function decideBatch(tasks: readonly BatchTask[], bounds: BatchBounds): BatchDecision {
  const stuck = stuckIn(tasks);
  const lifted = liftTimes(tasks, bounds.now);
  const liftOf = ({ providers }: BatchTask) => Math.max(0, ...providers.map((name) => lifted.get(name) ?? 0));
  const ready = bounds.isClosed ? [] : tasks.filter((task) => isReady(task, tasks));
  const open = ready.filter((task) => liftOf(task) === 0);
  const start = chosen(open, tasks, bounds);
  const waits = ready.map(liftOf).filter((time) => time > 0 && Number.isFinite(time));
  const isAtWork = tasks.some(({ standing }) => standing.is === 'working');
  return {
    start,
    stuck,
    wakeAt: waits.length === 0 ? null : Math.min(...waits),
    isOver: !isAtWork && start.length === 0 && waits.length === 0,
  };
}

/** Until when each provider takes nothing (`Infinity`: nobody knows); absent: it does. */
function liftTimes(tasks: readonly BatchTask[], now: number): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { standing } of tasks) {
    if (standing.is !== 'limited') continue;
    const until = standing.until ?? Infinity;
    if (until > now) times.set(standing.provider, Math.max(until, times.get(standing.provider) ?? 0));
  }
  return times;
}

/** Whether only places and providers keep a task from being begun. */
function isReady({ standing, after }: BatchTask, tasks: readonly BatchTask[]): boolean {
  if (standing.is !== 'due' && standing.is !== 'limited') return false;
  return after.every((name) => {
    const before = tasks.find(({ taskId }) => taskId === name);
    return before?.standing.is === 'ended' && before.standing.code === 0 && before.work === 'there';
  });
}

function chosen(open: readonly BatchTask[], tasks: readonly BatchTask[], bounds: BatchBounds): string[] {
  const atWork = tasks.filter(({ standing }) => standing.is === 'working' && !standing.isWaiting);
  for (const task of open) {
    const isFull = (name: string) =>
      atWork.filter(({ providers }) => providers.includes(name)).length >=
      (ownValue(bounds.perProvider, name) ?? Infinity);
    if (atWork.length < bounds.parallel && !task.providers.some(isFull)) atWork.push(task);
  }
  return atWork.filter((task) => open.includes(task)).map(({ taskId }) => taskId);
}

/** In order, so that what is stuck makes what comes after it stuck as well. */
function stuckIn(tasks: readonly BatchTask[]): string[] {
  const stuck = new Set<string>();
  for (const { taskId, after, standing } of tasks) {
    if (standing.is === 'ended' || standing.is === 'working') continue;
    const isLost = (name: string) => {
      const before = tasks.find((task) => task.taskId === name);
      if (before?.standing.is !== 'ended') return stuck.has(name);
      return before.standing.code !== 0 || before.work === 'never';
    };
    if (after.some(isLost)) stuck.add(taskId);
  }
  return [...stuck];
}

/** From the worst on; what is not among them is as bad as the first. */
const FROM_THE_WORST = [1, 2, 5, 3, 4, 6, 0];

/** The exit code of a batch: 0 only where every task succeeded. */
export function worstOf(codes: readonly number[]): number {
  const known = codes.map((code) => (FROM_THE_WORST.includes(code) ? code : 1));
  return FROM_THE_WORST.find((code) => known.includes(code)) ?? 0;
}
