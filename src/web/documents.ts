import type { OrderKind } from '../core/command.ts';
import type { Decided } from '../core/decided.ts';
import type { ActivityDocument, StatusDocument } from '../inspect/status-document.ts';

/**
 * What the page's server answers, all with `version` 1 (docs/json.md, docs/watch.md). Times are ISO 8601, durations milliseconds,
 * costs US dollars; null is unknown or none. Texts are redacted, and signs that a screen would act upon are made visible.
 */

/** A turn, or a fact between turns, as the page lists it. `key` is stable: a later row of the same key replaces it. */
export type Row = TurnRow | FactRow;

export interface TurnRow {
  readonly kind: 'turn';
  readonly key: string;
  /** Of the event that began the turn. */
  readonly seq: number;
  readonly turn: number;
  readonly pair: string;
  readonly phase_id: string | null;
  readonly role: string;
  readonly cycle: number;
  readonly attempt: number;
  readonly provider: string;
  readonly model: string | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly duration_ms: number | null;
  /** `produced`, `question`, `complete`, `incomplete`, `blocked`, `empty`, `unreadable`, `ended`; of a lost turn why it was lost; null: it goes on. */
  readonly outcome: string | null;
  readonly changed: boolean | null;
  readonly tokens: number | null;
  readonly cost_usd: number | null;
  /** The checkpoints that hold what the turn changed. */
  readonly commits: readonly string[];
}

export interface FactRow {
  readonly kind: 'fact';
  readonly key: string;
  readonly seq: number;
  readonly at: string;
  /** The type of the event. */
  readonly type: string;
  readonly text: string;
}

/** What an agent ran, changed or said, as `logs` tells it. */
export interface Activity {
  readonly kind: ActivityDocument['kind'];
  readonly text: string;
}

/** Where a page has seen a run up to: `SEQ.TURN.N`, the last event, the open turn, how many of its activities were told. */
export type Place = string;

export interface RunAnswer {
  readonly version: 1;
  readonly place: Place;
  readonly read_only: boolean;
  readonly status: StatusDocument;
  /** The last ones, oldest first. */
  readonly rows: readonly Row[];
  readonly has_earlier: boolean;
  /** The turn that goes on, with what its agent did last. */
  readonly open_turn: { readonly turn: number; readonly activities: readonly Activity[] } | null;
  /** Names of the papers that there are, for `file?name=`. */
  readonly papers: readonly string[];
}

export interface RowsAnswer {
  readonly version: 1;
  readonly rows: readonly Row[];
  readonly has_earlier: boolean;
}

export interface TurnAnswer {
  readonly version: 1;
  readonly row: TurnRow;
  /** The agent's final text. */
  readonly text: string | null;
  readonly activities: readonly Activity[];
  /** What the turn was told first: answers, notes, errors of the turn before. */
  readonly notes: readonly string[];
}

export interface PatchAnswer {
  readonly version: 1;
  readonly commit: string;
  /** A unified diff, cut where it is longer than 1 MB. */
  readonly text: string;
  readonly is_cut: boolean;
}

export interface FileAnswer {
  readonly version: 1;
  readonly name: string;
  readonly text: string;
  readonly is_cut: boolean;
}

/** The report of the run as it was written last (null: it was not), and the decisions up to now. */
export interface ReportAnswer {
  readonly version: 1;
  readonly markdown: string | null;
  /** A page of its own, without script, to be kept. */
  readonly html: string | null;
  readonly decisions: readonly Decided[];
}

export interface TaskRow {
  readonly task_id: string;
  readonly created_at: string | null;
  readonly runs: number;
  readonly run_id: string | null;
  readonly status: string | null;
  /** Whether a person is needed before anything goes on. */
  readonly needs_person: boolean;
  readonly where: string | null;
  readonly since: string | null;
  /** Of the latest run: those that ended. */
  readonly turns: number;
  /** US dollars, as far as agents say; null: none does. */
  readonly cost_usd: number | null;
}

export interface TasksAnswer {
  readonly version: 1;
  readonly workspace: string;
  readonly tasks: readonly TaskRow[];
}

/** What a feed sends while things go on. */
export type RunMessage =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'activity'; readonly turn: number; readonly activity: Activity }
  | { readonly kind: 'status'; readonly status: StatusDocument; readonly papers: readonly string[] }
  /** Too much was missed to be told piece by piece. */
  | { readonly kind: 'reload' }
  /** Another window of this browser took this one's place. */
  | { readonly kind: 'elsewhere' };

export type TasksMessage =
  | { readonly kind: 'tasks'; readonly tasks: readonly TaskRow[] }
  | { readonly kind: 'reload' }
  | { readonly kind: 'elsewhere' };

export interface CommandRequest {
  readonly kind: OrderKind;
  readonly text?: string;
  /** Of an answer the `seq` of its question, of an approval the hash of the plan that was seen. */
  readonly for?: string;
}

export interface CommandAnswer {
  readonly version: 1;
  readonly id: string | null;
  /** What came of it, for a person. */
  readonly text: string;
}

export interface ErrorAnswer {
  readonly version: 1;
  readonly error: string;
}
