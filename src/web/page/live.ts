import { useEffect, useState } from 'preact/hooks';
import type {
  Activity,
  Row,
  RowsAnswer,
  RunAnswer,
  RunMessage,
  TaskRow,
  TasksAnswer,
  TasksMessage,
} from '../documents.ts';
import { follow, get, isOver, type Liveness, Refused } from './connection.ts';

/** At most so many activities of the open turn are held; `Raw log` has all. */
const MOST_ACTIVITIES = 500;

/** What a page of a run shows, as far as it is known. */
export interface LiveRun {
  readonly answer: RunAnswer | null;
  readonly rows: readonly Row[];
  readonly hasEarlier: boolean;
  readonly openTurn: number;
  readonly activities: readonly Activity[];
  readonly liveness: Liveness;
  readonly error: Refused | Error | null;
}

const NOTHING: LiveRun = {
  answer: null,
  rows: [],
  hasEarlier: false,
  openTurn: 0,
  activities: [],
  liveness: 'connecting',
  error: null,
};

/** A run as it goes on. The connection is let go of while the page is hidden, and taken up from the same place. */
export function useRun(runId: string): LiveRun & { readonly loadEarlier: () => Promise<void> } {
  const [run, setRun] = useState<LiveRun>(NOTHING);
  useEffect(() => {
    setRun(NOTHING);
    let place = '';
    return whileShown(async (signal) => {
      const reload = async () => {
        const answer = await get<RunAnswer>(`runs/${runId}`, signal);
        place = answer.place;
        setRun((was) => loaded(was, answer));
      };
      const tell = (liveness: Liveness, error: Error | null) => setRun((was) => ({ ...was, liveness, error }));
      for (let isStale = place === ''; !isOver(signal); isStale = true) {
        if (isStale && !(await untilLoaded(reload, signal, tell))) return;
        const end = await follow<RunMessage>(`runs/${runId}/feed`, {
          place: () => place,
          signal,
          onLiveness: (liveness) => setRun((was) => ({ ...was, liveness })),
          onMessage: (message, at) => {
            if (at !== '') place = at;
            setRun((was) => told(was, message));
          },
        });
        // What the feed tells while a page loads anew would be overwritten: it is followed from what was loaded.
        if (end !== 'reload') return;
      }
    });
  }, [runId]);
  const loadEarlier = async () => {
    const before = run.rows[0]?.seq ?? 1;
    const { rows, has_earlier } = await get<RowsAnswer>(`runs/${runId}/rows?before=${String(before)}`);
    setRun((was) => ({ ...was, rows: [...rows, ...was.rows], hasEarlier: has_earlier }));
  };
  return { ...run, loadEarlier };
}

function loaded(was: LiveRun, answer: RunAnswer): LiveRun {
  return {
    ...was,
    answer,
    rows: answer.rows,
    hasEarlier: answer.has_earlier,
    openTurn: answer.open_turn?.turn ?? 0,
    activities: answer.open_turn?.activities ?? [],
    error: null,
  };
}

function told(was: LiveRun, message: RunMessage): LiveRun {
  switch (message.kind) {
    case 'rows': {
      const rows = merged(was.rows, message.rows);
      const open = rows.findLast((row) => row.kind === 'turn' && row.outcome === null);
      const openTurn = open?.kind === 'turn' ? open.turn : was.openTurn;
      return { ...was, rows, openTurn, activities: openTurn === was.openTurn ? was.activities : [] };
    }
    case 'activity': {
      const before = message.turn === was.openTurn ? was.activities : [];
      return { ...was, openTurn: message.turn, activities: [...before, message.activity].slice(-MOST_ACTIVITIES) };
    }
    case 'status':
      return was.answer === null
        ? was
        : { ...was, answer: { ...was.answer, status: message.status, papers: message.papers } };
    case 'reload':
    case 'elsewhere':
      return was;
  }
}

/** Rows keep their place; a row of a known key takes that place. */
function merged(rows: readonly Row[], news: readonly Row[]): readonly Row[] {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  for (const row of news) byKey.set(row.key, row);
  return [...byKey.values()];
}

export interface LiveTasks {
  readonly workspace: string;
  readonly tasks: readonly TaskRow[] | null;
  readonly liveness: Liveness;
  readonly error: Refused | Error | null;
}

export function useTasks(): LiveTasks {
  const [state, setState] = useState<LiveTasks>({ workspace: '', tasks: null, liveness: 'connecting', error: null });
  useEffect(
    () =>
      whileShown(async (signal) => {
        const load = async () => {
          const { workspace, tasks } = await get<TasksAnswer>('tasks', signal);
          setState((was) => ({ ...was, workspace, tasks, error: null }));
        };
        const tell = (liveness: Liveness, error: Error | null) => setState((was) => ({ ...was, liveness, error }));
        if (!(await untilLoaded(load, signal, tell))) return;
        await follow<TasksMessage>('feed', {
          place: () => '',
          signal,
          onLiveness: (liveness) => setState((was) => ({ ...was, liveness })),
          onMessage: (message) => {
            if (message.kind === 'tasks') setState((was) => ({ ...was, tasks: message.tasks }));
          },
        });
      }),
    [],
  );
  return state;
}

/** Loads, and tries again while the server cannot be reached. False: it was refused, which is final, or left. */
async function untilLoaded(
  load: () => Promise<void>,
  signal: AbortSignal,
  tell: (liveness: Liveness, error: Error | null) => void,
): Promise<boolean> {
  for (let waitMs = 500; !signal.aborted; waitMs = Math.min(waitMs * 2, 10_000)) {
    try {
      await load();
      return true;
    } catch (error) {
      if (isOver(signal)) return false;
      const isShut = error instanceof Refused && (error.status === 401 || error.status === 403);
      // Whatever else was refused may be there in a moment: a log is being mended, a run is about to begin.
      tell(isShut ? 'refused' : 'lost', error instanceof Refused ? error : null);
      if (isShut) return false;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
  return false;
}

/** Runs `work` while the page is shown, from anew each time; the returned function ends it. */
function whileShown(work: (signal: AbortSignal) => Promise<void>): () => void {
  let current = new AbortController();
  const begin = () => {
    current.abort();
    current = new AbortController();
    if (!document.hidden) void work(current.signal);
  };
  document.addEventListener('visibilitychange', begin);
  begin();
  return () => {
    document.removeEventListener('visibilitychange', begin);
    current.abort();
  };
}
