import { useState } from 'preact/hooks';
import type { FactRow, Row, TurnRow } from '../documents.ts';
import { clockText, costText, durationText } from './format.ts';
import { Card, OutcomeBadge } from './parts.tsx';

interface Listed {
  readonly runId: string;
  readonly rows: readonly Row[];
  /** Whether a process works on the run: a turn without an end goes on, else it was cut off. */
  readonly isWorking: boolean;
  readonly hasEarlier: boolean;
  readonly loadEarlier: () => Promise<void>;
}

/** What happened, the latest first. */
export function Turns({ runId, rows, isWorking, hasEarlier, loadEarlier }: Listed) {
  const [isLoading, setLoading] = useState(false);
  const load = async () => {
    setLoading(true);
    await loadEarlier().finally(() => setLoading(false));
  };
  return (
    <Card title="What happened">
      <ol class="rows" reversed>
        {[...rows]
          .reverse()
          .map((row) =>
            row.kind === 'turn' ? (
              <TurnItem key={row.key} runId={runId} row={row} isWorking={isWorking} />
            ) : (
              <FactItem key={row.key} row={row} />
            ),
          )}
      </ol>
      {hasEarlier && (
        <button type="button" disabled={isLoading} onClick={() => void load()}>
          Earlier
        </button>
      )}
    </Card>
  );
}

function FactItem({ row }: { row: FactRow }) {
  return (
    <li class={row.type === 'pair_started' ? 'fact pair' : 'fact'}>
      <time dateTime={row.at}>{clockText(row.at)}</time> <span>{row.text}</span>
    </li>
  );
}

function TurnItem({ runId, row, isWorking }: { runId: string; row: TurnRow; isWorking: boolean }) {
  const where = `${row.pair}${row.phase_id === null ? '' : ` ${row.phase_id}`}`;
  return (
    <li class="turn">
      <a href={`#/${runId}/${String(row.turn)}`}>
        <span class="turn-name">
          {row.role} <span class="quiet">{where}</span>
        </span>
        <OutcomeBadge outcome={row.outcome} isWorking={isWorking} />
        <span class="quiet turn-facts">
          <time dateTime={row.started_at}>{clockText(row.started_at)}</time>
          {row.duration_ms !== null && row.duration_ms >= 1000 && <span>{durationText(row.duration_ms)}</span>}
          {row.cost_usd !== null && <span>{costText(row.cost_usd)}</span>}
          {row.cycle > 1 && <span>cycle {row.cycle}</span>}
          {row.changed === true && <span>changed files</span>}
        </span>
      </a>
    </li>
  );
}
