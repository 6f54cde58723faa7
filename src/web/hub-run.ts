import path from 'node:path';
import { withoutControl } from '../core/control.ts';
import { Problem } from '../core/problem.ts';
import type { Pair, Role } from '../core/vocabulary.ts';
import { openReader, type Reader } from '../files/door.ts';
import { lookInto, patchOf } from '../history/repository.ts';
import { FileTail } from '../inspect/file-lines.ts';
import { PhaseOutputs } from '../inspect/phase-outputs.ts';
import { turnLogFile } from '../inspect/turn-deeds.ts';
import { layoutOf } from '../inspect/run-view.ts';
import { activityReader } from '../providers/activity.ts';
import { guardPath } from '../store/disk/guard.ts';
import { activityOf, MOST_ACTIVITIES } from './activity.ts';
import type { Activity, Place, RowsAnswer, RunAnswer, RunMessage, TurnRow } from './documents.ts';
import type { RunHub } from './run-hub.ts';
import type { WatchedRun } from './watched.ts';

/** Rows that a page is given at once. */
const ROWS = 200;
/** Of a file that a page shows, and of a raw log that it downloads. */
const MOST_FILE_BYTES = 1_000_000;
const MOST_LOG_BYTES = 50_000_000;

/** What a page asks of a run, from its hub and its files. */
export class HubRun implements WatchedRun {
  readonly #hub: RunHub;
  readonly #isReadOnly: boolean;

  constructor(hub: RunHub, isReadOnly: boolean) {
    this.#hub = hub;
    this.#isReadOnly = isReadOnly;
  }

  async answer(): Promise<RunAnswer> {
    const status = await this.#hub.status();
    const { rows, hasEarlier } = this.#hub.timeline.before(Infinity, ROWS);
    const { place, openTurn, papers } = this.#hub;
    const facts = { place, status, rows, papers };
    return { version: 1, ...facts, read_only: this.#isReadOnly, has_earlier: hasEarlier, open_turn: openTurn };
  }

  rowsBefore(seq: number): RowsAnswer {
    if (!Number.isFinite(seq)) throw new Problem('usage', 'before: the seq of a row is accepted');
    const { rows, hasEarlier } = this.#hub.timeline.before(seq, ROWS);
    return { version: 1, rows, has_earlier: hasEarlier };
  }

  async turn(number: number) {
    await this.#hub.look();
    const row = this.#rowOf(number);
    if (row === null) return null;
    const { cycle, attempt } = row;
    const name = { pair: row.pair as Pair, phase: row.role as Role, cycle, attempt, turn: number };
    const text = await new PhaseOutputs(this.#layout.rawLog).take(name);
    return {
      version: 1 as const,
      row,
      text: text && withoutControl(text),
      activities: await lastActivities(this.#logOf(row), row),
      notes: this.#hub.notesOf(number),
    };
  }

  async turnLog(number: number) {
    const row = this.#rowOf(number);
    const log = row && (await textIn(this.#logOf(row), MOST_LOG_BYTES));
    return log && { version: 1 as const, ...log };
  }

  async patch(commit: string) {
    if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) throw new Problem('usage', 'that is not the id of a commit');
    await this.#hub.look();
    const isOurs = this.#hub.timeline.rows.some((row) => row.kind === 'turn' && row.commits.includes(commit));
    if (!isOurs) return null;
    const patch = await lookInto(this.#hub.workspace, (git) => patchOf(git, commit, MOST_FILE_BYTES + 1));
    const text = patch.toString('utf8', 0, MOST_FILE_BYTES);
    return { version: 1 as const, commit, text, is_cut: patch.length > MOST_FILE_BYTES };
  }

  async file(name: string) {
    await this.#hub.look();
    if (!this.#hub.papers.includes(name)) return null;
    const file = path.join(this.#layout.run, name);
    guardPath(this.#layout.task.state, file);
    const found = await textIn(file, MOST_FILE_BYTES);
    return found && { version: 1 as const, name, ...found };
  }

  async report() {
    await this.#hub.look();
    const { run, task } = this.#layout;
    const textOf = async (name: string) => {
      const file = path.join(run, name);
      guardPath(task.state, file);
      return (await textIn(file, MOST_FILE_BYTES))?.text ?? null;
    };
    const [markdown, html] = [await textOf('report.md'), await textOf('report.html')];
    return { version: 1 as const, markdown, html, decisions: this.#hub.decisions };
  }

  follow(place: Place, tell: (message: RunMessage, place: Place) => void) {
    return this.#hub.follow(place, tell);
  }

  get #layout() {
    return layoutOf(this.#hub.workspace, this.#hub.run);
  }

  #rowOf(number: number): TurnRow | null {
    return this.#hub.timeline.rows.find((row): row is TurnRow => row.kind === 'turn' && row.turn === number) ?? null;
  }

  #logOf({ turn, pair, role: phase }: TurnRow): string {
    return turnLogFile(this.#layout, { turn, pair, phase });
  }
}

/** What the agent did last in a turn. Memory holds no more than that, however long the log is. */
async function lastActivities(log: string, { provider }: TurnRow): Promise<readonly Activity[]> {
  const decode = activityReader(provider as Parameters<typeof activityReader>[0]);
  const last: Activity[] = [];
  for await (const line of new FileTail(log).lines()) {
    last.push(...decode(line).map(activityOf));
    last.splice(0, last.length - MOST_ACTIVITIES);
  }
  return last;
}

/** The begin of a regular file; null where there is none, or none that is read. */
async function textIn(file: string, most: number): Promise<{ readonly text: string; readonly is_cut: boolean } | null> {
  let reader: Reader | null;
  try {
    reader = await openReader(file);
  } catch {
    return null; // A link, say: the page shows that there is nothing.
  }
  if (reader === null) return null;
  try {
    const bytes = Buffer.alloc(Math.min(reader.size, most));
    const read = reader.read(bytes, 0);
    return { text: bytes.toString('utf8', 0, read), is_cut: reader.size > most };
  } finally {
    reader.close();
  }
}
