import { cacheFolder } from '../files/places.ts';
import { BriefCache } from '../inspect/brief-cache.ts';
import { aligned } from '../inspect/columns.ts';
import { print, printDocument } from '../inspect/print.ts';
import { summaryElsewhere, type LatestRun } from '../inspect/task-summary.ts';
import { type CleanReport, cleanTrees } from '../work/worktrees/clean.ts';
import { type ListedTree, listTrees } from '../work/worktrees/list.ts';
import { type RemovedTree, removeTree } from '../work/worktrees/remove.ts';
import { processScreen } from '../terminal/screen-output.ts';

export interface WorktreeRequest {
  readonly action: 'list' | 'remove' | 'clean';
  readonly workspace: string;
  /** Of `remove`. */
  readonly taskId: string;
  readonly force: boolean;
  /** Of `clean`. */
  readonly isDry: boolean;
}

/** `autoloop worktree`: resolves with exit code 0 when it did, or told. */
export async function worktree(request: WorktreeRequest, asJson: boolean): Promise<number> {
  const warn = (text: string) => processScreen().warn(text);
  switch (request.action) {
    case 'list':
      return list(request.workspace, asJson);
    case 'remove': {
      const removed = await removeTree(request, warn);
      return tellRemoved({ removed: [removed], kept: [] }, { isDry: false, asJson });
    }
    case 'clean':
      return tellRemoved(await cleanTrees(request, warn), { isDry: request.isDry, asJson });
  }
}

/** What `--json` prints for `remove` and `clean`: docs/json.md. */
interface RemovedDocument {
  readonly version: 1;
  readonly dry_run: boolean;
  readonly removed: readonly ReturnType<typeof entryOf>[];
  readonly kept: readonly { readonly task_id: string; readonly path: string; readonly why: readonly string[] }[];
}

async function tellRemoved(
  { removed, kept }: CleanReport,
  { isDry, asJson }: { readonly isDry: boolean; readonly asJson: boolean },
): Promise<number> {
  if (asJson) {
    const left = kept.map(({ taskId, path, why }) => ({ task_id: taskId, path, why }));
    const document: RemovedDocument = { version: 1, dry_run: isDry, removed: removed.map(entryOf), kept: left };
    await printDocument(document);
    return 0;
  }
  const done = removed.map((one) => removedText(one, isDry ? 'Would remove' : 'Removed'));
  const stays = kept.map(({ taskId, why }) => `[*] ${taskId} stays: ${why.join('; ')}`);
  const lines = [...done, ...stays];
  await print(`${lines.length === 0 ? '[*] No task has a work tree of its own here' : lines.join('\n')}\n`);
  return 0;
}

function entryOf({ taskId, path, branch, branchDeleted, snapshot }: RemovedTree) {
  return { task_id: taskId, path, branch, branch_deleted: branchDeleted, snapshot };
}

function removedText({ taskId, path, branch, branchDeleted, snapshot }: RemovedTree, verb: string): string {
  const what = branchDeleted ? ` and the branch ${branch}` : `; the branch ${branch} stays`;
  const kept = snapshot === null ? '' : `\n[*] What no branch has is kept as ${snapshot}`;
  return `[+] ${verb} the work tree of task ${taskId}, ${path}${what}${kept}`;
}

async function list(given: string, asJson: boolean): Promise<number> {
  const { workspace, branch, trees } = await listTrees(given, (text) => processScreen().warn(text));
  const cache = new BriefCache(cacheFolder(workspace), `${workspace}/worktrees`);
  const runs: (LatestRun | null)[] = [];
  for (const { tree } of trees) runs.push(tree.isThere ? (await summaryElsewhere(tree, cache)).latest : null);
  cache.save();
  const rows = trees.map((tree, at) => rowOf(tree, runs[at] ?? null));
  const document: ListDocument = { version: 1, branch, worktrees: rows };
  if (asJson) await printDocument(document);
  else await print(`${rows.length === 0 ? '(no task has a work tree of its own here)' : tableOf(rows).join('\n')}\n`);
  return 0;
}

/** What `worktree list --json` prints: docs/json.md. */
interface ListDocument {
  readonly version: 1;
  /** What `ahead` and `behind` are counted against. */
  readonly branch: string | null;
  readonly worktrees: readonly Row[];
}

type Row = ReturnType<typeof rowOf>;

function rowOf(listed: ListedTree, run: LatestRun | null) {
  const { tree, state, tip, ahead, behind, unmerged, dirty, nested, operation, locked, size } = listed;
  return {
    task_id: tree.taskId,
    branch: tree.branch,
    base: tree.base,
    base_branch: tree.baseBranch,
    path: tree.top,
    state: state === 'there' && run === null ? ('no_task' as const) : state,
    run_id: run?.runId ?? null,
    status: run?.status ?? null,
    turns: run?.turns ?? null,
    commit: tip,
    ahead,
    behind,
    unmerged,
    merged: unmerged === 0,
    dirty: [...dirty, ...nested],
    operation,
    locked,
    size_bytes: size?.bytes ?? null,
    size_whole: size?.isWhole ?? null,
  };
}

const HEAD = ['task', 'run', 'turns', 'commits', 'dirty', 'size', 'merged', 'branch', 'path'];

function tableOf(rows: readonly Row[]): string[] {
  const cells = rows.map((row) => [
    row.task_id,
    row.state === 'there' ? (row.status ?? '').replace('_', ' ') : STATES[row.state],
    String(row.turns ?? ''),
    row.ahead === null ? '' : `+${row.ahead} -${row.behind ?? 0}`,
    row.dirty.length === 0 ? '' : String(row.dirty.length),
    row.size_bytes === null ? '' : sizeText(row.size_bytes, row.size_whole ?? true),
    row.merged ? 'yes' : 'no',
    row.branch,
    JSON.stringify(row.path).slice(1, -1),
  ]);
  return aligned([HEAD, ...cells], new Set([2, 4, 5]));
}

const STATES = { no_task: 'no run', gone: 'folder gone', out_of_reach: 'out of reach' } as const;

function sizeText(bytes: number, isWhole: boolean): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  return `${isWhole ? '' : '> '}${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[power] ?? ''}`;
}
