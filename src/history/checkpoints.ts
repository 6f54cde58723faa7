import { apply } from '../core/apply.ts';
import { subjectOf } from '../core/checkpoints.ts';
import type { EventOf, RunEvent, Totals } from '../core/events.ts';
import { scopeOf } from '../core/scope.ts';
import { type RunState, UNBORN } from '../core/state.ts';

/** A commit of a run that one can go back to. */
export interface RunCheckpoint {
  /** 0 is the baseline; counts what the log holds, also what was undone since. */
  readonly number: number;
  /** The last turn that began before it; 0 for the baseline. */
  readonly turn: number;
  readonly subject: string;
  readonly commit: string;
  /** The event up to which the log tells of the state that belongs to it. */
  readonly seq: number;
  /** What the run had taken by then. */
  readonly spent: Totals;
}

/** A turn as the log tells of it: where the branch stood when it began. */
export interface TurnSpan {
  readonly number: number;
  readonly head: string | null;
}

export interface RunHistory {
  readonly checkpoints: readonly RunCheckpoint[];
  readonly turns: readonly TurnSpan[];
  /** After the whole log. */
  readonly state: RunState;
}

/** What a run's log tells of its commits. A run without git has no checkpoints. */
export function historyOf(events: Iterable<RunEvent>): RunHistory {
  const checkpoints: RunCheckpoint[] = [];
  const turns: TurnSpan[] = [];
  let state = UNBORN;
  let began: RunState | null = null;
  for (const event of events) {
    state = apply(state, event);
    if (event.event_type === 'run_started') began ??= state;
    if (event.event_type === 'turn_started') {
      const { turn, head } = event;
      // The baseline is committed before the first turn, and no event tells of it: the turn began on it.
      if (turns.length === 0 && head !== null && began !== null) checkpoints.push(baseline(head, began));
      turns.push({ number: turn, head });
    }
    const made = commitOf(event);
    if (made === null) continue;
    const turn = turns.at(-1)?.number ?? 0;
    checkpoints.push({ number: checkpoints.length, turn, ...made, seq: event.seq, spent: state.spent });
  }
  return { checkpoints, turns, state };
}

function baseline(commit: string, began: RunState): RunCheckpoint {
  return { number: 0, turn: 0, subject: 'autoloop: baseline', commit, seq: began.seq, spent: began.spent };
}

function commitOf(event: RunEvent): { subject: string; commit: string } | null {
  if (event.event_type !== 'checkpoint' && event.event_type !== 'edits_recovered') return null;
  const { commit } = event;
  if (commit === null) return null;
  return { commit, subject: event.event_type === 'checkpoint' ? event.subject : recoveredSubject(event) };
}

/** Recovered edits are committed under the subject of the turn that made them. */
function recoveredSubject({ pair, phase_id, phase, cycle, attempt }: EventOf<'edits_recovered'>): string {
  const kind = phase === 'producer' ? 'producer_edits' : 'verifier_feedback';
  return subjectOf({ kind, place: { scope: scopeOf(pair, phase_id), cycle, attempt, role: phase } });
}
