import { screenLine } from '../core/screen.ts';
import { print, printDocument } from '../inspect/print.ts';
import { atTerminal } from '../terminal/at-terminal.ts';
import { processScreen } from '../terminal/screen-output.ts';
import { startRun } from '../work/start.ts';
import { beginAgentMerge } from '../work/worktrees/agent-merge.ts';
import type { MergeReport, MergeRequest } from '../work/worktrees/merge-plan.ts';
import { mergeTask } from '../work/worktrees/merge.ts';

/** How `autoloop merge` tells of it, and whether an agent resolves conflicts. */
export interface MergeForm {
  readonly asJson: boolean;
  readonly byAgent: boolean;
}

/**
 * `autoloop merge`: brings a task's work into a branch. Resolves with the exit code: 3 for conflicts and for a check that does not pass,
 * that of the run where an agent resolves them.
 */
export async function merge(request: MergeRequest, { asJson, byAgent }: MergeForm): Promise<number> {
  const warn = (text: string) => processScreen().warn(text);
  const report = await mergeTask(request, warn);
  if (asJson) await printDocument(documentOf(report));
  else await print(`${textOf(report, byAgent).join('\n')}\n`);
  if (report.conflicts.length === 0) return report.failedCheck === null ? 0 : 3;
  if (!byAgent) return 3;
  const { workspace, taskId, intent } = await beginAgentMerge({ ...request, into: report.into }, warn);
  const given = { intentMode: 'replace' } as const;
  const code = await atTerminal(workspace, (io) => startRun({ workspace, taskId, intent, given }, io));
  if (code === 0) await print(`Merge again: autoloop merge ${report.taskId}\n`);
  return code;
}

/** What `--json` prints: docs/json.md. */
function documentOf(report: MergeReport) {
  const { taskId, branch, into, strategy, before, commit, changed, conflicts, failedCheck, uncommitted } = report;
  const check = failedCheck && { command: failedCheck.command, how: failedCheck.how, last: failedCheck.last };
  const names = { version: 1, task_id: taskId, branch, into, strategy } as const;
  return { ...names, before, commit, changed, conflicts, failed_check: check, uncommitted };
}

const MOST_LISTED = 20;

function textOf(report: MergeReport, byAgent: boolean): string[] {
  const { taskId, branch, into, before, commit, changed, conflicts, failedCheck, uncommitted } = report;
  const left =
    uncommitted.length === 0 ? [] : ['[!] Not committed in its work tree, and not merged:', ...listed(uncommitted)];
  if (conflicts.length > 0) {
    const head = `[!] ${branch} and ${into} changed the same lines${byAgent ? '' : '; nothing was changed'}:`;
    const next = `Merge ${into} into ${branch} in the task's work tree, commit, and call this again; or let an agent do it: --agent`;
    return [head, ...listed(conflicts), ...(byAgent ? [] : [next]), ...left];
  }
  if (failedCheck !== null) {
    const head = `[!] The merged files do not pass ${failedCheck.command} (${failedCheck.how}); nothing was changed:`;
    return [head, ...failedCheck.last.map((line) => `    ${screenLine(line, 400)}`), ...left];
  }
  if (commit === null) return [`[*] Nothing to merge: ${into} has all that ${branch} has`, ...left];
  const files = changed.length === 1 ? '1 file' : `${changed.length} files`;
  return [
    `[+] Merged task ${taskId} into ${into} as ${commit.slice(0, 10)}: ${files}`,
    ...listed(changed),
    ...left,
    `Take it back, on ${into}: git reset --keep ${before.slice(0, 10)}`,
  ];
}

function listed(paths: readonly string[]): string[] {
  const more = paths.length - MOST_LISTED;
  const lines = paths.slice(0, MOST_LISTED).map((path) => `    ${path}`);
  return more > 0 ? [...lines, `    and ${more} more`] : lines;
}
