import { useEffect, useRef } from 'preact/hooks';
import type { StatusDocument } from '../../inspect/status-document.ts';
import type { Activity } from '../documents.ts';
import type { LiveRun } from './live.ts';
import { Ago, Card } from './parts.tsx';

/** What the agent of the open turn does, as it does it. */
export function Now({ run, status, runId }: { run: LiveRun; status: StatusDocument; runId: string }) {
  const { position } = status;
  if (status.status !== 'running' || position === null || position.turn === null || status.waiting !== null)
    return null;
  return (
    <Card title="Now">
      <p>
        <a href={`#/${runId}/${String(position.turn)}`}>Turn {position.turn}</a>: {position.role}
        {position.since !== null && (
          <>
            , began <Ago at={position.since} />
          </>
        )}
      </p>
      <Activities activities={run.activities} status={status} />
    </Card>
  );
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  command: 'runs',
  file: 'writes',
  notice: 'met',
  output: 'printed',
};

/** Files of the workspace by their names there, those of the run's folder with `…` before them: a phone is narrow. */
function withShortPaths(text: string, status: StatusDocument | null): string {
  if (status === null) return text;
  const { workspace, files } = status;
  return text.replaceAll(`${workspace}/${files.run}/`, '…/').replaceAll(`${workspace}/`, '');
}

/** Scrolls along while its end is in sight. */
export function Activities({ activities, status }: { activities: readonly Activity[]; status: StatusDocument | null }) {
  const place = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const list = place.current;
    if (list !== null && isAtEnd.current) list.scrollTop = list.scrollHeight;
  }, [activities]);
  if (activities.length === 0) return <p class="quiet">Nothing to show yet: the agent has not told what it does.</p>;
  return (
    <ol
      class="activities"
      tabIndex={0}
      aria-label="What the agent does"
      ref={place}
      onScroll={({ currentTarget: list }) => {
        isAtEnd.current = list.scrollTop + list.clientHeight >= list.scrollHeight - 24;
      }}
    >
      {activities.map(({ kind, text }, i) => (
        <li key={i} class={kind}>
          {kind !== 'message' && <span class="kind">{KIND_WORDS[kind] ?? kind} </span>}
          <span>{withShortPaths(text, status)}</span>
        </li>
      ))}
    </ol>
  );
}
