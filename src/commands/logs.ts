import { exitCodeOfStatus } from '../core/exit-codes.ts';
import type { StopRequest } from '../run/ports.ts';
import { showLog } from '../inspect/follow.ts';
import { jsonOutput, textOutput } from '../inspect/log-output.ts';
import { type LogPart, onlyPart } from '../inspect/log-selection.ts';
import { chooseRun } from '../inspect/run-view.ts';
import { listenForSignals } from '../terminal/signals.ts';

export interface LogsRequest {
  readonly workspace: string;
  readonly taskId: string | null;
  readonly runId: string | null;
  readonly isFollowing: boolean;
  readonly asJson: boolean;
  readonly part: LogPart;
}

/** `autoloop logs`: a run's turns, events and agents' texts. Resolves with the exit code: 0 at the end, 130 after Ctrl-C. */
export async function logs({ workspace, isFollowing, asJson, part, ...query }: LogsRequest): Promise<number> {
  const { stop } = listenForSignals(() => undefined);
  const run = await chooseRun({ workspace, ...query });
  const output = onlyPart(asJson ? jsonOutput(stop) : textOutput(stop, workspace), part);
  await showLog({ workspace, run, output, stop, isFollowing });
  return stop.aborted ? exitCodeOfStatus('interrupted', (stop.reason as StopRequest).signal) : 0;
}
