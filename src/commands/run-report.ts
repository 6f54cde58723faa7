import { pullRequestBody, reportMarkdown } from '../core/report/markdown.ts';
import { reportHtml } from '../core/report/html.ts';
import { print, printDocument } from '../inspect/print.ts';
import { restoreReport, runReport } from '../inspect/run-report.ts';
import { chooseRun, layoutOf } from '../inspect/run-view.ts';
import { readEventsOnly } from '../store/log/event-log.ts';
import type { RunQuery } from '../store/tasks/lookup.ts';

export type ReportForm = 'markdown' | 'html' | 'pr' | 'json';

/**
 * `autoloop report`: what a run came to, made anew from its log and the results that were kept. Files of the report that somebody has
 * written since are put back. Resolves with the exit code.
 */
export async function printReport(query: RunQuery, form: ReportForm): Promise<number> {
  const layout = layoutOf(query.workspace, await chooseRun(query));
  const { facts, isWhole, altered } = await runReport(layout, await readEventsOnly(layout.events));
  if (!isWhole) process.stderr.write('[!] The run has left no report of where it stands: this is what its log tells\n');
  if (altered.length > 0) {
    await restoreReport(layout, facts);
    process.stderr.write(`[!] Not as this program wrote it, and put back: ${altered.join(', ')}\n`);
  }
  const { oldFailures, ...rest } = facts;
  const document = { version: 1, ...rest, old_failures: oldFailures } as const;
  if (form === 'json') await printDocument(document);
  else if (form === 'html') await print(reportHtml(facts));
  else await print(form === 'pr' ? pullRequestBody(facts) : reportMarkdown(facts));
  return 0;
}
