import { setTimeout as delay } from 'node:timers/promises';
import type { Decided } from '../core/decided.ts';
import type { EventOf, RunEvent } from '../core/events.ts';
import { inTurn } from '../core/in-turn.ts';
import { type LockHolder, lockHolder } from '../inspect/lock-holder.ts';
import { looks } from '../inspect/looks.ts';
import { RunCursor } from '../inspect/run-cursor.ts';
import { layoutOf } from '../inspect/run-view.ts';
import { sentenceOf } from '../inspect/sentences.ts';
import { isLive, standingOf } from '../inspect/standing.ts';
import { statusDocument, type StatusDocument } from '../inspect/status-document.ts';
import { pendingOf } from '../inspect/waiting.ts';
import { TurnDeeds } from '../inspect/turn-deeds.ts';
import type { RunLayout } from '../store/layout.ts';
import type { FoundRun } from '../store/tasks/lookup.ts';
import { activityOf, MOST_ACTIVITIES } from './activity.ts';
import type { Activity, Place, RunMessage } from './documents.ts';
import { paperNames } from './papers.ts';
import { Readers } from './readers.ts';
import { Timeline } from './timeline.ts';

/** Rows beyond so many are loaded anew instead of told one by one. */
const MOST_MISSED = 1_000;
/** How long a folder that cannot be watched is left alone. */
const AGAIN_MS = 1_000;
/** How old the answer of git may be for a run that stopped. */
const REST_MS = 10_000;

type Tell = (message: RunMessage, place: Place) => void;

interface OpenTurn {
  readonly turn: number;
  readonly begun: EventOf<'turn_started'>;
  /** Null until somebody looks: of thousands of turns in a log only the last one is open. */
  deeds: TurnDeeds | null;
  /** The last ones, and how many there were in all. */
  readonly activities: Activity[];
  told: number;
}

/** One reader of a run's files for all pages that show it: the log is read once. Takes no lock and writes nothing. */
export class RunHub {
  readonly timeline = new Timeline((event) => sentenceOf(event)?.text ?? null);
  readonly run: FoundRun;
  readonly workspace: string;
  readonly #cursor: RunCursor;
  readonly #readers = new Readers<Tell>((stop) => this.#watch(stop));
  readonly #queued = inTurn();
  #turn: OpenTurn | null = null;
  #status: StatusDocument | null = null;
  #papers: readonly string[] = [];
  /** Until when a run that stopped is taken for unchanged, as long as log, lock and inbox are. */
  #rest = { seen: '', until: 0 };
  /** By turn: what it was told first, where it was told anything. */
  readonly #notes = new Map<number, readonly string[]>();

  constructor(workspace: string, run: FoundRun) {
    this.workspace = workspace;
    this.run = run;
    this.#cursor = new RunCursor(this.#layout.events);
  }

  get place(): Place {
    return `${String(this.#seq)}.${String(this.#turn?.turn ?? 0)}.${String(this.#turn?.told ?? 0)}`;
  }

