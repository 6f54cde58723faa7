import { screenText } from '../core/screen.ts';
import type { RunStatus } from '../core/vocabulary.ts';
import type { RunEnd } from '../run/drive.ts';
import type { Screen } from './screen-output.ts';
import { usageTable } from './usage-table.ts';

/** How a run ended, what it took, and what it left: the last lines on standard output. */
export function reportEnd(screen: Screen, end: RunEnd): void {
  const { status, reason, state, leftUncommitted } = end;
  if (leftUncommitted.length > 0) screen.warn(`left uncommitted: ${leftUncommitted.join(', ')}`);
  if (state.spent.turns > 0) {
    screen.line('');
    for (const row of usageTable(state)) screen.line(row);
  }
  const text = screenText(reason ?? MEANING[status]);
  if (status === 'success') screen.line(`[SUCCESS] ${text}`);
  else if (status === 'fatal_error') screen.err(`error: ${text}\n`);
  else screen.line(`[${MARKS[status]}] ${text}`);
}

/** The line that every end but success closes with, for people and scripts to run (spec: cli.md). */
export function resumeLine(workspace: string, { taskId, runId }: { taskId: string; runId: string }): string {
  const where = workspace === process.cwd() ? '' : ` --workspace ${quoted(workspace)}`;
  return `Resume: autoloop --resume --task-id ${taskId} --run-id ${runId}${where}`;
}

const MARKS: Readonly<Record<Exclude<RunStatus, 'success' | 'fatal_error'>, string>> = {
  failed: 'FAILED',
  blocked: 'BLOCKED',
  needs_followup: 'FOLLOW-UP',
  paused: 'PAUSED',
  interrupted: 'INTERRUPTED',
};

const MEANING: Readonly<Record<RunStatus, string>> = {
  success: 'every enabled pair is complete',
  failed: 'a pair was not completed',
  fatal_error: 'the run cannot go on',
  blocked: 'an agent says that it is blocked',
  needs_followup: 'the audit found gaps, and no further run was started',
  paused: 'the run waits',
  interrupted: 'stopped by the operator',
};

/** A word as a shell reads it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
