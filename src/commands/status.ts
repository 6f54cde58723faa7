import { Problem } from '../core/problem.ts';
import type { RunQuery } from '../store/tasks/lookup.ts';
import { chooseRun, viewRun } from '../inspect/run-view.ts';
import { batchPlaces } from '../inspect/batches.ts';
import { startingView } from '../inspect/starting.ts';
import { printDocument } from '../inspect/print.ts';
import { statusDocument } from '../inspect/status-document.ts';
import { statusText } from '../inspect/status-text.ts';
import { mainWorkspace } from '../work/worktrees/named.ts';

/** `autoloop status`: where a run stands. Takes no lock and writes nothing. Resolves with exit code 0 when it could tell. */
export async function status(query: RunQuery, asJson: boolean): Promise<number> {
  const { workspace } = query;
  const view = (await startingView(query)) ?? (await viewRun(workspace, await chooseRun(query)));
  const document = await statusDocument(workspace, view);
  if (asJson) await printDocument(document);
  else process.stdout.write(`${statusText(document, Date.now())}${batchLine(workspace, document.task_id)}`);
  return 0;
}

/** The batch that the task is in, which is told of where the batch was begun; empty: in none. */
function batchLine(workspace: string, taskId: string): string {
  const place = batchPlaces(begunIn(workspace)).get(taskId);
  if (place === undefined) return '';
  const { id, tasks, done, isOpen } = place;
  return `Batch: ${id}, ${done} of ${tasks} done${isOpen ? ', not at its end' : ''}\n`;
}

/** The main checkout; the workspace itself where there is none. */
function begunIn(workspace: string): string {
  try {
    return mainWorkspace(workspace);
  } catch (error) {
    if (error instanceof Problem) return workspace;
    throw error;
  }
}
