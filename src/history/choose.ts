import { Problem } from '../core/problem.ts';
import type { RunCheckpoint, RunHistory } from './checkpoints.ts';

/** Two commits to compare. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

/** The checkpoint of this number, or whose commit begins with these hex digits (four at least). Throws a Problem that names what there is. */
export function checkpointNamed({ checkpoints }: RunHistory, name: string): RunCheckpoint {
  requireSome(checkpoints);
  const isNumber = /^\d{1,6}$/.test(name);
  const byNumber = isNumber ? checkpoints.find(({ number }) => number === Number(name)) : undefined;
  const isCommit = /^[0-9a-f]{4,64}$/i.test(name);
  const byCommit = isCommit ? checkpoints.filter(({ commit }) => commit.startsWith(name.toLowerCase())) : [];
  const found = byNumber ?? byCommit[0];
  if (found !== undefined && (byNumber !== undefined || new Set(byCommit.map(({ commit }) => commit)).size === 1)) {
    return found;
  }
  const what = byCommit.length > 1 ? 'fits more than one checkpoint' : 'is no checkpoint of this run';
  const last = checkpoints.at(-1)?.number ?? 0;
  throw new Problem('usage', `${JSON.stringify(name)} ${what}: give 0 to ${last}, or a commit`, LIST);
}

/** What a run, or one turn of it, changed. `turn` null: everything since the checkpoint `from` (null: the baseline). Throws a Problem (usage). */
export function rangeOf(history: RunHistory, { turn, from }: { turn: number | null; from: string | null }): Range {
  const { checkpoints } = history;
  requireSome(checkpoints);
  if (turn === null) {
    const first = from === null ? checkpoints[0] : checkpointNamed(history, from);
    const last = checkpoints.at(-1);
    if (first === undefined || last === undefined) throw none();
    return { from: first.commit, to: last.commit };
  }
  const began = history.turns.find(({ number }) => number === turn);
  if (began === undefined) {
    const last = history.turns.at(-1)?.number ?? 0;
    throw new Problem('usage', `--turn ${turn} is not a turn of this run: give 1 to ${last}`, LIST);
  }
  if (began.head === null) throw new Problem('usage', `turn ${turn} began before the first commit`, LIST);
  const made = checkpoints.findLast((checkpoint) => checkpoint.turn === turn);
  return { from: began.head, to: made?.commit ?? began.head };
}

const LIST = '`autoloop checkpoints` lists them.';

function requireSome(checkpoints: readonly RunCheckpoint[]): void {
  if (checkpoints.length === 0) throw none();
}

function none(): Problem {
  return new Problem('usage', 'this run has no checkpoints', 'A run makes them when it works in a git repository.');
}
