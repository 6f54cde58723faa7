import { isThere } from '../files/door.ts';
import { Problem } from '../core/problem.ts';
import { stateFiles } from '../store/layout.ts';
import type { FoundRun } from '../store/tasks/lookup.ts';
import { lockHolder } from './lock-holder.ts';
import type { LogOutput } from './log-output.ts';
import { looks } from './looks.ts';
import { RunLog } from './run-log.ts';
import { layoutOf } from './run-view.ts';
import { isAtWork, type Standing, standingOf } from './standing.ts';
import { doubtText } from './doubt-text.ts';
import { cyclesToGoOn, resumeCommand } from './resume-command.ts';

export interface Followed {
  readonly workspace: string;
  readonly run: Pick<FoundRun, 'root' | 'taskId' | 'runId'>;
  readonly output: LogOutput;
  readonly stop: AbortSignal;
  /** Whether to go on while the run does, and into its follow-ups. */
  readonly isFollowing: boolean;
}

/** Shows a run's log to its end, or, following, until nobody works on it or its follow-ups any more. Takes no lock. */
export async function showLog(followed: Followed): Promise<void> {
  const { workspace, output, stop, isFollowing } = followed;
  for (let run = followed.run; ;) {
    const layout = layoutOf(workspace, run);
    const log = new RunLog(layout);
    const standing = await showRun(followed, log, run);
    if (stop.aborted) return;
    const runId = log.state.followup?.followup_run_id;
    const next = runId === undefined ? null : { ...run, runId };
    const isThere = next !== null && (await isBegun(workspace, next));
    if (!isFollowing || !isThere) return sayEnd(output, { workspace, ...run }, { log, standing });
    run = next;
  }
}

async function showRun(
  { workspace, output, stop, isFollowing }: Followed,
  log: RunLog,
  run: Followed['run'],
): Promise<Standing> {
  let standing: Standing = 'not_started';
  for await (const holder of looks(layoutOf(workspace, run), { stop, isFollowing })) {
    try {
      for await (const entry of log.read()) {
        if (stop.aborted) break;
        await output.entry(run.runId, entry);
      }
    } catch (error) {
      // What an agent did to the log is mended at the end of its turn.
      if (!(error instanceof Problem && isFollowing && isAtWork(log.state, holder, run.runId))) throw error;
    }
    standing = standingOf(log.state, holder, run.runId);
    if (stop.aborted) break;
    if (standing === 'running') await output.caughtUp?.();
    if (isFollowing && standing === 'running') continue;
    for await (const entry of log.rest()) await output.entry(run.runId, entry);
    break;
  }
  return standing;
}

/** A follow-up that a process works on may not have written anything yet. */
export async function isBegun(workspace: string, run: Followed['run']): Promise<boolean> {
  const holder = await lockHolder(stateFiles(workspace));
  return isThere(layoutOf(workspace, run).events) || (holder?.runId === run.runId && holder.alive === true);
}

async function sayEnd(
  output: LogOutput,
  run: { workspace: string; taskId: string; runId: string },
  { log, standing }: { log: RunLog; standing: Standing },
): Promise<void> {
  await output.caughtUp?.();
  if (standing === 'crashed') await output.remark('The run stopped without saying so: its process is gone.');
  if (standing === 'not_started') await output.remark('The run has not begun.');
  if (log.doubt !== null) await output.remark(doubtText(log.doubt));
  const command = resumeCommand(run, standing, cyclesToGoOn(log.state));
  if (command !== null) await output.remark(`Resume: ${command}`);
}
