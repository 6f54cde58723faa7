import { useEffect, useState } from 'preact/hooks';
import { DECIDED_TITLE, DECIDED_WORDS, type Decided } from '../../core/decided.ts';
import type { ReportAnswer } from '../documents.ts';
import { get } from './connection.ts';
import { clockText } from './format.ts';
import { useRun } from './live.ts';
import { Markdown } from './markdown.tsx';
import { RunHead } from './papers.tsx';
import { Card, Trouble } from './parts.tsx';
import { saveAs } from './save.ts';
import { useRunTitle } from './title.ts';

/** What success rests on, once it was weighed, and what people decided on the way. */
export function Report({ runId }: { runId: string }) {
  const run = useRun(runId);
  const [report, setReport] = useState<ReportAnswer | Error | null>(null);
  const version = `${String(run.rows.length)} ${run.answer?.status.status ?? ''}`;
  useRunTitle('Report', run.answer?.status ?? null);
  useEffect(() => {
    const stop = new AbortController();
    get<ReportAnswer>(`runs/${runId}/report`, stop.signal).then(setReport, (error: unknown) => {
      if (!stop.signal.aborted) setReport(error as Error);
    });
    return () => stop.abort();
  }, [runId, version]);
  return (
    <>
      <RunHead title="Report" runId={runId} run={run} />
      <main>
        {report instanceof Error && <Trouble error={report} />}
        {report !== null && !(report instanceof Error) && <Body runId={runId} report={report} />}
      </main>
    </>
  );
}

function Body({ runId, report: { markdown, html, decisions } }: { runId: string; report: ReportAnswer }) {
  return (
    <>
      {markdown === null && <p class="lead">No report yet: the run writes it when it weighs what it has shown.</p>}
      {markdown !== null && (
        <Card>
          <Markdown text={unfolded(markdown)} without={DECIDED_TITLE} />
        </Card>
      )}
      {html !== null && (
        <div class="buttons">
          <button type="button" onClick={() => saveAs(`${runId}-report.html`, 'text/html', html)}>
            Download
          </button>
        </div>
      )}
      <Card title={DECIDED_TITLE}>
        {decisions.length === 0 && <p class="quiet">Nothing.</p>}
        {decisions.map((decision, i) => (
          <One key={i} decided={decision} />
        ))}
      </Card>
    </>
  );
}

function One({ decided: { kind, at, text, by } }: { decided: Decided }) {
  return (
    <div>
      <p class="quiet">
        {DECIDED_WORDS[kind]} · {by} · {clockText(at)}
      </p>
      {text !== '' && <Markdown text={text} />}
    </div>
  );
}

/** The page shows no markup of a text: what a file folds stands open here. */
function unfolded(markdown: string): string {
  return markdown.replace(/<details><summary>(.*?)<\/summary>/g, '**$1**').replace(/^\s*<\/details>$/gm, '');
}
