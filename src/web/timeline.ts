import type { RunEvent } from '../core/events.ts';
import type { Row, TurnRow } from './documents.ts';

/** Folds a log into the rows of the page: a row a turn, and one for each fact between turns that has a sentence. */
export class Timeline {
  readonly #sentence: (event: RunEvent) => string | null;
  readonly #rows: Row[] = [];
  /** By place of the row: the seq of the event that made or changed it last. */
  readonly #changedAt: number[] = [];
  /** Where the last turn stands among the rows. */
  #last = -1;

  constructor(sentence: (event: RunEvent) => string | null) {
    this.#sentence = sentence;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** The rows that were made or changed after this event, oldest first. */
  since(seq: number): readonly Row[] {
    return this.#rows.filter((_, at) => (this.#changedAt[at] ?? 0) > seq);
  }

  /** The row of a turn; null: there is no such turn. */
  turn(number: number): TurnRow | null {
    return this.#rows.find((row): row is TurnRow => row.kind === 'turn' && row.turn === number) ?? null;
  }

  /** The rows that this event made or changed. */
  take(event: RunEvent): readonly Row[] {
    switch (event.event_type) {
      case 'turn_started':
        this.#last = this.#rows.length;
        return this.#add(turnRow(event));
      case 'phase_finished':
        // The first releases did not log the begin of a turn.
        if (!this.#hasOpenTurn) return this.#fact(event);
        return this.#change(event, (row) => ({
          ...row,
          ended_at: event.ts,
          duration_ms: event.duration_ms ?? null,
          outcome: outcomeWord(event),
          changed: event.outcome?.changed ?? null,
          tokens: tokensOf(event),
          cost_usd: event.usage?.costUsd ?? null,
        }));
      case 'turn_interrupted':
        return this.#change(event, (row) => ({
          ...row,
          ended_at: event.ts,
          duration_ms: event.duration_ms ?? null,
          outcome: event.reason,
          cost_usd: event.usage?.costUsd ?? null,
        }));
      case 'checkpoint':
      case 'edits_recovered': {
        const { commit } = event;
        if (commit === null || this.#last < 0) return [];
        return this.#change(event, (row) => ({ ...row, commits: [...row.commits, commit] }));
      }
      case 'pair_started': {
        const { seq, ts: at, event_type: type, pair, phase_id: phase } = event;
        const text = phase === null || phase === undefined ? pair : `${pair} ${phase}`;
        return this.#add({ kind: 'fact', key: `e${String(seq)}`, seq, at, type, text });
      }
      // What every turn says of itself.
      case 'cycle_started':
      case 'session_identified':
        return [];
      default:
        return this.#fact(event);
    }
  }

  /** At most `most` rows whose event is older than `seq`, oldest first, and whether there are older ones still. */
  before(seq: number, most: number): { readonly rows: readonly Row[]; readonly hasEarlier: boolean } {
    const end = this.#rows.findIndex((row) => row.seq >= seq);
    const older = end < 0 ? this.#rows : this.#rows.slice(0, end);
    return { rows: older.slice(-most), hasEarlier: older.length > most };
  }

  get #hasOpenTurn(): boolean {
    const row = this.#rows[this.#last];
    return row?.kind === 'turn' && row.ended_at === null;
  }

  #fact(event: RunEvent): readonly Row[] {
    const text = this.#sentence(event);
    if (text === null) return [];
    const { seq, ts: at, event_type: type } = event;
    return this.#add({ kind: 'fact', key: `e${String(seq)}`, seq, at, type, text });
  }

  #add(row: Row): readonly Row[] {
    this.#changedAt.push(row.seq);
    this.#rows.push(row);
    return [row];
  }

  #change({ seq }: RunEvent, change: (row: TurnRow) => TurnRow): readonly Row[] {
    const row = this.#rows[this.#last];
    if (row?.kind !== 'turn') return [];
    const changed = change(row);
    this.#rows[this.#last] = changed;
    this.#changedAt[this.#last] = seq;
    return [changed];
  }
}

function turnRow(event: Extract<RunEvent, { event_type: 'turn_started' }>): TurnRow {
  const { seq, ts, turn, pair, phase: role, cycle, attempt, provider, model } = event;
  return {
    kind: 'turn',
    key: `t${String(turn)}`,
    seq,
    turn,
    pair,
    phase_id: event.phase_id ?? null,
    role,
    cycle,
    attempt,
    provider,
    model,
    started_at: ts,
    ended_at: null,
    duration_ms: null,
    outcome: null,
    changed: null,
    tokens: null,
    cost_usd: null,
    commits: [],
  };
}

function outcomeWord({ outcome }: Extract<RunEvent, { event_type: 'phase_finished' }>): string {
  if (outcome === undefined) return 'ended'; // A log of the first releases.
  return outcome.kind === 'verdict' ? outcome.verdict : outcome.kind;
}

/** In and out together; null where the agent told neither. */
function tokensOf({ usage }: Extract<RunEvent, { event_type: 'phase_finished' }>): number | null {
  if (usage === undefined || (usage.inputTokens === null && usage.outputTokens === null)) return null;
  return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}
