import type { RunEvent } from '../core/events.ts';
import { Problem } from '../core/problem.ts';
import type { RunHistory } from './checkpoints.ts';
import { checkpointNamed } from './choose.ts';

/** What is asked for: a checkpoint by number or commit, to before the last turn, or the last undo taken back. */
export type UndoWish =
  { readonly kind: 'to'; readonly name: string } | { readonly kind: 'last' } | { readonly kind: 'undo' };

/** Where the run goes back to. */
export interface UndoGoal {
  /** The event after which the run stood so. */
  readonly toSeq: number;
  readonly commit: string;
  /** Of the checkpoint; null where no checkpoint of the list is meant. */
  readonly number: number | null;
  /** The undo that is taken back, with what it made and kept; null: none. */
  readonly undone: (RunEvent & { readonly event_type: 'run_rewound' }) | null;
}

/** Throws a Problem (usage) where there is nothing to go back to. */
export function undoGoal(events: readonly RunEvent[], history: RunHistory, wish: UndoWish): UndoGoal {
  if (wish.kind === 'undo') return lastUndo(events);
  if (wish.kind === 'last') return beforeLastTurn(events, history);
  const { seq, commit, number } = checkpointNamed(history, wish.name);
  if (number === history.checkpoints.at(-1)?.number && !isBehind(events, seq)) throw nothing(`checkpoint ${number}`);
  return { toSeq: seq, commit, number, undone: null };
}

/** Whether anything happened after that event that can be taken back. */
function isBehind(events: readonly RunEvent[], seq: number): boolean {
  return events.some((event) => event.seq > seq && (event.event_type === 'turn_started' || isRewind(event)));
}

function lastUndo(events: readonly RunEvent[]): UndoGoal {
  const undone = events.findLast(isRewind);
  if (undone === undefined) throw new Problem('usage', 'there is no undo of this run to take back');
  if (events.some(({ event_type: type, seq }) => type === 'turn_started' && seq > undone.seq)) {
    throw new Problem(
      'usage',
      'the run took turns since the last undo, which cannot be taken back any more',
      'autoloop undo --to N goes back to a checkpoint; autoloop checkpoints lists them.',
    );
  }
  return { toSeq: undone.seq - 1, commit: undone.head, number: null, undone };
}

const isRewind = (event: RunEvent) => event.event_type === 'run_rewound';

function beforeLastTurn(events: readonly RunEvent[], history: RunHistory): UndoGoal {
  let toSeq: number | null = null;
  let hasTurn = false;
  for (const event of backwards(events)) {
    if (event.event_type === 'turn_started') hasTurn = true;
    if (!hasTurn) continue;
    const known = history.checkpoints.find(({ seq }) => seq === event.seq);
    if (event.event_type === 'checkpoint' || event.event_type === 'edits_recovered' || known !== undefined) {
      toSeq ??= event.seq;
    }
    if (known !== undefined && toSeq !== null) {
      return { toSeq, commit: known.commit, number: known.seq === toSeq ? known.number : null, undone: null };
    }
  }
  throw hasTurn ? new Problem('usage', 'this run has no checkpoints') : nothing('the first turn');
}

/** From the last event to the first, without what was undone. */
function* backwards(events: readonly RunEvent[]): Generator<RunEvent> {
  for (let event = events.at(-1); event !== undefined;) {
    yield event;
    const before: number = event.event_type === 'run_rewound' ? event.to_seq : event.seq - 1;
    event = before === 0 ? undefined : events[before - 1];
  }
}

function nothing(where: string): Problem {
  return new Problem('usage', `nothing to undo: the run stands at ${where}`);
}
