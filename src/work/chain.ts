import { spentInChain } from '../core/bounds.ts';
import { exitCodeOfStatus } from '../core/exit-codes.ts';
import type { Totals } from '../core/events.ts';
import { newSession } from '../core/session.ts';
import type { Settings } from '../core/settings.ts';
import { drive, type Opening, type RunEnd } from '../run/drive.ts';
import type { StopRequest } from '../run/ports.ts';
import type { RunStore } from '../run/store-port.ts';
import { stateDisk } from '../store/disk/disk.ts';
import { runLayout, taskFiles } from '../store/layout.ts';
import { openDiagnostics } from '../store/run/diagnostics.ts';
import { ignoreLocalFiles } from '../store/run/run-folder.ts';
import { openRunStore } from '../store/run/open.ts';
import { createAsker } from '../cli/asker.ts';
import { systemClock } from './clock.ts';
import { newRunId } from './ids.ts';
import { createNarrator } from '../cli/narrator.ts';
import { resumeLine } from '../inspect/resume-command.ts';
import { reportEnd } from '../cli/report.ts';
import { resumeSettings } from './resume-settings.ts';
import type { Workbench } from './open-workspace.ts';
import type { CommandLineOptions } from '../config/command-line.ts';

/** One run of a chain, to be started or resumed under this id. */
export interface ChainRun {
  readonly taskId: string;
  readonly runId: string;
  readonly settings: Settings;
  /** The request of a run that is to be created; null: it exists, or nobody gave one. */
  readonly request: string | null;
  readonly isNew: boolean;
  readonly parentRunId: string | null;
  readonly depth: number;
  readonly spentBefore: Totals | null;
  readonly changedSettings: Opening['changedSettings'];
  readonly instruction: string | null;
  readonly answer: string | null;
  readonly given: CommandLineOptions;
}

/** Works on a run, and on the follow-up runs that it leads to, in this process. Resolves with the last one's exit code. */
export async function runChain(bench: Workbench, first: ChainRun): Promise<number> {
  for (let run = first; ;) {
    const end = await workOn(bench, run);
    const { stop } = bench.signals;
    if (end.followup === null || stop.aborted) {
      await bench.nameUncovered();
      reportEnd(bench.screen, end);
      const stopped = stop.aborted ? exitCodeOfStatus('interrupted', (stop.reason as StopRequest).signal) : null;
      const code = end.followup !== null && stopped !== null ? stopped : exitCodeOf(end, stop);
      if (code !== 0) bench.screen.err(`${resumeLine(bench.workspace, run)}\n`);
      return code;
    }
    run = await followupOf(bench, run, end, end.followup);
  }
}

function exitCodeOf({ status }: RunEnd, stop: AbortSignal): number {
  return exitCodeOfStatus(status, stop.aborted ? (stop.reason as StopRequest).signal : undefined);
}

async function workOn(bench: Workbench, run: ChainRun): Promise<RunEnd> {
  const { screen, signals, workspace } = bench;
  const { settings, taskId, runId } = run;
  await bench.lock.renew(runId);
  const { store, warnings } = await openRunStore({
    workspace,
    taskId,
    runId,
    create: run.isNew
      ? { request: run.request, provider: settings.provider.name, session: firstSession(settings) }
      : null,
    now: () => new Date(),
    warn: (text) => screen.warn(text),
  });
  const diagnostics = await openDiagnostics(runLayout(taskFiles(bench.state, taskId), runId));
  const { maxIterations: maxCycles, fullAutoAnswers: answersItself } = settings.runtime;
  const narrator = createNarrator(screen, { workspace, maxCycles, answersItself, diagnostics });
  announce(bench, run, store.taskFolder);
  for (const warning of warnings) narrator.warn(warning);
  const ports = {
    store: withLock(bench, store, runId),
    git: settings.runtime.useGit ? bench.git : null,
    agents: await bench.agents(settings, runId),
    asker: createAsker(run.answer, (text) => screen.out(text)),
    narrator,
    clock: systemClock,
    newRunId: () => newRunId(new Date()),
    stop: signals.stop,
  };
  const tracked = await whetherTracked(bench, settings, store.taskFolder);
  const { parentRunId, depth, spentBefore, changedSettings, instruction } = run;
  return drive(ports, {
    programs: bench.programs,
    taskId,
    settings: tracked,
    parentRunId,
    depth,
    spentBefore,
    changedSettings,
    instruction,
  });
}

