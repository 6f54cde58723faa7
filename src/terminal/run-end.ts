import { Problem } from '../core/problem.ts';
import { screenText } from '../core/screen.ts';
import type { RunState } from '../core/state.ts';
import type { RunStatus } from '../core/vocabulary.ts';
import { endLines } from '../inspect/end-text.ts';
import { fileFromHere } from '../inspect/resume-command.ts';
import { viewRun } from '../inspect/run-view.ts';
import { statusDocument } from '../inspect/status-document.ts';
import { whyEnded } from '../inspect/why-ended.ts';
import type { RunEnd } from '../run/drive.ts';
import { relativeTo, runLayout, stateFiles, taskFiles } from '../store/layout.ts';
import { findRun } from '../store/tasks/lookup.ts';
import type { Screen } from './screen-output.ts';
import { whyUnverified } from '../core/report/verdict.ts';

/** A run that has ended, and where. */
export interface EndedRun {
  readonly workspace: string;
  readonly taskId: string;
  readonly runId: string;
  readonly end: RunEnd;
}

/** How a run ended, what it made and took, and what it left: the last lines on standard output, the same that `status` shows. */
export async function reportEnd(screen: Screen, ended: EndedRun): Promise<void> {
  const { status, reason, state, leftUncommitted, withTokens, redacted } = ended.end;
  const lines = state.spent.turns > 0 ? await linesOf(ended) : [];
  if (lines.length > 0) screen.line('');
  for (const line of lines) screen.line(line);
  if (lines.length === 0 && leftUncommitted.length > 0) screen.warn(`left uncommitted: ${leftUncommitted.join(', ')}`);
  if (redacted.length > 0) screen.warn(`committed without what looks like a secret in them: ${redacted.join(', ')}`);
  if (withTokens.length > 0) {
    screen.warn(`committed with what looks like a new secret: ${withTokens.join(', ')}; look at them before you push`);
  }
  if (state.checks.reported !== null) screen.line(`[*] Report: ${fileFromHere(ended.workspace, reportOf(ended))}`);
  const text = screenText(whyEnded(ended, { reason, depth: state.run.depth }) ?? MEANING[status]);
  if (status === 'success') screen.line(`[SUCCESS] ${text}${verifiedText(state)}`);
  else if (status === 'fatal_error') screen.err(`error: ${text}\n`);
  else screen.line(`[${MARKS[status]}] ${text}`);
}

/** Relative to the workspace. */
function reportOf({ workspace, taskId, runId }: EndedRun): string {
  const { run } = runLayout(taskFiles(stateFiles(workspace), taskId), runId);
  return relativeTo(workspace, `${run}/report.html`);
}

/** Whether the success was shown by checks; of older runs nothing is said. */
function verifiedText(state: RunState): string {
  const { isWanted, reported, resolved } = state.checks;
  if (!isWanted) return '';
  if (reported?.verified === true) {
    const number = resolved?.checks.length ?? 0;
    return `, verified by ${number === 1 ? 'a check' : `${number} checks`}`;
  }
  return `, not verified: ${whyUnverified(state)}`;
}

/** None where the log cannot tell: the end itself is said all the same. */
async function linesOf({ workspace, taskId, runId }: EndedRun): Promise<readonly string[]> {
  try {
    const found = await findRun({ workspace, taskId, runId });
    return endLines(await statusDocument(workspace, await viewRun(workspace, found)));
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}

const MARKS: Readonly<Record<Exclude<RunStatus, 'success' | 'fatal_error'>, string>> = {
  failed: 'FAILED',
  blocked: 'BLOCKED',
  needs_followup: 'FOLLOW-UP',
  paused: 'PAUSED',
  interrupted: 'INTERRUPTED',
  unverified: 'UNVERIFIED',
};

const MEANING: Readonly<Record<RunStatus, string>> = {
  success: 'every enabled pair is complete',
  failed: 'a pair was not completed',
  fatal_error: 'the run cannot go on',
  blocked: 'an agent says that it is blocked',
  needs_followup: 'the audit found gaps, and no further run was started',
  paused: 'the run waits',
  interrupted: 'stopped by the operator',
  unverified: 'every enabled pair is complete, and not proven',
};
