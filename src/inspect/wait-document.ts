import { screenLine, screenText } from '../core/screen.ts';
import type { Need } from './need.ts';
import { questionDocument, type QuestionDocument } from './status-document.ts';
import { answerLine, approvalLines, cyclesToGoOn, resumeCommand } from './resume-command.ts';
import type { RunView } from './run-view.ts';
import { isLive, type Standing } from './standing.ts';
import { waitingDocument, type WaitingDocument } from './waiting.ts';
import { whyEnded } from './why-ended.ts';
import type { Waited } from './wait-for-run.ts';

/** What `autoloop wait --json` prints (docs/json.md). */
export interface WaitDocument {
  readonly version: 1;
  readonly task_id: string;
  /** The run that was waited for, or the last of its follow-ups. */
  readonly run_id: string;
  /** The `seq` of its last event: where a further wait goes on. */
  readonly place: number;
  readonly status: Standing;
  /** Null: the time was over before it needed anybody. */
  readonly need: Need | null;
  readonly reason: string | null;
  readonly exit_code: number;
  readonly waiting: WaitingDocument | null;
  readonly question: QuestionDocument | null;
  readonly resume_command: string | null;
}

export function waitDocument(workspace: string, { view, need }: Waited): WaitDocument {
  const { found, known, standing } = view;
  const { taskId, runId } = found;
  const { finished, run } = known.state;
  const why = whyEnded({ workspace, taskId, runId }, { reason: finished?.reason ?? null, depth: run.depth });
  return {
    version: 1,
    task_id: taskId,
    run_id: runId,
    place: known.state.seq,
    status: standing,
    need,
    reason: need === 'ended' || need === 'question' || need === 'approval' ? why : null,
    exit_code: exitCodeOf(view, need),
    waiting: waitingDocument(view),
    question: questionDocument(workspace, view),
    resume_command: resumeCommand({ workspace, taskId, runId }, standing, cyclesToGoOn(known.state)),
  };
}

/** The run's own; of one that waits in its process that of a pause, of one that died that of an error. */
function exitCodeOf({ standing, known }: RunView, need: Need | null): number {
  if (need === null) return 0;
  if (isLive(standing)) return 4;
  return known.exitCode ?? 1;
}

/** The same for people: the status first, then what is needed. Ends with a newline. */
export function waitText(workspace: string, document: WaitDocument): string {
  const { run_id: runId, need, status, reason, question, waiting, resume_command: resume } = document;
  if (need === null) return `${status.replace('_', ' ')}\n`;
  const lines = [
    need === 'question' || need === 'approval' ? need : status.replace('_', ' '),
    ...(need === 'ended' && reason !== null ? [screenLine(reason, 400)] : []),
    ...(need === 'question' && question !== null
      ? [screenText(question.text), answerLine({ workspace, runId }, question.answer_command)]
      : []),
    ...(need === 'approval' && waiting !== null ? approvalLines({ workspace, runId }) : []),
    ...(resume === null || need === 'question' || need === 'approval' ? [] : [`Resume: ${resume}`]),
  ];
  return `${lines.join('\n')}\n`;
}
