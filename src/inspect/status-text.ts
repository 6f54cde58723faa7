import { parseTimestamp } from '../core/time.ts';
import { screenLine, screenText } from '../core/screen.ts';
import { doubtText } from './doubt-text.ts';
import { duration } from './duration.ts';
import { endLines } from './end-text.ts';
import { answerLine, approvalLines, fileFromHere } from './resume-command.ts';
import { usageLine } from './usage-text.ts';
import { timeText } from '../core/time-text.ts';
import type { PositionDocument, StatusDocument } from './status-document.ts';

/** A status for people: a few lines, safe for a terminal. `now` in ms since 1970. Ends with a newline. */
export function statusText(status: StatusDocument, now: number): string {
  const lines = [
    `Task: ${status.task_id}`,
    `Run: ${status.run_id}${chainText(status)}`,
    `Status: ${standingText(status, now)}`,
    ...(status.reason === null ? [] : [indented(status.reason)]),
    ...(status.doubt === null ? [] : [doubtText(status.doubt)]),
    ...(status.position === null ? [] : [`At: ${positionText(status.position, status.status, now)}`]),
    ...activityLines(status, now),
    ...(status.limit_until === null ? [] : [`Usage limit until: ${timeText(status.limit_until)}`]),
    ...doneLines(status),
    ...(status.end === null ? [`Usage: ${usageLine(status.usage)}`] : endLines(status)),
    `Files: ${fileFromHere(status.workspace, status.files.run)}`,
    ...status.files.artifacts.map((file) => `  ${screenLine(file.replace(`${status.files.run}/`, ''), 400)}`),
    ...(status.files.turn_log === null ? [] : [`Turn log: ${fileFromHere(status.workspace, status.files.turn_log)}`]),
    ...status.pending.map(({ kind, by }) => `${fateOf(status)}: ${screenLine(kind, 32)} (${screenLine(by, 32)})`),
    ...questionLines(status),
    ...planLines(status),
    ...(status.resume_command === null ? [] : [`Resume: ${status.resume_command}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a command that the run has not taken comes to: a run that is complete takes none. */
function fateOf({ status }: StatusDocument): string {
  return status === 'success' ? 'Not delivered' : 'Not taken yet';
}

function chainText({ chain: { parent_run_id: parent, followup_run_id: child } }: StatusDocument): string {
  const named = (relation: string, id: string | null) => (id === null ? '' : `, ${relation} ${screenLine(id, 64)}`);
  return named('follow-up of', parent) + named('followed by', child);
}

function standingText(document: StatusDocument, now: number): string {
  const { status, since, exit_code: code, process: worker, waiting } = document;
  const exit = code === null ? '' : `, exit code ${code}`;
  switch (status) {
    case 'starting':
      return `starting${worker === null ? '' : ` (pid ${worker.pid} on ${worker.host})`}${ago(since, now)}`;
    case 'running':
      return `${waiting === null ? 'running' : WAITING[waiting.kind]}${worker === null ? '' : ` (pid ${worker.pid} on ${worker.host})`}`;
    case 'crashed':
      return `stopped without saying so: its process is gone${ago(since, now)}`;
    case 'not_started':
      return 'not started';
    default:
      return `${status.replace('_', ' ')}${exit}${ago(since, now)}`;
  }
}

const WAITING = {
  question: 'waiting for an answer',
  approval: 'waiting for the plan to be approved',
  limit: 'waiting for the end of a usage limit',
} as const;

function positionText(position: PositionDocument, status: StatusDocument['status'], now: number): string {
  const { pair, phase_id: phase, cycle, max_cycles: most, role, turn, provider, since } = position;
  const parts = [
    `${pair}${phase === null ? '' : ` ${screenLine(phase, 96)}`}, cycle ${cycle} of ${most}`,
    role === null ? '' : `${role}${provider === null ? '' : ` (${provider})`}`,
    turn === null ? '' : `turn ${turn}`,
    status === 'running' ? spanText(since, now, (span) => `for ${span}`) : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function activityLines({ last_activity: last, workspace }: StatusDocument, now: number): string[] {
  if (last === null) return [];
  const text = last.text === null ? '' : screenLine(last.text.replaceAll(`${workspace}/`, ''), 200);
  const what = text === '' ? last.kind : `${last.kind}: ${text}`;
  return [`Last activity: ${what}${ago(last.at, now)}`];
}

/** The end of a run tells of the phases itself. */
function doneLines({ completed, phases, end }: StatusDocument): string[] {
  const done = completed.map(({ pair, phase_id: phase }) =>
    phase === null ? pair : `${pair} ${screenLine(phase, 96)}`,
  );
  const left = phases.map(({ phase_id: id, status }) => `${screenLine(id, 96)} (${status.replace('_', ' ')})`);
  return [
    ...(done.length === 0 ? [] : [`Done: ${done.join(', ')}`]),
    ...(left.length === 0 || end !== null ? [] : [`Phases: ${left.join(', ')}`]),
  ];
}

function questionLines({ question, workspace, run_id: runId }: StatusDocument): string[] {
  if (question === null) return [];
  const { pair, role, text, answer_command: paused } = question;
  return [`Question of the ${pair} ${role}:`, indented(text), answerLine({ workspace, runId }, paused)];
}

/** The end of a run says it itself. */
function planLines({ waiting, end, workspace, run_id: runId }: StatusDocument): readonly string[] {
  return waiting?.kind === 'approval' && end === null ? approvalLines({ workspace, runId }) : [];
}

function indented(text: string): string {
  return screenText(text).trim().replace(/^/gm, '  ');
}

function ago(ts: string | null, now: number): string {
  return ts === null ? '' : `, ${timeText(ts)}${spanText(ts, now, (span) => ` (${span} ago)`)}`;
}

/** Nothing where the time is unknown, days ago, or ahead because another machine's clock wrote it. */
function spanText(ts: string | null, now: number, say: (span: string) => string): string {
  const at = ts === null ? null : parseTimestamp(ts);
  return at === null || at > now || now - at > LONGEST_SPAN_MS ? '' : say(duration(now - at));
}

const LONGEST_SPAN_MS = 48 * 3_600_000;
