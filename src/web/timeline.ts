import type { RunEvent } from '../core/events.ts';
import type { RunStatus } from '../core/vocabulary.ts';
import type { Row, TurnRow } from './documents.ts';

/** How a run ends whose pairs are complete. A run that only stopped is as unproven as it was before. */
const ENDS: ReadonlySet<RunStatus> = new Set(['success', 'unverified', 'needs_followup']);

/** Folds a log into the rows of the page: a row a turn, and one for each fact between turns that has a sentence. */
export class Timeline {
  readonly #sentence: (event: RunEvent) => string | null;
  readonly #rows: Row[] = [];
  /** By place of the row: the seq of the event that made or changed it last. */
  readonly #changedAt: number[] = [];
  /** Where the last turn stands among the rows. */
  #last = -1;
  /** What was weighed when the run stopped last: told where that is its end. */
  #weighed: RunEvent | null = null;
  /** The checks as they were told last: each start finds them again. */
  #checks: string | null = null;

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
      case 'pair_started':
        return this.#fact(event, event.seq, `${event.pair} ${event.phase_id ?? ''}`.trim());
      // What every turn says of itself.
      case 'cycle_started':
      case 'session_identified':
        return [];
      case 'checks_resolved': {
        const known = this.#checks;
        return (this.#checks = this.#sentence(event)) === known ? [] : this.#fact(event);
      }
      case 'evidence_reported':
        this.#weighed = event;
        return [];
      case 'run_finished':
        return [...this.#proven(event), ...this.#fact(event)];
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

  /** What was weighed before this end; of a stop nothing. */
  #proven({ seq, status }: Extract<RunEvent, { event_type: 'run_finished' }>): readonly Row[] {
    const weighed = this.#weighed;
    this.#weighed = null;
    return weighed !== null && ENDS.has(status) ? this.#fact(weighed, seq) : [];
  }

  get #hasOpenTurn(): boolean {
    const row = this.#rows[this.#last];
    return row?.kind === 'turn' && row.ended_at === null;
  }

  /** `seenAt`: the seq of the event that showed that it is to be told. */
  #fact(event: RunEvent, seenAt = event.seq, text = this.#sentence(event)): readonly Row[] {
    if (text === null) return [];
    const { seq, ts: at, event_type: type } = event;
    return this.#add({ kind: 'fact', key: `e${String(seq)}`, seq, at, type, text }, seenAt);
  }

  #add(row: Row, changedAt = row.seq): readonly Row[] {
    this.#changedAt.push(changedAt);
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
