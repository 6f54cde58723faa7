import { counted } from '../core/counted.ts';
import { historyOf, type RunCheckpoint } from '../history/checkpoints.ts';
import { filesChanged, openForLooking } from '../history/repository.ts';
import { runRef } from '../git/run-ref.ts';
import { aligned } from '../inspect/columns.ts';
import { print, printDocument } from '../inspect/print.ts';
import { chooseRun, logOf } from '../inspect/run-view.ts';
import { screenLine } from '../core/screen.ts';
import { readEventsOnly } from '../store/log/event-log.ts';
import type { RunQuery } from '../store/tasks/lookup.ts';

/** `autoloop checkpoints`: the commits of a run, what each holds and what had been paid by then. Writes nothing. */
export async function checkpoints(query: RunQuery, asJson: boolean): Promise<number> {
  const { workspace } = query;
  const found = await chooseRun(query);
  const listed = historyOf(await readEventsOnly(logOf(workspace, found))).checkpoints;
  const commits = listed.map(({ commit }) => commit);
  const files = listed.length === 0 ? NONE : await filesChanged(await openForLooking(workspace), commits);
  const rows = listed.map((checkpoint) => row(checkpoint, files.get(checkpoint.commit) ?? null));
  const { taskId: task_id, runId: run_id } = found;
  const document: CheckpointsDocument = { version: 1, task_id, run_id, ref: runRef(run_id), checkpoints: rows };
  if (asJson) await printDocument(document);
  else await print(rows.length === 0 ? '(no checkpoints)\n' : table(rows));
  return 0;
}

const NONE: ReadonlyMap<string, number | null> = new Map();

type Row = ReturnType<typeof row>;

/** What `--json` prints: docs/json.md. */
interface CheckpointsDocument {
  readonly version: 1;
  readonly task_id: string;
  readonly run_id: string;
  readonly ref: string;
  readonly checkpoints: readonly Row[];
}

function row({ number, turn, subject, commit, spent }: RunCheckpoint, files: number | null) {
  const { turns, duration_ms, usage } = spent;
  return { number, turn, subject, commit, files, paid: { turns, duration_ms, cost_usd: usage.costUsd } };
}

const HEAD = ['N', 'turn', 'commit', 'files', 'paid', 'subject'];

/** Numbers to the right, words to the left. */
function table(rows: readonly Row[]): string {
  const cells = rows.map(({ number, turn, commit, files, paid, subject }) => [
    String(number),
    String(turn),
    commit.slice(0, 10),
    files === null ? 'gone' : String(files),
    paid.cost_usd === null ? counted(paid.turns, 'turn') : `$${paid.cost_usd.toFixed(2)}`,
    screenLine(subject, 200),
  ]);
  return `${aligned([HEAD, ...cells], NUMBERS).join('\n')}\n`;
}

const NUMBERS: ReadonlySet<number> = new Set([0, 1, 2, 3, 4]);
