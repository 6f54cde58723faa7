import { historyOf } from '../history/checkpoints.ts';
import { rangeOf } from '../history/choose.ts';
import { difference, openForLooking } from '../history/repository.ts';
import { print } from '../inspect/print.ts';
import { chooseRun, logOf } from '../inspect/run-view.ts';
import { screenText } from '../core/screen.ts';
import { readEventsOnly } from '../store/log/event-log.ts';
import type { RunQuery } from '../store/tasks/lookup.ts';

export interface DiffRequest extends RunQuery {
  /** Of this turn alone. */
  readonly turn: number | null;
  /** Since this checkpoint: a number or a commit. */
  readonly from: string | null;
  readonly stat: boolean;
}

/** `autoloop diff`: what a run, or one turn of it, changed. On a terminal without control characters, elsewhere to the byte. */
export async function diff({ turn, from, stat, ...query }: DiffRequest): Promise<number> {
  const { workspace } = query;
  const history = historyOf(await readEventsOnly(logOf(workspace, await chooseRun(query))));
  const patch = await difference(await openForLooking(workspace), rangeOf(history, { turn, from }), { stat });
  if (process.stdout.isTTY) await print(screenText(patch.toString()));
  else await print(patch);
  return 0;
}
