import { lookAt } from '../files/door.ts';
import type { CommandLineOptions } from '../config/command-line.ts';
import type { Layer } from '../config/layer-values.ts';
import { taskIdFromIntent, taskIdFromOption } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import { stateDisk } from '../store/disk/disk.ts';
import { stateFiles, taskFiles } from '../store/layout.ts';
import { keptTask } from '../store/disk/kept-copy.ts';
import { openTask, storedRequest } from '../store/tasks/task.ts';
import { announced } from './announce.ts';
import { once, requireAsked } from './before-start.ts';
import type { ChainEnd } from './chain.ts';
import { takeConfiguration } from './frozen-config.ts';
import { newRunId, sha1 } from './ids.ts';
import { inWorkspace, saySettings } from './open-workspace.ts';
import { planElsewhere } from './other-plan.ts';
import { newRun, type RunName } from './planned-run.ts';
import type { Io } from './ports.ts';
import { type ResolvedToday, resolveSettings } from './settings.ts';
import { withWayOn } from './way-on.ts';

/** What whoever starts a run says of it. */
export interface StartRequest {
  readonly workspace: string;
  /** As it was typed; null: it follows from the intent. */
  readonly taskId: string | null;
  /** The request; null: the one that the task has. */
  readonly intent: string | null;
  readonly given: CommandLineOptions;
  /** The configuration with these options, where it was read a moment ago; without an overlay. */
  readonly resolved?: ResolvedToday | undefined;
  /** A layer over the configuration files. */
  readonly overlay?: Layer;
  /** See `GitRequest`. */
  readonly acceptGitConfig?: boolean;
  /** The operator takes the workspace's configuration as it is, whoever wrote it (`--accept-config`). */
  readonly acceptConfig?: boolean;
  /** See `beginBranch`; null: the run works on the branch that is checked out. */
  readonly branch?: string | null;
}

/** Starts a new run of a task and works on it to its end. Rejects with a Problem where it is refused, before anything is paid for. */
export async function startRun(request: StartRequest, io: Io): Promise<ChainEnd> {
  const name = { taskId: taskIdOf(request), runId: newRunId(new Date()) };
  // What is asked for wrongly leaves nothing: it is no start.
  const resolved = await settingsFor(request, name.taskId, io);
  return announced(request.workspace, name, (hasBegun) => startNamed(request, io, { ...name, resolved, hasBegun }));
}

async function settingsFor(request: StartRequest, taskId: string, io: Io): Promise<ResolvedToday> {
  const { workspace, given, intent, overlay = null, acceptConfig = false } = request;
  const over = overlay === null ? [] : [overlay];
  const resolved = once(async () =>
    request.resolved === undefined || overlay !== null
      ? resolveSettings({ workspace, ...io.environment }, given, { over })
      : request.resolved,
  );
  const pairsFrom = given.pairs === undefined ? 'runtime.pairs' : '--pairs';
  await requireAsked({ workspace, settings: async () => (await resolved()).settings, acceptConfig, pairsFrom });
  const { origins } = await resolved();
  if (origins.get('runtime.intent_mode') === 'default') await checkIntent(workspace, taskId, intent);
  return resolved();
}

interface Starting extends RunName {
  readonly resolved: ResolvedToday;
  readonly hasBegun: () => void;
}

async function startNamed(request: StartRequest, io: Io, { hasBegun, resolved, ...name }: Starting): Promise<ChainEnd> {
  const { workspace, given, intent, branch = null, acceptGitConfig = false } = request;
  const { taskId } = name;
  takeConfiguration(workspace);
  const { settings } = resolved;
  const sayFirst = () => saySettings(io, resolved);
  const wanted = { workspace, settings, given, ...name, exists: false, acceptGitConfig, hasBegun, branch, sayFirst };
  const started = inWorkspace(wanted, io, async (open) => {
    const task = taskFiles(stateFiles(workspace), taskId);
    const unused = await planElsewhere(task, settings.runtime.pairs);
    if (unused !== null) io.warn(unused);
    const mode = settings.runtime.intentMode;
    const kept = keptTask(task);
    const opened = await openTask(stateDisk(task.state), task, { intent, mode, now: new Date(), kept });
    for (const warning of opened.warnings) io.warn(warning);
    if (opened.intentUnused) warnOfStored(io, taskId);
    const { runChain } = await import('./chain.ts');
    return runChain(open, newRun(name, { settings, create: { request: opened.task.request_text } }), io);
  });
  return started.catch((error: unknown) => {
    throw withWayOn(error, { workspace, ...name });
  });
}

/** The id that the task gets, or has. Throws a Problem of kind `usage` for one that cannot be. */
export function taskIdOf({ workspace, taskId, intent }: Pick<StartRequest, 'workspace' | 'taskId' | 'intent'>): string {
  const { tasks } = stateFiles(workspace);
  if (taskId !== null) return taskIdFromOption(taskId, sha1, (id) => lookAt(`${tasks}/${id}`) !== null);
  return taskIdFromIntent(intent ?? '', sha1);
}

/** A request that would be left aside is refused while nothing is spent yet, where nobody chose that. Throws a Problem of kind `usage`. */
async function checkIntent(workspace: string, taskId: string, intent: string | null): Promise<void> {
  const asked = intent?.trim() ?? '';
  const stored = asked === '' ? null : await storedRequest(taskFiles(stateFiles(workspace), taskId));
  if (stored === null || stored === asked) return;
  throw new Problem(
    'usage',
    `task ${taskId} has another request already, and --intent does not say what becomes of it; nothing was started`,
    'Give --intent-mode replace (this request instead) or --intent-mode append (both), or leave --intent out.',
  );
}

function warnOfStored(io: Io, taskId: string): void {
  io.warn(
    `the stored request of task ${taskId} stands: --intent has no effect in the mode preserve; --intent-mode replace or append changes it`,
  );
}
