import { screenLine } from '../core/screen.ts';
import { placeOption } from '../inspect/resume-command.ts';
import { timeText } from '../core/time-text.ts';
import type { BatchLine } from '../store/batch-log.ts';
import type { QueuedTask } from './queue.ts';
import { whyEnded } from './task-row.ts';

const MOST = 200;

/** What is told of how a task stands: a key that changes with it, and a line; null: nothing to tell. */
export function tellingOf(task: QueuedTask): { readonly key: string; readonly text: string | null } {
  const { intent, look, standing, process } = task;
  const { taskId } = intent;
  switch (standing.is) {
    case 'due':
      return { key: '', text: null };
    case 'working': {
      // Its process stays for the answer, or is about to pause for it: what is asked is told once.
      const question = standing.isWaiting ? (look?.question ?? null) : null;
      if (question !== null) return { key: `asks ${look?.seq ?? 0}`, text: questionText(task) };
      if (standing.isWaiting) return { key: 'limit', text: `[*] ${taskId} waits for the end of a usage limit` };
      return {
        key: 'working',
        text: process === null ? `[*] ${taskId} is at work in another process, and waited for` : null,
      };
    }
    case 'limited': {
      const until =
        standing.until === null
          ? 'nobody knows until when'
          : `until ${timeText(new Date(standing.until).toISOString())}`;
      return {
        key: `limited ${standing.until ?? ''}`,
        text: `[*] ${taskId} waits for the usage limit of ${standing.provider}, ${until}`,
      };
    }
    case 'parked':
      return { key: `parked ${look?.seq ?? 0}`, text: questionText(task) };
    case 'ended':
      return { key: `ended ${standing.code} ${look?.seq ?? 0}`, text: endText(task, standing.code) };
  }
}

function questionText({ intent, look }: QueuedTask): string {
  const place = placeOption(look?.workspace ?? '');
  const isPlan = look?.question === 'the plan waits for approval';
  const command = isPlan
    ? `autoloop approve --task-id ${intent.taskId}`
    : `autoloop answer TEXT --task-id ${intent.taskId}`;
  return `[AGENT QUESTION] ${intent.taskId}: ${screenLine(look?.question ?? '', MOST)}\n    ${command}${place}`;
}

const MARKS: Readonly<Record<string, string>> = {
  failed: '[FAILED]',
  blocked: '[BLOCKED]',
  needs_followup: '[FOLLOW-UP]',
  paused: '[PAUSED]',
  interrupted: '[INTERRUPTED]',
};

function endText({ intent, look, note, output, refusal }: QueuedTask, code: number): string {
  if (code === 0) return `[SUCCESS] ${intent.taskId}`;
  const why = whyEnded(look, refusal) ?? note;
  const mark = MARKS[look?.standing ?? ''] ?? '[FAILED]';
  const log = (look === null || refusal !== null) && output !== null ? `\n    What it printed is in ${output}` : '';
  return `${mark} ${intent.taskId}${why === null ? '' : `: ${screenLine(why, MOST)}`}${log}`;
}

/** The line of the batch's file for how a task stands now; null: it has none. */
export function stepOf({ intent, look, standing }: QueuedTask): Omit<BatchLine, 'ts'> | null {
  const named = { task: intent.taskId, ...(look === null ? {} : { run_id: look.runId }) };
  switch (standing.is) {
    case 'ended':
      return { step: 'ended', ...named, code: standing.code };
    case 'parked':
      return { step: 'parked', ...named };
    case 'limited': {
      const { until } = standing;
      return { step: 'limited', ...named, ...(until === null ? {} : { until: new Date(until).toISOString() }) };
    }
    default:
      return null;
  }
}
