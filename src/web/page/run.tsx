import type { StatusDocument } from '../../inspect/status-document.ts';
import { Attention } from './attention.tsx';
import { Facts } from './facts.tsx';
import { type LiveRun, useRun } from './live.ts';
import { Now } from './now.tsx';
import { needOf } from './need.ts';
import { Badge, Card, Head, LiveMark, NeedMark, Trouble } from './parts.tsx';
import { headline } from './headline.ts';
import { Progress } from './progress.tsx';
import { Steer } from './steer.tsx';
import { TimeChart } from './time-chart.tsx';
import { useRunTitle } from './title.ts';
import { Turns } from './turns.tsx';

/** One run: whether a person is needed, where it is, what its agent does, what it took, and how to steer it. */
export function Run({ runId }: { runId: string }) {
  const run = useRun(runId);
  const { answer, liveness, error } = run;
  useRunTitle(null, answer?.status ?? null);
  return (
    <>
      <Head title={answer?.status.task_id ?? runId} back="#/">
        {answer !== null && <Badge word={answer.status.status} />}
        <LiveMark liveness={liveness} />
      </Head>
      <main>
        {error !== null && <Trouble error={error} />}
        {answer !== null && <Body runId={runId} run={run} status={answer.status} />}
      </main>
    </>
  );
}

function Body({
  runId,
  run,
  status,
}: {
  runId: string;
  run: LiveRun & { loadEarlier: () => Promise<void> };
  status: StatusDocument;
}) {
  const isReadOnly = run.answer?.read_only === true;
  return (
    <>
      <div class="lead" role="status">
        <NeedMark need={needOf(status)} />
        <p>{headline(status)}</p>
      </div>
      <Attention runId={runId} status={status} isReadOnly={isReadOnly} />
      <div class="columns">
        <div class="column now">
          <Now run={run} status={status} runId={runId} />
        </div>
        <div class="column side">
          <Facts status={status} />
          {!isReadOnly && <Steer runId={runId} status={status} />}
          <Progress status={status} />
          <TimeChart rows={run.rows} />
        </div>
        <div class="column turns">
          <Turns
            runId={runId}
            rows={run.rows}
            isWorking={status.status === 'running'}
            hasEarlier={run.hasEarlier}
            loadEarlier={run.loadEarlier}
          />
        </div>
        <div class="column shelf">
          <PaperLinks runId={runId} />
        </div>
      </div>
    </>
  );
}

function PaperLinks({ runId }: { runId: string }) {
  return (
    <Card title="Papers">
      <ul class="links">
        <li>
          <a href={`#/${runId}/report`}>Report, and what was decided</a>
        </li>
        <li>
          <a href={`#/${runId}/papers`}>Request, plan, criteria, feedback</a>
        </li>
      </ul>
    </Card>
  );
}
