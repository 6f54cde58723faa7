import type { EventOf, RunEvent } from './events.ts';
import type { RunState } from './state.ts';

/** Whether files and log fit together after this event, so that a run can go back to there. */
export function canGoBackTo({ event_type: type }: RunEvent): boolean {
  return type === 'run_started' || type === 'checkpoint' || type === 'edits_recovered';
}

/** Marks the state as one that a run can go back to later. */
export function reachable(state: RunState): RunState {
  return { ...state, earlier: state };
}

/** The state after event `seq`; null: the run cannot go back to it. */
export function stateAt({ earlier }: RunState, seq: number): RunState | null {
  for (let state = earlier; state !== null && state.seq >= seq; state = state.earlier) {
    if (state.seq === seq) return state;
  }
  return null;
}

/**
 * The run stands where it stood, and waits to be resumed. What cannot be taken back stays: what was paid, the numbers of turns and
 * checkpoints, what the ledgers hold, and which commands were taken. Conversations are newer than the files, so that none goes on.
 * Total: from a state that is not known, nothing but the stop follows.
 */
export function rewound(before: RunState, event: EventOf<'run_rewound'> & RunEvent): RunState {
  const target = stateAt(before, event.to_seq);
  const { number } = event;
  const where = number === null ? 'to before the last undo' : `to checkpoint ${number}`;
  const stopped = {
    seq: event.seq,
    at: 'finished',
    finished: { status: 'interrupted', reason: `went back ${where}` },
    rewinds: before.rewinds + 1,
    earlier: before,
  } as const;
  if (target === null) return { ...before, ...stopped };
  const { run, commands, resumedAt, clarifications, decided, heard, lastTurn, spent, spentByPair, checkpoints } =
    before;
  return {
    ...target,
    ...{ run, commands, resumedAt, clarifications, decided, heard, lastTurn, spent, spentByPair, checkpoints },
    ...stopped,
    sessions: event.undoes === null ? {} : target.sessions,
    lastCommit: event.commit ?? before.lastCommit,
    limitUntil: null,
  };
}
