import { useEffect, useState } from 'preact/hooks';
import type { PatchAnswer, TurnAnswer, TurnRow } from '../documents.ts';
import { get } from './connection.ts';
import { Diff } from './diff.tsx';
import { clockText, costText, countText, durationText } from './format.ts';
import { type LiveRun, useRun } from './live.ts';
import { Markdown } from './markdown.tsx';
import { Activities } from './now.tsx';
import { Badge, Card, Head, LiveMark, OutcomeBadge, Trouble } from './parts.tsx';
import { saveAs } from './save.ts';
import { useRunTitle } from './title.ts';

/** One turn: what became of it, what changed, what its agent said and did, what it was told. */
export function Turn({ runId, turn }: { runId: string; turn: number }) {
  const run = useRun(runId);
  const row = run.rows.find((one): one is TurnRow => one.kind === 'turn' && one.turn === turn) ?? null;
  const { answer, error } = useTurn(runId, turn, `${row?.outcome ?? ''} ${String(row?.commits.length ?? 0)}`);
  const shown = row ?? answer?.row ?? null;
  useRunTitle(`Turn ${String(turn)}`, run.answer?.status ?? null);
  return (
    <>
      <Head
        title={`Turn ${String(turn)}${shown === null ? '' : `: ${shown.role} of ${shown.pair}`}`}
        back={`#/${runId}`}
      >
        {run.answer !== null && <Badge word={run.answer.status.status} />}
        <LiveMark liveness={run.liveness} />
      </Head>
      <main>
        {(error ?? run.error) !== null && <Trouble error={error ?? (run.error as Error)} />}
        {shown !== null && <Outcome row={shown} isWorking={run.answer?.status.status === 'running'} />}
        {shown !== null && <Changes runId={runId} commits={shown.commits} />}
        {answer !== null && <Told runId={runId} run={run} answer={answer} isOpen={shown?.outcome === null} />}
      </main>
    </>
  );
}

function useTurn(runId: string, turn: number, version: string) {
  const [state, setState] = useState<{ answer: TurnAnswer | null; error: Error | null }>({ answer: null, error: null });
  useEffect(() => {
    const stop = new AbortController();
    get<TurnAnswer>(`runs/${runId}/turns/${String(turn)}`, stop.signal).then(
      (answer) => {
        if (!stop.signal.aborted) setState({ answer, error: null });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setState((was) => ({ ...was, error: error as Error }));
      },
    );
    return () => stop.abort();
  }, [runId, turn, version]);
  return state;
}

function Outcome({ row, isWorking }: { row: TurnRow; isWorking: boolean }) {
  const facts = [
    `${clockText(row.started_at)}${row.ended_at === null ? '' : ` to ${clockText(row.ended_at)}`}`,
    durationText(row.duration_ms),
    `${row.provider}${row.model === null ? '' : ` ${row.model}`}`,
    row.tokens === null ? '' : `${countText(row.tokens)} tokens`,
    row.cost_usd === null ? '' : costText(row.cost_usd),
    `cycle ${String(row.cycle)}${row.attempt > 1 ? `, attempt ${String(row.attempt)}` : ''}`,
  ];
  return (
    <p class="lead outcome">
      <OutcomeBadge outcome={row.outcome} isWorking={isWorking} />{' '}
      <span class="quiet">{facts.filter((fact) => fact !== '').join(' · ')}</span>
    </p>
  );
}

/** The patches of a turn's checkpoints; those of bookkeeping alone have none. */
function Changes({ runId, commits }: { runId: string; commits: readonly string[] }) {
  const [patches, setPatches] = useState<readonly PatchAnswer[] | Error | null>(null);
  const names = commits.join(' ');
  useEffect(() => {
    const loading = commits.map((commit) => get<PatchAnswer>(`runs/${runId}/patch/${commit}`));
    Promise.all(loading).then(setPatches, (error: unknown) => setPatches(error as Error));
  }, [runId, names]);
  if (patches instanceof Error) return <Trouble error={patches} />;
  const told = patches?.filter(({ text }) => text.trim() !== '') ?? [];
  return (
    <Card title="What changed">
      {patches === null && <p class="quiet">Loading…</p>}
      {patches !== null && told.length === 0 && <p class="quiet">No file of the sources.</p>}
      {told.map((patch) => (
        <Diff key={patch.commit} patch={patch} />
      ))}
    </Card>
  );
}

interface Telling {
  readonly runId: string;
  readonly run: LiveRun;
  readonly answer: TurnAnswer;
  readonly isOpen: boolean;
}

function Told({ runId, run, answer, isOpen }: Telling) {
  const { turn } = answer.row;
  const download = async () => {
    const { text } = await get<{ text: string }>(`runs/${runId}/turns/${String(turn)}/log`);
    saveAs(`${runId}-turn-${String(turn)}.log`, 'text/plain', text);
  };
  return (
    <>
      {answer.text !== null && (
        <Card title="What the agent said at the end">
          <Markdown text={answer.text} />
        </Card>
      )}
      {answer.notes.length > 0 && (
        <Card title="What it was told first">
          {answer.notes.map((note, i) => (
            <Markdown key={i} text={note} />
          ))}
        </Card>
      )}
      <Card title="What it did">
        <Activities
          activities={isOpen && run.openTurn === turn ? run.activities : answer.activities}
          status={run.answer?.status ?? null}
        />
        <div class="buttons">
          <button type="button" onClick={() => void download()}>
            Download the raw log
          </button>
        </div>
      </Card>
    </>
  );
}
