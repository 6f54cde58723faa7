import { quoted } from '../core/shell-word.ts';
import type { RunState } from '../core/state.ts';
import { fileFromHere, placeOption } from './resume-command.ts';

type Run = RunState['run'];

/** Why gaps led to no further run, by the name that a log has for it, and what would start one. */
const NO_FOLLOWUP: ReadonlyMap<string, { readonly why: string; wayOn(workspace: string, run: Run): string }> = new Map([
  [
    'auto_followup_disabled',
    { why: 'follow-up runs are off', wayOn: () => 'resume with --auto-followup to start one' },
  ],
  [
    'auto_followup_max_depth_reached',
    {
      why: 'the chain of follow-up runs is as long as it may be',
      wayOn: (_workspace, { depth }) => `resume with --auto-followup-max-depth ${depth + 1} or more`,
    },
  ],
  ['implement_not_enabled', { why: 'without implement nothing could close them', wayOn: startWithImplement }],
]);

function startWithImplement(workspace: string, { taskId, runId }: Run): string {
  const request = `.autoloop/tasks/${taskId}/runs/${runId ?? ''}/artifacts/audit/revised_request.md`;
  const file = quoted(fileFromHere(workspace, request));
  return `autoloop --task-id ${taskId}${placeOption(workspace)} --intent-mode replace --intent-file ${file} starts a run that can`;
}

/** Why gaps that were found led to no further run. */
export function noFollowupText(reason: string): string {
  return NO_FOLLOWUP.get(reason)?.why ?? reason.replaceAll('_', ' ');
}

/** The reason that a log gives for the end of a run, in words. */
export function reasonText(reason: string | null): string | null {
  return reason === null || !NO_FOLLOWUP.has(reason) ? reason : `the audit found gaps, and ${noFollowupText(reason)}`;
}

/** The same with the way on, where only the operator can take it. */
export function whyEnded(workspace: string, run: Run, reason: string | null): string | null {
  const wayOn = reason === null ? undefined : NO_FOLLOWUP.get(reason)?.wayOn(workspace, run);
  return wayOn === undefined ? reason : `${reasonText(reason)}: ${wayOn}`;
}
