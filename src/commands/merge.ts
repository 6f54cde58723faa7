import { print } from '../inspect/print.ts';
import { mergeTask, type MergeReport, type MergeRequest } from '../work/worktrees/merge.ts';

/** `autoloop merge`: brings a task's work into a branch as one commit. Resolves with the exit code: 3 for conflicts. */
export async function merge(request: MergeRequest): Promise<number> {
  const report = await mergeTask(request, (text) => process.stderr.write(`[!] ${text}\n`));
  await print(`${textOf(report).join('\n')}\n`);
  return report.conflicts.length > 0 ? 3 : 0;
}

const MOST_LISTED = 20;

function textOf(report: MergeReport): string[] {
  const { taskId, branch, into, before, commit, changed, conflicts, uncommitted } = report;
  const left =
    uncommitted.length === 0 ? [] : ['[!] Not committed in its work tree, and not merged:', ...listed(uncommitted)];
  if (conflicts.length > 0) {
    const head = `[!] ${branch} and ${into} changed the same lines; nothing was changed:`;
    const next = `Merge ${into} into ${branch} in the task's work tree, commit, and call this again.`;
    return [head, ...listed(conflicts), next, ...left];
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
