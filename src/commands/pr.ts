import { pullRequestBody } from '../core/report/markdown.ts';
import { Problem } from '../core/problem.ts';
import { subjectOf } from '../core/squash-message.ts';
import { print } from '../inspect/print.ts';
import { runReport } from '../inspect/run-report.ts';
import { layoutOf } from '../inspect/run-view.ts';
import { stateFiles, taskFiles } from '../store/layout.ts';
import { readEventsOnly } from '../store/log/event-log.ts';
import { storedRequest } from '../store/tasks/task.ts';
import { latestOf, requireSuccess } from '../work/worktrees/merge-source.ts';
import { treeOfTask } from '../work/worktrees/named.ts';
import { lockedTree, openPullRequest, type PullRequest } from '../work/worktrees/pull-request.ts';
import type { TaskTree } from '../work/worktrees/record.ts';
import { logInRun } from '../work/worktrees/run-event.ts';

export interface PrRequest {
  readonly workspace: string;
  readonly taskId: string;
  readonly isDraft: boolean;
  readonly remote: string | null;
  /** Also where the task's latest run is no success. */
  readonly force: boolean;
}

/** `autoloop pr`: the branch of a task as a pull request with the report as its text. Resolves with the exit code. */
export async function pr(request: PrRequest): Promise<number> {
  const opened = await pullRequestOf(request, (text) => process.stderr.write(`[!] ${text}\n`));
  await print(`${pullRequestText(opened)}\n`);
  return 0;
}

/** Opens it, and puts its address into the log of the run. Rejects with a Problem where it is refused. */
export async function pullRequestOf(request: PrRequest, warn: (text: string) => void): Promise<PullRequest> {
  const tree = treeOfTask(request.workspace, request.taskId);
  return lockedTree(tree, () => opened(tree, request, warn));
}

async function opened(
  tree: TaskTree,
  { workspace, isDraft, remote, force }: PrRequest,
  warn: (text: string) => void,
): Promise<PullRequest> {
  const latest = await latestOf(tree);
  if (!force) requireSuccess(tree, latest);
  if (latest === null) throw new Problem('usage', `task ${tree.taskId} has no run that could be reported`);
  const { taskId } = tree;
  const layout = layoutOf(tree.workspace, { root: 'autoloop', taskId, runId: latest.runId });
  const events = await readEventsOnly(layout.events);
  const { facts } = await runReport(layout, events);
  const title = subjectOf(await storedRequest(taskFiles(stateFiles(tree.workspace), taskId)), taskId);
  const { env } = process;
  const result = await openPullRequest({ workspace, tree, title, body: pullRequestBody(facts), isDraft, remote, env });
  const { url } = result;
  const isLogged = events.some((event) => event.event_type === 'pr_opened' && event.url === url);
  if (url !== null && !isLogged)
    await logInRun({ workspace: tree.workspace, taskId, runId: latest.runId }, { event_type: 'pr_opened', url }, warn);
  return result;
}

/** What came of it, for a person. */
export function pullRequestText({ remote, branch, url, isOld, page }: PullRequest): string {
  if (url !== null) return isOld ? `[*] ${branch} is pushed to ${remote}; its pull request: ${url}` : `[+] ${url}`;
  const where = page === null ? 'Open a pull request for it on the server.' : `Open a pull request for it: ${page}`;
  return `[+] ${branch} is pushed to ${remote}; there is no gh here. ${where}`;
}
