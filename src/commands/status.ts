import type { RunQuery } from '../store/tasks/lookup.ts';
import { chooseRun, viewRun } from '../inspect/run-view.ts';
import { startingView } from '../inspect/starting.ts';
import { printDocument } from '../inspect/print.ts';
import { statusDocument } from '../inspect/status-document.ts';
import { statusText } from '../inspect/status-text.ts';

/** `autoloop status`: where a run stands. Takes no lock and writes nothing. Resolves with exit code 0 when it could tell. */
export async function status(query: RunQuery, asJson: boolean): Promise<number> {
  const { workspace } = query;
  const view = (await startingView(query)) ?? (await viewRun(workspace, await chooseRun(query)));
  const document = await statusDocument(workspace, view);
  if (asJson) await printDocument(document);
  else process.stdout.write(statusText(document, Date.now()));
  return 0;
}
