import { useEffect, useState } from 'preact/hooks';
import type { FileAnswer } from '../documents.ts';
import { get } from './connection.ts';
import { type LiveRun, useRun } from './live.ts';
import { Markdown } from './markdown.tsx';
import { Badge, Card, Head, LiveMark, Trouble } from './parts.tsx';
import { ownValue } from '../../core/own-value.ts';
import { useRunTitle } from './title.ts';

/** What was written down: the request, the plan, criteria, feedback, the audit. */
export function Papers({ runId }: { runId: string }) {
  const run = useRun(runId);
  useRunTitle('Papers', run.answer?.status ?? null);
  return (
    <>
      <RunHead title="Papers" runId={runId} run={run} />
      <main>
        {run.error !== null && <Trouble error={run.error} />}
        <Card>
          <ul class="papers">
            {(run.answer?.papers ?? []).map((name) => (
              <li key={name}>
                <a href={`#/${runId}/papers/${name.split('/').map(encodeURIComponent).join('/')}`}>{titleOf(name)}</a>
                <span class="quiet">{name}</span>
              </li>
            ))}
          </ul>
        </Card>
      </main>
    </>
  );
}

export function Paper({ runId, name }: { runId: string; name: string }) {
  const run = useRun(runId);
  const [file, setFile] = useState<FileAnswer | Error | null>(null);
  const seen = run.rows.length;
  useRunTitle(titleOf(name), run.answer?.status ?? null);
  useEffect(() => {
    get<FileAnswer>(`runs/${runId}/file?name=${encodeURIComponent(name)}`).then(setFile, (error: unknown) =>
      setFile(error as Error),
    );
  }, [runId, name, seen]);
  return (
    <>
      <RunHead title={titleOf(name)} runId={runId} run={run} />
      <main>
        {file instanceof Error && <Trouble error={file} />}
        {file !== null && !(file instanceof Error) && (
          <Card>
            {name.endsWith('.md') ? (
              <Markdown text={file.text} />
            ) : (
              <pre class="paper" tabIndex={0}>
                {file.text}
              </pre>
            )}
            {file.is_cut && <p class="quiet">Cut here: the file is longer than 1 MB.</p>}
          </Card>
        )}
      </main>
    </>
  );
}

export function RunHead({ title, runId, run }: { title: string; runId: string; run: LiveRun }) {
  return (
    <Head title={title} back={`#/${runId}`}>
      {run.answer !== null && <Badge word={run.answer.status.status} />}
      <LiveMark liveness={run.liveness} />
    </Head>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  'request.md': 'Request',
  'decisions.txt': 'Decisions',
  'artifacts/plan/plan.md': 'Plan',
  'artifacts/plan/phase_plan.yaml': 'Phase plan',
  'artifacts/audit/gap_report.md': 'Gap report',
  'artifacts/audit/revised_request.md': 'Revised request',
};

/** `artifacts/implement/phases/login/feedback.md` -> `Feedback: implement, login`. */
function titleOf(name: string): string {
  const known = ownValue(TITLES, name);
  if (known !== undefined) return known;
  const parts = name.split('/');
  const file = (parts.at(-1) ?? name).replace(/\.\w+$/, '').replaceAll('_', ' ');
  const where = parts.slice(1, -1).filter((part) => part !== 'phases');
  const word = file.charAt(0).toUpperCase() + file.slice(1);
  return where.length === 0 ? word : `${word}: ${where.join(', ')}`;
}
