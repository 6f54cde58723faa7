import path from 'node:path';
import { quoted } from '../core/shell-word.ts';
import { relativeTo, runLayout, stateFiles, taskFiles } from '../store/layout.ts';
import { fileFromHere, type NamedRun, placeOption } from './resume-command.ts';

interface NoFollowup {
  readonly why: string;
  /** What would start one. */
  wayOn(run: NamedRun, depth: number): string;
}

/** Why gaps led to no further run, by the name that a log has for it. */
const NO_FOLLOWUP: ReadonlyMap<string, NoFollowup> = new Map<string, NoFollowup>([
  [
    'auto_followup_disabled',
    { why: 'follow-up runs are off', wayOn: () => 'resume with --auto-followup to start one' },
  ],
  [
    'auto_followup_max_depth_reached',
    {
      why: 'the chain of follow-up runs is as long as it may be',
      wayOn: (_run, depth) => `resume with --auto-followup-max-depth ${depth + 1} or more`,
    },
  ],
  ['implement_not_enabled', { why: 'without implement nothing could close them', wayOn: startWithImplement }],
]);

function startWithImplement({ workspace, taskId, runId }: NamedRun): string {
  const layout = runLayout(taskFiles(stateFiles(workspace), taskId), runId);
  const request = path.join(layout.artifactDir({ pair: 'audit', phaseId: null }), 'revised_request.md');
  const file = quoted(fileFromHere(workspace, relativeTo(workspace, request)));
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

/** The same with the way on, where only the operator can take it. `depth`: how many runs of its chain were before it. */
export function whyEnded(run: NamedRun, { reason, depth }: { reason: string | null; depth: number }): string | null {
  const wayOn = reason === null ? undefined : NO_FOLLOWUP.get(reason)?.wayOn(run, depth);
  return wayOn === undefined ? reason : `${reasonText(reason)}: ${wayOn}`;
}
