import { batchIds, readBatch } from '../store/batch-log.ts';
import { isTaskFolderName, stateFiles } from '../store/layout.ts';

/** A task's place in the batch that it was in last. */
export interface BatchPlace {
  readonly id: string;
  /** Tasks of the batch, and how many of them have succeeded. */
  readonly tasks: number;
  readonly done: number;
  /** The batch is at work, or was broken off. */
  readonly isOpen: boolean;
}

/** The tasks that the batches of these workspaces name, each with its place in the latest one. Writes nothing, never throws. */
export function batchPlaces(...workspaces: readonly string[]): ReadonlyMap<string, BatchPlace> {
  const records = workspaces
    .map((one) => stateFiles(one))
    .flatMap((state) => batchIds(state).map((id) => readBatch(state, id)));
  const lastOf = ({ lines }: (typeof records)[number]) => lines.at(-1)?.ts ?? '';
  const places = new Map<string, BatchPlace>();
  for (const record of records.sort((a, b) => (lastOf(a) < lastOf(b) ? -1 : 1))) {
    const { id, lines } = record;
    // Each start names its tasks anew: those of the last one count.
    const queued = lines.slice(
      Math.max(
        0,
        lines.findLastIndex(({ step }) => step === 'begun'),
      ),
    );
    const names = new Set(queued.flatMap(({ step, task }) => (step === 'queued' && task !== undefined ? [task] : [])));
    const tasks = [...names].filter(isTaskFolderName);
    const isDone = (name: string) => lines.findLast(({ step, task }) => step === 'ended' && task === name)?.code === 0;
    const place = { id, tasks: tasks.length, done: tasks.filter(isDone).length, isOpen: lines.at(-1)?.step !== 'over' };
    for (const name of tasks) places.set(name, place);
  }
  return places;
}