  get #layout(): RunLayout {
    return layoutOf(this.workspace, this.run);
  }

  get #seq(): number {
    return this.#cursor.known.state.seq;
  }

  get isRead(): boolean {
    return this.#readers.isAny;
  }

  get openTurn(): { readonly turn: number; readonly activities: readonly Activity[] } | null {
    return this.#turn && { turn: this.#turn.turn, activities: this.#turn.activities };
  }

  get papers(): readonly string[] {
    return this.#papers;
  }

  /** What was asked and decided so far, first to last. */
  get decisions(): readonly Decided[] {
    return this.#cursor.known.state.decided;
  }

  /** What a turn was told first: answers, notes of the operator, what the turn before got wrong. */
  notesOf(turn: number): readonly string[] {
    return this.#notes.get(turn) ?? [];
  }

  /** How the run stands now. */
  async status(): Promise<StatusDocument> {
    await this.look();
    if (this.#status === null) throw new Error('a run that was looked at has a status');
    return this.#status;
  }

  /** Tells what was missed since `place`, then what comes, until the returned function is called. */
  async follow(place: Place, tell: Tell): Promise<() => void> {
    await this.look();
    const [seq = 0, turn = 0, told = 0] = place.split('.').map((part) => Math.max(0, Number(part) || 0));
    const missed = this.timeline.since(seq);
    if (missed.length > MOST_MISSED || seq > this.#seq) tell({ kind: 'reload' }, this.place);
    else {
      if (missed.length > 0) tell({ kind: 'rows', rows: missed }, this.place);
      this.#missedActivities(turn, told, tell);
    }
    if (this.#status !== null) tell({ kind: 'status', status: this.#status, papers: this.#papers }, this.place);
    return this.#readers.add(tell);
  }

  /** Whoever reads hears nothing more; a look still reads what is new. */
  close(): void {
    this.#readers.close();
  }

  /** Reads what is new, and tells it. One look at a time. */
  async look(): Promise<void> {
    // The lock first: whoever is gone by then has written all that the log will hold.
    await this.#lookAs(await lockHolder(this.#layout.task.state));
  }

  #lookAs(holder: LockHolder | null): Promise<void> {
    return this.#queued(() => this.#look(holder));
  }

  /** What cannot be read or watched now is tried again: an agent may be in the middle of mending it. */
  async #watch(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        for await (const holder of looks(this.#layout, { stop, isFollowing: true })) {
          await this.#lookAs(holder).catch(() => undefined);
        }
      } catch {
        await delay(AGAIN_MS, undefined, { signal: stop }).catch(() => undefined);
      }
    }
  }

  async #look(holder: LockHolder | null): Promise<void> {
    const layout = this.#layout;
    this.#readEvents();
    await this.#readActivities();
    const { known } = this.#cursor;
    const standing = standingOf(known.state, holder, this.run.runId);
    const pending = await pendingOf(this.workspace, this.run.runId);
    const seen = JSON.stringify([known.state.seq, holder, standing, pending]);
    // What came of a run that stopped is asked of git: not at each look where nothing else has changed.
    if (!isLive(standing) && seen === this.#rest.seen && performance.now() < this.#rest.until) return;
    this.#rest = { seen, until: performance.now() + REST_MS };
    const view = { found: this.run, layout, known, holder, standing };
    const status = await statusDocument(this.workspace, view);
    const papers = paperNames(status.files);
    if (JSON.stringify([status, papers]) === JSON.stringify([this.#status, this.#papers])) return;
    this.#status = status;
    this.#papers = papers;
    this.#tell({ kind: 'status', status, papers });
  }

  #readEvents(): void {
    const rows = new Map<string, ReturnType<Timeline['take']>[number]>();
    for (const event of this.#cursor.read()) {
      for (const row of this.timeline.take(event)) rows.set(row.key, row);
      if (event.event_type === 'turn_started') this.#begin(event);
      if (event.event_type === 'run_finished') this.#turn = null;
    }
    if (rows.size > 0) this.#tell({ kind: 'rows', rows: [...rows.values()] });
  }

  #begin(event: EventOf<'turn_started'> & RunEvent): void {
    this.#turn = { turn: event.turn, begun: event, deeds: null, activities: [], told: 0 };
    // The event leaves the notes as they are: its end forgets them.
    const { notes } = this.#cursor.known.state;
    if (notes.length > 0) this.#notes.set(event.turn, notes);
  }

  async #readActivities(): Promise<void> {
    const turn = this.#turn;
    if (turn === null) return;
    turn.deeds ??= new TurnDeeds(this.#layout, turn.begun);
    for await (const deed of turn.deeds.read()) {
      const activity = activityOf(deed);
      turn.told += 1;
      turn.activities.push(activity);
      if (turn.activities.length > MOST_ACTIVITIES) turn.activities.shift();
      this.#tell({ kind: 'activity', turn: turn.turn, activity });
    }
  }

  #missedActivities(turn: number, told: number, tell: Tell): void {
    const open = this.#turn;
    if (open === null) return;
    const known = open.turn === turn ? told : 0;
    const missed = open.activities.slice(Math.max(0, open.activities.length - (open.told - known)));
    for (const activity of missed) tell({ kind: 'activity', turn: open.turn, activity }, this.place);
  }

  #tell(message: RunMessage): void {
    for (const tell of this.#readers) tell(message, this.place);
  }
}
