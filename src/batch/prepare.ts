import { realpathSync } from 'node:fs';
import path from 'node:path';
import { slugify } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import { type AgentName, PROVIDER_NAMES } from '../core/vocabulary.ts';
import type { SettingsInForce } from '../core/settings.ts';
import type { Git } from '../git/git.ts';
import { look } from '../git/look.ts';
import { isThere } from '../files/door.ts';
import { stateFiles, taskFiles } from '../store/layout.ts';
import { requireOwnConfiguration } from '../work/frozen-config.ts';
import { sha1 } from '../work/ids.ts';
import type { Environment } from '../work/ports.ts';
import { checkPairs } from '../work/pairs.ts';
import { resolveSettings } from '../work/settings.ts';
import { treesBeside } from '../work/worktrees/beside.ts';
import { openHere } from '../work/worktrees/open-here.ts';
import { type BatchIntent, readIntents } from './intents.ts';

export interface BatchRequest {
  readonly workspace: string;
  /** Files and folders, as they were typed. */
  readonly places: readonly string[];
  readonly parallel: number;
  /** What a task comes to is brought into the branch that is checked out. */
  readonly merge: boolean;
  /** It is opened as a pull request. */
  readonly pr: boolean;
}

/** A task with those that play its roles. */
export interface PreparedTask {
  readonly intent: BatchIntent;
  readonly providers: readonly AgentName[];
}

export interface PreparedBatch {
  /** The same for the same files and folders. */
  readonly id: string;
  readonly tasks: readonly PreparedTask[];
  readonly limits: SettingsInForce['batch'];
  /** The branch that gets the work; null: none does. */
  readonly into: string | null;
}

/** Reads and judges all of a batch, and writes nothing. Rejects with a Problem for what would stop one of its tasks as it is. */
export async function prepareBatch(request: BatchRequest, environment: Environment): Promise<PreparedBatch> {
  const { workspace, places, merge, pr } = request;
  if (merge && pr) throw new Problem('usage', '--merge and --pr exclude each other: give one of them');
  requireOwnConfiguration(workspace, false);
  const sources = { workspace, ...environment };
  const { settings } = await resolveSettings(sources, {});
  const intents = readIntents(places, [...PROVIDER_NAMES, ...Object.keys(settings.provider.commands ?? {})]);
  const tasks: PreparedTask[] = [];
  for (const intent of intents) tasks.push({ intent, providers: await providersOf(sources, intent) });
  const into = await targetIn(request, intents);
  return { id: idOf(places), tasks, limits: settings.batch, into };
}

/** The settings with which the task will be started decide. Rejects with a Problem that names its file. */
async function providersOf(
  sources: Parameters<typeof resolveSettings>[0],
  { provider, pairs, source }: BatchIntent,
): Promise<readonly AgentName[]> {
  const given = { ...(provider === null ? {} : { provider }), ...(pairs === null ? {} : { pairs }) };
  const { settings } = await resolveSettings(sources, given);
  checkPairs(settings, `${source}: pairs`);
  if (!settings.runtime.useGit)
    throw new Problem('usage', 'batch works in work trees of git: runtime.no_git excludes it');
  const { name, roles } = settings.provider;
  return [...new Set([name, roles.producer.name, roles.verifier.name])];
}

/** What git has to say to the tasks, and the branch that is to get their work. */
async function targetIn({ workspace, merge }: BatchRequest, intents: readonly BatchIntent[]): Promise<string | null> {
  const { git } = await openHere(workspace, 'Run git init and commit first.');
  try {
    if ((await git.headCommit()) === null)
      throw new Problem(
        'usage',
        'the repository has no commit yet: a work tree needs one to begin with',
        'Commit something first.',
      );
    for (const intent of intents) {
      refuseTaken(workspace, intent);
      await refuseBase(git, intent);
    }
    const { branch } = (await look(git)).status;
    if (!merge || branch !== null) return merge ? branch : null;
    throw new Problem(
      'usage',
      '--merge: no branch is checked out here that could get the work',
      'Check one out: git switch BRANCH',
    );
  } finally {
    await git.close();
  }
}

/** A task that works in the workspace itself has no work tree, and gets none. */
function refuseTaken(workspace: string, { taskId, source }: BatchIntent): void {
  const isApart = treesBeside(workspace).some((tree) => tree.taskId === taskId);
  if (isApart || !isThere(taskFiles(stateFiles(workspace), taskId).folder)) return;
  throw new Problem(
    'usage',
    `${source}: task ${taskId} is in the workspace itself already`,
    'Give the file another name.',
  );
}

/** The branch of a task before it need not be there yet. */
async function refuseBase(git: Git, { base, after, source }: BatchIntent): Promise<void> {
  if (base === null || after.some((name) => base === `autoloop/${name}`)) return;
  const found = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${base}^{commit}`]);
  if (found.code !== 0) throw new Problem('usage', `${source}: base: ${JSON.stringify(base)} names no commit`);
}

function idOf(places: readonly string[]): string {
  const real = places.map((place) => realpathSync(place)).sort();
  const first = path.basename(real[0] ?? '');
  const name = slugify(path.basename(first, path.extname(first)))
    .slice(0, 24)
    .replace(/-$/, '');
  return `${name}-${sha1(real.join('\0')).slice(0, 8)}`;
}
