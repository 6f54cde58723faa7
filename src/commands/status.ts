import type { RunQuery } from '../store/tasks/lookup.ts';
import { chooseRun, viewRun } from '../inspect/run-view.ts';
import { batchPlaces } from '../inspect/batches.ts';
import { startingView } from '../inspect/starting.ts';
import { printDocument } from '../inspect/print.ts';
import { statusDocument, type StatusDocument } from '../inspect/status-document.ts';
import { statusText } from '../inspect/status-text.ts';
import { checkoutsBeside } from '../work/worktrees/beside.ts';

/** `autoloop status`: where a run stands. Takes no lock and writes nothing. Resolves with exit code 0 when it could tell. */
export async function status(query: RunQuery, asJson: boolean): Promise<number> {
  const { workspace } = query;
  const view = (await startingView(query)) ?? (await viewRun(workspace, await chooseRun(query)));
  const document = await statusDocument(workspace, view);
  const batch = batchOf(workspace, document.task_id);
  const told: ToldStatus = { ...document, batch };
  if (asJson) await printDocument(told);
  else process.stdout.write(`${statusText(document, Date.now())}${batchLine(batch)}`);
  return 0;
}

/** What `--json` prints: docs/json.md. */
type ToldStatus = StatusDocument & { readonly batch: BatchDocument | null };

/** A task's place in the batch that it was in last, as docs/json.md has it. */
interface BatchDocument {
  readonly id: string;
  readonly tasks: number;
  readonly done: number;
  /** The batch has not come to its end. */
  readonly open: boolean;
}

/** What is told of it where the batch was begun, in whichever checkout that was; null: the task is in none. */
function batchOf(workspace: string, taskId: string): BatchDocument | null {
  const place = batchPlaces(...checkoutsBeside(workspace)).get(taskId);
  if (place === undefined) return null;
  const { id, tasks, done, isOpen } = place;
  return { id, tasks, done, open: isOpen };
}

function batchLine(batch: BatchDocument | null): string {
  if (batch === null) return '';
  const { id, tasks, done, open } = batch;
  return `Batch: ${id}, ${done} of ${tasks} done${open ? ', not at its end' : ''}\n`;
}
