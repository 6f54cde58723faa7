import path from 'node:path';
import type { StateDisk } from '../disk/disk.ts';
import { guardPath } from '../disk/guard.ts';
import { peekJson } from '../disk/json-files.ts';
import type { RunLayout } from '../layout.ts';
import { appendRawLog } from '../run/raw-log.ts';
import { requestFileText } from '../run/run-documents.ts';
import { readContext } from './context.ts';

/**
 * A run without request.md gets one: the request in the task's context.md, else task.json's, else a placeholder. The ledgers say
 * so, and keep the clarifications that stood in context.md. Resolves with what there is to tell the operator.
 */
export async function recoverRequest(disk: StateDisk, layout: RunLayout): Promise<readonly string[]> {
  if ((await disk.read(layout.request)) !== null) return [];
  guardPath(layout.task.state, path.join(layout.task.folder, 'context.md'));
  const context = readContext(layout.task.folder);
  const stored = (await peekJson(layout.task.metadata))?.request_text;
  const request = context.request ?? (typeof stored === 'string' ? stored : null);
  const source = context.request !== null ? "the task's context.md" : request !== null ? 'task.json' : null;
  const note =
    source === null
      ? 'request.md was missing and the task has no request: a placeholder stands in its place'
      : `request.md was missing; it was reconstructed from ${source}`;
  const clarifications = context.clarifications === null ? '' : `\n\nFrom context.md:\n\n${context.clarifications}`;
  // First the ledger: after a crash in between, the entry comes twice, but never is it missing.
  await appendRawLog(disk, layout, { entry: 'request_recovery', body: `${note}${clarifications}` });
  const text = requestFileText(request);
  await disk.create(
    layout.request,
    source === null ? text : `${text}\n(Reconstructed from ${source}: the run had no request.md.)\n`,
  );
  return [note];
}
