import { existsSync } from 'node:fs';
import type { CommandLineOptions } from '../config/command-line.ts';
import type { Layer } from '../config/layer.ts';
import { taskIdFromIntent, taskIdFromOption } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import type { Settings } from '../core/settings.ts';
import { stateDisk } from '../store/disk/disk.ts';
import { stateFiles, taskFiles } from '../store/layout.ts';
import { openTask } from '../store/tasks/task.ts';
import { runChain } from './chain.ts';
import { newRunId, sha1 } from './ids.ts';
import { processScreen, type Screen } from '../cli/screen-output.ts';
import { resolveSettings } from './settings.ts';
import { listenForSignals } from '../cli/signals.ts';
import { type Workbench, withWorkbench } from './open-workspace.ts';

export interface StartRequest {
  readonly workspace: string;
  readonly taskId: string | null;
  readonly intent: string | null;
  readonly given: CommandLineOptions;
  /** A layer over the configuration files. */
  readonly overlay?: Layer;
}

/** Starts a new run of a task. Resolves with the exit code. */
export async function startCommand(request: StartRequest): Promise<number> {
  const { workspace, given, overlay = null } = request;
  const screen = processScreen();
  const taskId = taskIdOf(request);
  const { settings, warnings } = await resolveSettings(workspace, given, overlay);
  checkPairs(settings, given.pairs === undefined ? 'runtime.pairs' : '--pairs');
  const runId = newRunId(new Date());
  const signals = listenForSignals(() => screen.err('\n[!] Stopping; a second Ctrl-C does not wait.\n'));
  screen.line('[+] Starting Autoloop');
  for (const warning of warnings) screen.warn(warning);
  return withWorkbench({ workspace, settings, runId, layout: null, screen, signals }, async (bench) => {
    const text = await openRequest(bench, { ...request, taskId }, settings);
    return runChain(bench, {
      taskId,
      runId,
      settings,
      request: text,
      isNew: true,
      parentRunId: null,
      depth: 0,
      spentBefore: null,
      changedSettings: [],
      instruction: null,
      answer: null,
      given,
    });
  });
}

function taskIdOf({ workspace, taskId, intent }: StartRequest): string {
  const { tasks } = stateFiles(workspace);
  if (taskId !== null) return taskIdFromOption(taskId, sha1, (id) => existsSync(`${tasks}/${id}`));
  return taskIdFromIntent(intent ?? '', sha1);
}

/** What a new run can never do is refused at once (spec: loop.md, run and phase selection). Throws a Problem of kind `usage`. */
function checkPairs({ runtime }: Settings, source: string): void {
  const { pairs, phaseId, phaseMode } = runtime;
  const isPhased = pairs.includes('implement') || pairs.includes('test');
  if (pairs.includes('test') && !pairs.includes('implement')) {
    throw new Problem(
      'usage',
      `${source}: test needs implement, which is not among ${pairs.join(',')}`,
      'Add implement to the pairs.',
    );
  }
  if (isPhased && phaseMode === 'up-to' && phaseId === null) {
    throw new Problem('usage', 'phase mode up-to needs --phase-id: which phase to work up to');
  }
  if (phaseId !== null && !pairs.includes('plan')) {
    throw new Problem(
      'usage',
      `--phase-id ${phaseId} needs a phase plan, and plan is not among the pairs ${pairs.join(',')}`,
    );
  }
}

/** Creates or opens the task and resolves with the request of the new run. */
async function openRequest(
  bench: Workbench,
  { taskId, intent }: StartRequest & { taskId: string },
  settings: Settings,
) {
  const disk = stateDisk(bench.state);
  const mode = settings.runtime.intentMode;
  const opened = await openTask(disk, taskFiles(bench.state, taskId), { intent, mode, now: new Date() });
  warnOfTask(bench.screen, opened.warnings, opened.intentUnused ? taskId : null);
  return opened.task.request_text;
}

function warnOfTask(screen: Screen, warnings: readonly string[], unusedFor: string | null): void {
  for (const warning of warnings) screen.warn(warning);
  if (unusedFor === null) return;
  screen.warn(
    `the stored request of task ${unusedFor} stands: --intent has no effect in the mode preserve; --intent-mode replace or append changes it`,
  );
}
