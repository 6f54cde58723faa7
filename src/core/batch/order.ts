import { Problem } from '../problem.ts';

/** A task as the order of a batch sees it. */
export interface Ordered {
  readonly taskId: string;
  /** Ids of the tasks that come before it. */
  readonly after: readonly string[];
  /** Where it was read from, for messages. */
  readonly source: string;
}

/**
 * The tasks of a batch in the order in which they are begun: by their names, and none before those that it comes after. Throws a Problem of kind
 * `usage` for two tasks of one id, an unknown name, and tasks that wait for each other.
 */
export function inBatchOrder<T extends Ordered>(tasks: readonly T[]): readonly T[] {
  refuseTwins(tasks);
  refuseStrangers(tasks);
  const left = [...tasks].sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
  const placed = new Set<string>();
  const ordered: T[] = [];
  while (left.length > 0) {
    const at = left.findIndex(({ after }) => after.every((name) => placed.has(name)));
    if (at < 0) throw circle(left);
    for (const task of left.splice(at, 1)) {
      placed.add(task.taskId);
      ordered.push(task);
    }
  }
  return ordered;
}

function refuseTwins(tasks: readonly Ordered[]): void {
  const known = new Map<string, string>();
  for (const { taskId, source } of tasks) {
    const other = known.get(taskId);
    if (other !== undefined) {
      throw new Problem(
        'usage',
        `${other} and ${source} both are task ${taskId}`,
        'Give one of the files another name.',
      );
    }
    known.set(taskId, source);
  }
}

function refuseStrangers(tasks: readonly Ordered[]): void {
  const names = tasks.map(({ taskId }) => taskId);
  for (const { after, source } of tasks) {
    const stranger = after.find((name) => !names.includes(name));
    if (stranger === undefined) continue;
    const there = names.slice(0, 8).join(', ');
    throw new Problem(
      'usage',
      `${source}: after: ${JSON.stringify(stranger)} is no task of this batch; there is ${there}`,
    );
  }
}

/** Follows what cannot be placed until a name comes again. */
function circle(left: readonly Ordered[]): Problem {
  const stuck = new Map(left.map((task) => [task.taskId, task]));
  const trail: string[] = [];
  let at = left[0]?.taskId ?? '';
  while (!trail.includes(at)) {
    trail.push(at);
    at = stuck.get(at)?.after.find((name) => stuck.has(name)) ?? '';
  }
  const round = [...trail.slice(trail.indexOf(at)), at].join(' -> ');
  return new Problem('usage', `after: tasks wait for each other: ${round}`, 'Take one of these names out.');
}
