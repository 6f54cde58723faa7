import path from 'node:path';
import type { ResumeRequest } from '../work/resume.ts';
import type { StartRequest } from '../work/start.ts';
import { Problem } from '../core/problem.ts';
import { checkCombination, type RawOptions, refuseForTree, settingsOptions } from './options.ts';

/** The bare form: starts a run, resumes one, or lists. Resolves with the exit code. */
export async function bareForm(options: RawOptions, args: readonly string[]): Promise<number> {
  checkCombination(options, args);
  const { resolveWorkspace } = await import('../work/given-workspace.ts');
  const workspace = resolveWorkspace(options.workspace);
  if (options.listTasks === true) {
    const { listTasks } = await import('../commands/list.ts');
    return listTasks(workspace, options.json === true);
  }
  const given = settingsOptions(options);
  if (options.printConfig === true) {
    const { printConfig } = await import('../commands/print-config.ts');
    return printConfig(workspace, given, options.json === true);
  }
  const { readIntent } = await import('./intent.ts');
  const intent = await readIntent(options);
  const {
    taskId = null,
    runId = null,
    answer = null,
    acceptConfig = false,
    acceptGitConfig = false,
    trustLog = false,
    accept = [],
    reloadChecks = false,
  } = options;
  if (options.resume === true) {
    const { resumeRun } = await import('../work/resume.ts');
    const home = await homeToResume(options, { workspace, taskId, runId });
    const request = {
      workspace: home,
      taskId,
      runId,
      answer,
      instruction: intent,
      given,
      acceptConfig,
      acceptGitConfig,
      trustLog,
      accept: accept.map((name) => name.trim()),
      reloadChecks,
    };
    const { atTerminal } = await import('../terminal/at-terminal.ts');
    return atTerminal(home, (io) => resumeRun(request, io));
  }
  return begin(options, { workspace, taskId, intent, given, acceptConfig, acceptGitConfig });
}

async function begin(options: RawOptions, start: StartRequest): Promise<number> {
  const { atTerminal } = await import('../terminal/at-terminal.ts');
  const { startRun, taskIdOf } = await import('../work/start.ts');
  const { branch = null } = options;
  const { isWanted, resolved } = await wantsTree(options, start);
  if (!isWanted) return atTerminal(start.workspace, (io) => startRun({ ...start, resolved, branch }, io));
  const taskId = taskIdOf(start);
  const workspace = await inOwnTree(options, { workspace: start.workspace, taskId });
  return atTerminal(workspace, (io) => startRun({ ...start, taskId, workspace }, io));
}

interface TreeWish {
  readonly isWanted: boolean;
  /** The configuration, where it was asked. */
  readonly resolved?: StartRequest['resolved'];
}

/** Whether a new run gets a work tree of its own. Rejects with a Problem of kind `usage` where that cannot be, or what is said of one is said in vain. */
async function wantsTree(options: RawOptions, { workspace, given }: StartRequest): Promise<TreeWish> {
  if (options.worktree !== undefined) return { isWanted: options.worktree !== false };
  const [{ resolveSettings }, { processEnvironment }] = await Promise.all([
    import('../work/settings.ts'),
    import('../terminal/at-terminal.ts'),
  ]);
  const resolved = await resolveSettings({ workspace, ...processEnvironment() }, given);
  const { settings, origins } = resolved;
  const { worktree, useGit } = settings.runtime;
  if (!worktree) refuseForTree(options);
  if (!worktree || useGit) return { isWanted: worktree, resolved };
  const [tree, git] = [origins.get('runtime.worktree'), origins.get('runtime.no_git')].map((origin) => origin ?? '');
  throw new Problem(
    'usage',
    `runtime.worktree (${tree}) asks for a work tree of git, and ${git === '--no-git' ? git : `runtime.no_git (${git})`} excludes it`,
    'Give --no-worktree to work in the workspace itself, without git.',
  );
}

async function homeToResume(
  options: RawOptions,
  query: Pick<ResumeRequest, 'workspace' | 'taskId' | 'runId'>,
): Promise<string> {
  const { homeOf, isHomeGone } = await import('../work/worktrees/home.ts');
  const { workspace, taskId } = query;
  return taskId !== null && isHomeGone(workspace, taskId)
    ? inOwnTree(options, { workspace, taskId, isResume: true })
    : homeOf(query);
}

/** The workspace in the work tree of a task, made if need be. */
async function inOwnTree(
  { worktree, branch, base, withChanges, acceptConfig }: RawOptions,
  task: { workspace: string; taskId: string; isResume?: true },
): Promise<string> {
  const { taskWorkspace } = await import('../work/worktrees/make.ts');
  const { processScreen } = await import('../terminal/screen-output.ts');
  const place = typeof worktree === 'string' ? path.resolve(worktree) : null;
  return taskWorkspace(
    {
      ...task,
      place,
      branch: branch ?? null,
      base: base ?? null,
      withChanges: withChanges === true,
      acceptConfig: acceptConfig === true,
    },
    processScreen(),
  );
}