function firstSession({ provider }: Settings) {
  return newSession(provider.roles.producer.name, new Date().toISOString());
}

/** What an agent took away of the state may include the lock and the ignore file: they are put back with the rest. */
function withLock({ lock, state }: Workbench, store: RunStore, runId: string): RunStore {
  return {
    ...store,
    async heal() {
      const restored = await store.heal();
      if (restored.length > 0) {
        await lock.renew(runId);
        await ignoreLocalFiles(stateDisk(state), state);
      }
      return restored;
    },
  };
}

function announce({ screen, workspace }: Workbench, run: ChainRun, taskFolder: string): void {
  screen.line(`[*] Workspace root: ${workspace}`);
  screen.line(`[*] Task ID: ${run.taskId}`);
  screen.line(`[*] Task root: ${taskFolder}`);
  screen.line(`[*] Enabled pairs: ${run.settings.runtime.pairs.join(', ')}`);
  screen.line(`[*] Run ID: ${run.runId}`);
  for (const { key, was, is } of run.changedSettings) {
    screen.line(`[*] Changed since the run stopped: ${key}: ${JSON.stringify(was)} -> ${JSON.stringify(is)}`);
  }
}

/** Artifacts in a folder that git ignores are not tracked, whatever the configuration says. */
async function whetherTracked({ git, screen }: Workbench, settings: Settings, taskFolder: string): Promise<Settings> {
  if (git === null || !settings.runtime.useGit || !settings.runtime.trackArtifacts) return settings;
  const state = await git.ignoreState(taskFolder);
  if (state === 'visible') return settings;
  if (state === 'tracked') {
    screen.warn(`${taskFolder} is ignored by git, but files of it are tracked: checkpoints include it all the same`);
    return settings;
  }
  screen.warn(`${taskFolder} is ignored by git: the task's files stay out of checkpoints`);
  return { ...settings, runtime: { ...settings.runtime, trackArtifacts: false } };
}

/** The follow-up of a run: begun with what its parent resolved, or resumed where it stopped (spec: loop.md, follow-up). */
async function followupOf(
  bench: Workbench,
  parent: ChainRun,
  end: RunEnd,
  next: { runId: string; depth: number },
): Promise<ChainRun> {
  bench.screen.line(`\n[FOLLOW-UP] ${next.runId}`);
  const base = { ...parent, runId: next.runId, parentRunId: parent.runId, depth: next.depth, instruction: null };
  const known = await resumeSettings(bench.workspace, {
    taskId: parent.taskId,
    runId: next.runId,
    given: parent.given,
  });
  if (known !== null) {
    const { settings, changedSettings } = known;
    return { ...base, settings, changedSettings, request: null, isNew: false, spentBefore: null };
  }
  const settings = { ...parent.settings, runtime: { ...parent.settings.runtime, phaseId: null } };
  return {
    ...base,
    settings,
    request: await revisedRequest(bench, parent),
    isNew: true,
    changedSettings: [],
    spentBefore: spentInChain(end.state),
  };
}

/** The request of a follow-up: what the audit revised. */
async function revisedRequest({ state }: Workbench, { taskId, runId }: ChainRun): Promise<string | null> {
  const layout = runLayout(taskFiles(state, taskId), runId);
  return stateDisk(state).read(`${layout.artifacts}/audit/revised_request.md`);
}
