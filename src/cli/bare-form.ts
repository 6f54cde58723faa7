import { checkCombination, type RawOptions, settingsOptions } from './options.ts';

/** The bare form: starts a run, resumes one, or lists. Resolves with the exit code. */
export async function bareForm(options: RawOptions, args: readonly string[]): Promise<number> {
  checkCombination(options, args);
  const { resolveWorkspace } = await import('./workspace.ts');
  const workspace = resolveWorkspace(options.workspace);
  if (options.listTasks === true) {
    const { listTasks } = await import('./list.ts');
    return listTasks(workspace, options.json === true);
  }
  const given = settingsOptions(options);
  if (options.printConfig === true) {
    const { printConfig } = await import('./print-config.ts');
    return printConfig(workspace, given, options.json === true);
  }
  const { readIntent } = await import('./intent.ts');
  const intent = await readIntent(options);
  const { atTerminal } = await import('./terminal.ts');
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
    const request = {
      workspace,
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
    return atTerminal(workspace, (io) => resumeRun(request, io));
  }
  const { startRun } = await import('../work/start.ts');
  return atTerminal(workspace, (io) =>
    startRun({ workspace, taskId, intent, given, acceptConfig, acceptGitConfig }, io),
  );
}
