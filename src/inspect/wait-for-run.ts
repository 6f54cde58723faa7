import { stateFiles } from '../store/layout.ts';
import type { FoundRun } from '../store/tasks/lookup.ts';
import { Changes } from './changes.ts';
import { isBegun } from './follow.ts';
import { type Need, needOf } from './need.ts';
import { pendingOf } from './waiting.ts';
import { layoutOf, type RunView, viewRun } from './run-view.ts';

export interface WaitRequest {
  readonly workspace: string;
  readonly run: FoundRun;
  /** The `seq` of the last event that the caller knows: what the run needed then is no news. Null: it knows nothing. */
  readonly after: number | null;
  /** Ends the waiting, whatever the run does. */
  readonly stop: AbortSignal;
}

/** How the run stands that was waited for, or the last one of its follow-ups. `need` null: the time was over before it needed anybody. */
export interface Waited {
  readonly view: RunView;
  readonly need: Need | null;
}

/**
 * Waits until a run, or the follow-up that it led to, needs somebody or ends. Takes no lock and writes nothing. Rejects with a Problem
 * when the log has a bad line.
 */
export async function waitForRun({ workspace, run: first, after, stop }: WaitRequest): Promise<Waited> {
  let run = first;
  let known = after;
  for (;;) {
    const { view, need } = await waitForOne({ workspace, run, after: known, stop });
    const runId = view.known.state.followup?.followup_run_id;
    if (stop.aborted || need !== 'ended' || runId === undefined) return { view, need };
    const next = { ...run, runId, folder: layoutOf(workspace, { ...run, runId }).run };
    if (!(await isBegun(workspace, next))) return { view, need };
    [run, known] = [next, null];
  }
}

async function waitForOne({ workspace, run, after, stop }: WaitRequest): Promise<Waited> {
  const { run: folder } = layoutOf(workspace, run);
  using changes = new Changes([folder, stateFiles(workspace).folder]);
  for (;;) {
    const sent = await pendingOf(workspace, run.runId);
    const view = await viewRun(workspace, run);
    const need = needOf(view, sent);
    const isNews = after === null || view.known.state.seq > after || need === 'crashed';
    if (need !== null && isNews) return { view, need };
    if (stop.aborted) return { view, need: null };
    await changes.next(stop);
  }
}
