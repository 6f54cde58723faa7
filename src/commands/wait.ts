import { exitCodeOfStatus } from '../core/exit-codes.ts';
import { printDocument } from '../inspect/print.ts';
import { chooseRun } from '../inspect/run-view.ts';
import { waitDocument, waitText } from '../inspect/wait-document.ts';
import { waitForRun } from '../inspect/wait-for-run.ts';
import type { StopRequest } from '../run/ports.ts';
import type { RunQuery } from '../store/tasks/lookup.ts';
import { listenForSignals } from '../terminal/signals.ts';

export interface WaitCommand extends RunQuery {
  /** Null: for as long as it takes. */
  readonly seconds: number | null;
  readonly asJson: boolean;
}

/** `autoloop wait`: until the run needs somebody or ends. Resolves with the run's exit code, 0 where the time was over before. */
export async function wait({ seconds, asJson, ...query }: WaitCommand): Promise<number> {
  const { workspace } = query;
  const signals = listenForSignals(() => undefined);
  const timer = seconds === null ? [] : [AbortSignal.timeout(seconds * 1_000)];
  const stop = AbortSignal.any([signals.stop, ...timer]);
  const waited = await waitForRun({ workspace, run: await chooseRun(query), after: null, stop });
  if (signals.stop.aborted) return exitCodeOfStatus('interrupted', (signals.stop.reason as StopRequest).signal);
  const document = waitDocument(workspace, waited);
  if (asJson) await printDocument(document, { stop: signals.stop });
  else process.stdout.write(waitText(workspace, document));
  return document.exit_code;
}
