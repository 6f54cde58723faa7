import { tooLong } from '../core/bounds.ts';
import type { CommandKind, OrderKind, Sender } from '../core/command.ts';
import { Problem } from '../core/problem.ts';
import { waitingApproval, waitingQuestion } from '../inspect/standing.ts';
import { type RunView, viewRun } from '../inspect/run-view.ts';
import { inboxOf } from '../store/inbox.ts';
import type { FoundRun } from '../store/tasks/lookup.ts';
import { resumeApart } from './resume-apart.ts';

export interface Order {
  readonly kind: OrderKind;
  readonly text: string | null;
  /** What an answer or approval is for, as the sender saw it; null: what waits now. */
  readonly for: string | null;
  readonly by: Sender;
}

/** What came of it: the id of a command that waits now (null: it was a deed of ours), and that in words for a person. */
export interface Sent {
  readonly id: string | null;
  readonly text: string;
}

/**
 * Tells a run something. Nothing here writes its log: the process that works on it does. Rejects with a usage Problem where the run
 * cannot take the order: it is complete, no such question waits, another machine works on it.
 */
export async function send(workspace: string, run: FoundRun, order: Order): Promise<Sent> {
  const view = await viewRun(workspace, run);
  refuseImpossible(view, order);
  if (order.kind === 'approve' || order.kind === 'reject') refuseApproval(view, order);
  if (order.kind === 'stop') return stop(view);
  if (order.kind === 'resume') {
    await resumeApart(workspace, view);
    return { id: null, text: 'resumed' };
  }
  const { kind, by } = order;
  const text = textOf(order);
  const { id } = await inboxOf(workspace, run.runId).put({ kind, text, for: order.for ?? whatWaits(view, order), by });
  return { id, text: KEPT[kind] };
}

const KEPT: Readonly<Record<CommandKind, string>> = {
  note: 'kept: the next turn takes it',
  answer: 'kept: the run takes it as soon as it asks',
  pause: 'kept: the run pauses after this turn',
  approve: 'kept: the run goes on with this plan',
  reject: 'kept: the plan goes back with your words',
};

function textOf({ kind, text }: Order): string | null {
  const said = text?.trim() ?? '';
  if (said === '' && (kind === 'note' || kind === 'answer' || kind === 'reject')) {
    throw new Problem('usage', `${kind}: the text is empty`);
  }
  const flaw = tooLong(said);
  if (flaw !== null) throw new Problem('usage', `${kind}: ${flaw}`);
  return said === '' ? null : said;
}

function refuseImpossible({ found, standing, holder, known: { state } }: RunView, { kind, for: seen }: Order): void {
  const name = found.runId;
  if (standing === 'success') throw impossible(name, `${kind}: ${name} is complete`);
  if (standing === 'running' && holder?.alive === null) {
    throw new Problem('usage', `${kind}: another machine works on ${name}: ${holder.host}`, 'Send it from there.');
  }
  if (kind === 'stop' && standing !== 'running') throw impossible(name, `stop: no process works on ${name}`);
  // A run that stopped goes on by being resumed, and a pause from before that is void.
  if (kind === 'pause' && standing !== 'running' && standing !== 'not_started') {
    throw impossible(name, `pause: no process works on ${name}`);
  }
  if (kind === 'resume' && standing === 'running') throw new Problem('usage', `resume: ${name} is at work already`);
  if (kind === 'answer' && waitingQuestion(state) === null)
    throw impossible(name, `answer: no question of ${name} waits`);
  if (kind === 'answer' && seen !== null && seen !== String(waitingQuestion(state)?.seq)) {
    throw new Problem(
      'usage',
      `answer: that question of ${name} does not wait any more`,
      'Read the one that waits: autoloop status.',
    );
  }
}

function impossible(runId: string, why: string): Problem {
  return new Problem('usage', why, `What it waits for, and what goes on with it: autoloop status --run-id ${runId}`);
}

/** A plan is approved or sent back only as the one that waits; the run looks at its content once more. */
function refuseApproval({ found, known: { state } }: RunView, { kind, for: seen }: Order): void {
  const sha256 = waitingApproval(state);
  if (sha256 === null) throw impossible(found.runId, `${kind}: no plan of ${found.runId} waits for approval`);
  if (seen === null || seen === sha256) return;
  throw new Problem(
    'usage',
    `${kind}: the plan that waits is another one than that which was seen`,
    'Read it again: autoloop status.',
  );
}

/** What an order is for that does not say: the question or the plan that waits now. */
function whatWaits({ known: { state } }: RunView, { kind }: Order): string | null {
  if (kind === 'approve' || kind === 'reject') return waitingApproval(state);
  const question = kind === 'answer' ? waitingQuestion(state) : null;
  return question === null ? null : String(question.seq);
}

/** The process that the lock names is asked to stop; that it is this process and no other was seen when the view was made. */
function stop({ holder, found }: RunView): Sent {
  if (holder?.alive !== true) throw new Problem('usage', `stop: no process of this machine works on ${found.runId}`);
  process.kill(holder.pid, 'SIGINT');
  return { id: null, text: 'stopping: the turn that is under way is ended and its edits are kept' };
}
