import type { RunView } from './run-view.ts';
import type { PendingDocument } from './waiting.ts';
import { waitingApproval, waitingQuestion } from './standing.ts';

/** Why nothing goes on without somebody: a question, a plan to approve, the end of the run, its death, that nobody began it. */
export type Need = 'question' | 'approval' | 'ended' | 'crashed' | 'not_started';

/**
 * What a run needs somebody for; null: it works, or it has been sent what it waited for. A usage limit and an answer that an agent
 * gives are waited for by the run itself. `sent` is what its inbox held before the view was made: later, what is gone from there may be
 * an event that the view does not have.
 */
export function needOf({ standing, known: { state } }: RunView, sent: readonly PendingDocument[]): Need | null {
  if (standing === 'crashed' || standing === 'not_started') return standing;
  if (standing !== 'running' && standing !== 'paused') return 'ended';
  const asks = waitingQuestion(state) !== null && state.run.settings?.runtime.fullAutoAnswers !== true;
  const need = asks ? 'question' : waitingApproval(state) === null ? null : 'approval';
  if (standing === 'paused') return need ?? 'ended';
  if (need === null) return null;
  const replies = need === 'question' ? ['answer'] : ['approve', 'reject'];
  return sent.some(({ kind }) => replies.includes(kind)) ? null : need;
}
