import { dueIn } from '../core/active.ts';
import type { OpenQuestion, RunState } from '../core/state.ts';
import type { Role, RunStatus, Scope } from '../core/vocabulary.ts';
import type { LockHolder } from './lock-holder.ts';
import type { KnownRun } from './run-cursor.ts';

/**
 * How a run stands: how it ended, or `starting` (a process is about to work on it), `running`, `crashed` (it stopped without saying so),
 * `not_started` (no event yet).
 */
export type Standing = RunStatus | Live | 'crashed' | 'not_started';
/** While a process works on it. */
export type Live = 'starting' | 'running';

/** Whether a process has the run in hand. */
export function isLive(standing: Standing): standing is Live {
  return standing === 'starting' || standing === 'running';
}

/** How a log begins and ends. */
export type EndOfLog = Pick<RunState, 'at' | 'finished'>;

/** A run whose lock another machine holds counts as running until its log says that it ended. */
export function standingOf(state: EndOfLog, holder: LockHolder | null, runId: string): Standing {
  if (isAtWork(state, holder, runId)) return 'running';
  if (state.finished !== null) return state.finished.status;
  return state.at === 'unborn' ? 'not_started' : 'crashed';
}

/** Whether a process works on this run now. */
export function isAtWork(state: EndOfLog, holder: LockHolder | null, runId: string): boolean {
  if (holder?.runId !== runId) return false;
  return holder.alive ?? state.at !== 'finished';
}

/** Where a run is: its open pair, and the role whose turn it is, as far as the log tells. */
export interface Position {
  readonly scope: Scope;
  readonly cycle: number;
  readonly attempt: number;
  readonly role: Role | null;
  /** The number of the turn that was started and has no end in the log; null between turns. */
  readonly turn: number | null;
  /** When that turn began, else when the last event was logged; ISO 8601. */
  readonly since: string | null;
}

/** Null between pairs, before the first and after the last. */
export function positionOf({ state, last, turn: started }: KnownRun): Position | null {
  const { active } = state;
  if (active === null) return null;
  const { scope, cycle, attempt, turn, openQuestion } = active;
  const isOpen = turn?.stage === 'running';
  const due = active.todo.find((step) => step.do === 'take_turn');
  const role = isOpen ? turn.role : (openQuestion?.role ?? due?.role ?? turn?.role ?? null);
  const began = isOpen ? started : last;
  return { scope, cycle, attempt, role, turn: isOpen ? turn.number : null, since: began?.ts ?? null };
}

/** The question that the run cannot go on without an answer to; null when there is none. */
export function waitingQuestion(state: RunState): OpenQuestion | null {
  const { active } = state;
  return active !== null && dueIn(active)[0]?.do === 'answer' ? active.openQuestion : null;
}

/** The hash of the plan that waits for a person to approve it; null when none does. */
export function waitingApproval({ approval: { asked, approved } }: RunState): string | null {
  return approved === null ? asked : null;
}
