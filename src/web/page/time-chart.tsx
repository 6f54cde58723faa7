import type { Row, TurnRow } from '../documents.ts';
import { durationText } from './format.ts';
import { Card, toneOf } from './parts.tsx';

const MOST = 300;
const WIDTH = 1000;

/** Turns along the agents' time, producers above and verifiers below. The list of turns says the same in words. */
export function TimeChart({ rows }: { rows: readonly Row[] }) {
  const turns = rows.filter((row): row is TurnRow => row.kind === 'turn' && row.duration_ms !== null).slice(-MOST);
  if (turns.length < 2) return null;
  const timeOf = ({ duration_ms }: TurnRow) => Math.max(duration_ms ?? 0, 1);
  const total = turns.reduce((sum, turn) => sum + timeOf(turn), 0);
  let at = 0;
  const bars = turns.map((turn) => {
    const width = (timeOf(turn) / total) * WIDTH;
    const bar = { turn, x: at, width: Math.max(width - 1.5, 1) };
    at += width;
    return bar;
  });
  const verifiers = turns.filter(({ role }) => role === 'verifier').length;
  const words = `${String(turns.length)} turns, ${String(verifiers)} of verifiers, ${durationText(total)} in all`;
  return (
    <Card title="Time">
      <svg class="time" viewBox={`0 0 ${String(WIDTH)} 44`} preserveAspectRatio="none" role="img" aria-label={words}>
        {bars.map(({ turn, x, width }) => (
          <rect
            key={turn.key}
            class={`${turn.role} ${toneOf(turn.outcome ?? '')}`}
            x={x}
            y={turn.role === 'producer' ? 0 : 24}
            width={width}
            height={20}
          />
        ))}
      </svg>
      <p class="quiet">Producers above, verifiers below. {words}.</p>
    </Card>
  );
}
