import { useEffect, useState } from 'preact/hooks';
import type { ReportAnswer } from '../documents.ts';
import { get } from './connection.ts';
import { useRun } from './live.ts';
import { Markdown } from './markdown.tsx';
import { RunHead } from './papers.tsx';
import { Card, Trouble } from './parts.tsx';
import { saveAs } from './save.ts';
import { useTitle } from './title.ts';

/** The report as it stands, made anew when something happened. */
export function Report({ runId }: { runId: string }) {
  const run = useRun(runId);
  const [report, setReport] = useState<ReportAnswer | Error | null>(null);
  const last = run.rows.at(-1);
  const version = last === undefined ? '' : `${last.key} ${last.kind === 'turn' ? (last.outcome ?? '') : ''}`;
  useTitle(`Report · ${run.answer?.status.task_id ?? 'Autoloop'}`);
  useEffect(() => {
    if (version === '') return;
    get<ReportAnswer>(`runs/${runId}/report`).then(setReport, (error: unknown) => setReport(error as Error));
  }, [runId, version]);
  return (
    <>
      <RunHead title="Report" runId={runId} run={run} />
      <main>
        {run.error !== null && <Trouble error={run.error} />}
        {report instanceof Error && <Trouble error={report} />}
        {report !== null && !(report instanceof Error) && (
          <Card>
            <div class="buttons">
              <button type="button" onClick={() => saveAs(`${runId}-report.html`, 'text/html', report.html)}>
                Download
              </button>
            </div>
            <Markdown text={report.markdown} />
          </Card>
        )}
      </main>
    </>
  );
}
