import os from 'node:os';
import { Problem } from '../../core/problem.ts';
import type { MergeSettings, MergeStrategy } from '../../core/settings.ts';
import { squashMessage } from '../../core/squash-message.ts';
import { treeDifferences } from '../../git/entries.ts';
import type { Git } from '../../git/git.ts';
import { look } from '../../git/look.ts';
import { fromText, isStateBelow, pathDisplay, toText } from '../../git/paths.ts';
import type { PathChange } from '../../git/put-back.ts';
import { dirtyPaths } from '../../git/status.ts';
import type { GitPath } from '../../run/git-port.ts';
import { runLayout, stateFiles, taskFiles } from '../../store/layout.ts';
import { readEventsOnly } from '../../store/log/event-log.ts';
import { storedRequest } from '../../store/tasks/task.ts';
import { requireOwnConfiguration } from '../frozen-config.ts';
import { resolveSettings } from '../settings.ts';
import { checkMerged } from './merge-check.ts';
import { type LatestState, latestOf, requireSuccess } from './merge-source.ts';
import { mergeCommit } from './merge-ways.ts';
import { openHere } from './open-here.ts';
import type { TaskTree } from './record.ts';

export interface MergeRequest {
  readonly workspace: string;
  readonly taskId: string;
  /** The branch that gets it; null: the one that the workspace has checked out. */
  readonly into: string | null;
  /** Also where the task's latest run is no success. */
  readonly force: boolean;
  /** Absent or null: as the configuration says. */
  readonly strategy?: MergeStrategy | null;
}

export interface MergeReport {
  readonly taskId: string;
  readonly branch: string;
  readonly into: string;
  readonly strategy: MergeStrategy;
  /** The commit that was brought in, or was to be. */
  readonly source: string;
  /** Where `into` stood before. */
  readonly before: string;
  /** Null: nothing was to be brought in, or there are conflicts. */
  readonly commit: string | null;
  readonly changed: readonly string[];
  /** Paths in which both sides changed the same; nothing was done then. */
  readonly conflicts: readonly string[];
  /** The check of merges that did not pass; nothing was done then. Null: it passed, or there is none. */
  readonly failedCheck: { readonly command: string; readonly how: string; readonly last: readonly string[] } | null;
  /** What the task's work tree has that no commit holds: it was not brought in. */
  readonly uncommitted: readonly string[];
}

export interface Merging {
  /** Of the work tree that has the target checked out; else the workspace's. */
  readonly git: Git;
  readonly tree: TaskTree;
  readonly into: string;
  readonly identityMissing: boolean;
  readonly settings: MergeSettings;
}

/** How it is to be done: as the workspace's configuration says, which a person wrote. Throws a Problem where an agent did. */
export async function settingsOf({ workspace, strategy }: MergeRequest): Promise<MergeSettings> {
  requireOwnConfiguration(workspace, false);
  const { settings } = await resolveSettings({ workspace, home: os.homedir(), env: process.env }, {});
  return { ...settings.merge, strategy: strategy ?? settings.merge.strategy };
}

/** What would come, as a commit that no branch names yet. */
export async function prepare(merging: Merging, { force }: MergeRequest, warn: (text: string) => void) {
  const { git, tree, into, settings } = merging;
  const latest = await latestOf(tree);
  if (!force) requireSuccess(tree, latest);
  const before = await tipOf(git, into);
  const source = await tipOf(git, tree.branch);
  const { commit: made, conflicts } = await mergeCommit(git, settings.strategy, {
    before,
    source,
    isLeftOut: (path) => !settings.keepArtifacts && isStateIn(tree, path),
    message: await messageOf(merging, latest),
    identityMissing: merging.identityMissing,
  });
  const { check: command } = settings;
  const checked = command === null || made === null ? null : await checkMerged(tree, { command, commit: made }, warn);
  const failedCheck = checked === null || checked.isPassed ? null : { command: command ?? '', ...checked };
  const commit = failedCheck === null ? made : null;
  const changes: readonly PathChange[] = commit === null ? [] : await treeDifferences(git, before, commit);
  const report: MergeReport = {
    taskId: tree.taskId,
    branch: tree.branch,
    into,
    strategy: settings.strategy,
    source,
    before,
    commit,
    changed: changes.filter(({ path }) => !isStateIn(tree, path)).map(({ path }) => pathDisplay(path)),
    conflicts: conflicts.map(pathDisplay),
    failedCheck,
    uncommitted: await uncommittedIn(tree),
  };
  return { report, changes };
}

/** Whether a path is of the program's own files where the task has them, which need not be where the target is looked at from. */
function isStateIn({ folder }: TaskTree, path: GitPath): boolean {
  return isStateBelow(fromText(folder === '' ? '' : `${folder}/`), path);
}

async function messageOf({ tree, settings }: Merging, latest: LatestState | null): Promise<string> {
  const { taskId } = tree;
  const request = await storedRequest(taskFiles(stateFiles(tree.workspace), taskId)).catch(() => null);
  const prefix = settings.strategy === 'no-ff' ? `Merge task ${taskId}: ` : '';
  const summary = latest === null ? null : await auditOf(tree, latest.runId);
  return squashMessage({ request, taskId, runId: latest?.runId ?? null, summary, prefix });
}

/** What the audit of a run said of what was done; null: it had none. */
async function auditOf({ workspace, taskId }: TaskTree, runId: string): Promise<string | null> {
  const { events } = runLayout(taskFiles(stateFiles(workspace), taskId), runId);
  const found = (await readEventsOnly(events)).findLast(({ event_type: type }) => type === 'audit_clean');
  return found?.event_type === 'audit_clean' ? found.summary : null;
}

async function tipOf(git: Git, branch: string): Promise<string> {
  const output = await git.run([
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `refs/heads/${branch}^{commit}`,
  ]);
  if (output.code === 0) return output.out.toString().trim();
  throw new Problem('usage', `there is no branch ${branch}, or it has no commit`);
}

async function uncommittedIn(tree: TaskTree): Promise<readonly string[]> {
  if (!tree.isThere) return [];
  const { git } = await openHere(tree.workspace);
  try {
    const { status } = await look(git);
    const all = [...dirtyPaths(status)].filter((path) => !isStateBelow(git.place.prefix, path));
    return all.filter((path) => !/(?:^|\/)autoloop\.yaml$/.test(toText(path))).map(pathDisplay);
  } finally {
    await git.close();
  }
}
