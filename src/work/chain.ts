import { recordedForm } from '../config/recorded.ts';
import { spentInChain } from '../core/bounds.ts';
import { resultKey } from '../core/checks/facts.ts';
import { checkedInChain } from '../core/checks-due.ts';
import { exitCodeOfStatus } from '../core/exit-codes.ts';
import type { Settings } from '../core/settings.ts';
import type { IgnoreState } from '../git/coverage.ts';
import { drive, type RunEnd } from '../run/drive.ts';
import type { StopRequest } from '../run/ports.ts';
import { stateFiles, taskFiles } from '../store/layout.ts';
import { askerOf } from './given-answer.ts';
import { newRun, type PlannedRun, recordedRun } from './planned-run.ts';
import type { Io, OpenWorkspace } from './ports.ts';
import { ofDisk } from './way-on.ts';
import { VERSION } from './version.ts';
import { ownValue } from '../core/own-value.ts';

/** How a chain of runs ended: its last run, how that one ended, and the exit code that says so. */
export interface ChainEnd {
  readonly run: PlannedRun;
  readonly end: RunEnd;
  readonly exitCode: number;
}

/** Works on a run, and on the follow-up runs that it leads to, in this process. Rejects with a Problem where one cannot be opened. */
export async function runChain(workspace: OpenWorkspace, first: PlannedRun, io: Io): Promise<ChainEnd> {
  let unheard = Infinity;
  for (let run = first; ;) {
    const { end, unheardSince } = await workOn(workspace, run, io);
    unheard = Math.min(unheard, unheardSince ?? Infinity);
    if (end.followup === null || io.stop.aborted) {
      await workspace.nameUncovered(unheard);
      return { run, end, exitCode: exitCodeOf(end, io.stop) };
    }
    io.line(`\n[FOLLOW-UP] ${end.followup.runId}`);
    const followup = await followupOf(workspace, run, end.state, end.followup);
    run = end.wasSettled ? { ...followup, ...forWhoeverWorks(run) } : followup;
  }
}

/** A stop between a run and its follow-up ends the chain, although the run itself came to its end. */
function exitCodeOf({ status, followup }: RunEnd, stop: AbortSignal): number {
  const signal = stop.aborted ? (stop.reason as StopRequest).signal : undefined;
  return exitCodeOfStatus(followup === null ? status : 'interrupted', signal);
}

/** How a run ended, and when starts of it began before this one that were killed before they could tell their end. */
interface Worked {
  readonly end: RunEnd;
  readonly unheardSince: number | null;
}

async function workOn(workspace: OpenWorkspace, run: PlannedRun, io: Io): Promise<Worked> {
  const { settings, runId } = run;
  const { fullAutoAnswers: answersItself, useGit } = settings.runtime;
  const told = io.narrator({ workspace: workspace.folder, answersItself });
  const git = useGit ? workspace.git : null;
  const taskFolder = taskFiles(stateFiles(workspace.folder), run.taskId).relative;
  const ignored = settings.runtime.trackArtifacts ? git?.ignoreState(taskFolder) : undefined;
  ignored?.catch(() => undefined); // Asked while the run's files are opened, and heard of then.
  const { store, narrator, warnings, settle } = await workspace.openRun(run, told);
  announce(io, workspace.folder, run, store.taskFolder);
  for (const warning of warnings) narrator.warn(warning);
  const ports = {
    store,
    git,
    tree: workspace.tree ?? null,
    agents: await workspace.agents(settings, runId),
    asker: askerOf(io, run.answer),
    inbox: workspace.inbox(runId),
    narrator,
    checks: settings.evidence?.mode !== 'off' ? ((await workspace.checks?.()) ?? null) : null,
    clock: workspace.clock,
    newRunId: workspace.newRunId,
    stop: io.stop,
    asProblem: (error: unknown) => ofDisk(error, workspace.folder),
  };
  const tracked = whetherTracked(await ignored, settings, store.taskFolder, io);
  const record = { version: VERSION, recorded: recordedForm(tracked), programs: workspace.programs };
  try {
    const end = await drive(ports, { ...run, ...record, settings: tracked });
    return { end, unheardSince: store.opened.unheard.since };
  } finally {
    await settle?.();
  }
}

function announce(io: Io, folder: string, run: PlannedRun, taskFolder: string): void {
  io.line(`[*] Workspace root: ${folder}`);
  io.line(`[*] Task ID: ${run.taskId}`);
  io.line(`[*] Task root: ${taskFolder}`);
  io.line(`[*] Enabled pairs: ${run.settings.runtime.pairs.join(', ')}`);
  io.line(`[*] Run ID: ${run.runId}`);
  for (const { key, was, is } of run.changedSettings) {
    io.line(`[*] Changed since the run stopped: ${key}: ${JSON.stringify(was)} -> ${JSON.stringify(is)}`);
  }
}

/** Artifacts in a folder that git ignores are not tracked, whatever the configuration says. */
function whetherTracked(state: IgnoreState | undefined, settings: Settings, taskFolder: string, io: Io): Settings {
  if (state === undefined || state === 'visible') return settings;
  if (state === 'tracked') {
    io.warn(`${taskFolder} is ignored by git, but files of it are tracked: checkpoints include it all the same`);
    return settings;
  }
  io.warn(`${taskFolder} is ignored by git: the task's files stay out of checkpoints`);
  return { ...settings, runtime: { ...settings.runtime, trackArtifacts: false } };
}

/** The follow-up of a run: begun with what its parent resolved, or resumed where it stopped. */
async function followupOf(
  workspace: OpenWorkspace,
  parent: PlannedRun,
  state: RunEnd['state'],
  { runId, depth }: NonNullable<RunEnd['followup']>,
): Promise<PlannedRun> {
  const name = { taskId: parent.taskId, runId };
  const recorded = await workspace.recorded(name);
  if (recorded !== null) return recordedRun(name, recorded);
  const { settings } = parent;
  return newRun(
    name,
    {
      settings: { ...settings, ...checksOf(state), runtime: { ...settings.runtime, phaseId: null } },
      create: { request: await workspace.revisedRequest(parent) },
    },
    { parentRunId: parent.runId, depth, spentBefore: spentInChain(state), chainBase: baseOf(parent, state) },
  );
}

/** What a resume gives to a run that has handed over is meant for the one that goes on; an answer is not, it has its question. */
function forWhoeverWorks({ instruction, accept, acceptConfig, reloadChecks }: PlannedRun): Partial<PlannedRun> {
  return {
    instruction,
    ...(accept === undefined ? {} : { accept }),
    ...(acceptConfig === undefined ? {} : { acceptConfig }),
    ...(reloadChecks === undefined ? {} : { reloadChecks }),
  };
}

/** What an earlier run of the chain broke does not become old in a later one. */
function baseOf({ runId }: PlannedRun, state: RunEnd['state']): PlannedRun['chainBase'] {
  const { run, checks } = state;
  const { resolved } = checks;
  if (resolved === null) return run.chainBase;
  const results = resolved.checks.flatMap(({ name: check }) => {
    const { name, parser, where } = ownValue(checks.kept, resultKey(check, resolved.baseTree)) ?? {};
    return where === 'in_place' && name !== undefined && parser !== undefined ? [{ check, name, parser }] : [];
  });
  return {
    tree: resolved.baseTree,
    commit: resolved.baseCommit,
    guards: resolved.guardTree,
    left: checks.left,
    spent_ms: checkedInChain(state),
    ...(results.length === 0 ? {} : { in_place: { run_id: runId, results } }),
    ...(resolved.carried ? { carried: resolved.carried } : {}),
  };
}

/** A follow-up has the checks of the first run, found ones too. */
function checksOf({ checks }: RunEnd['state']): Pick<Settings, 'checks'> {
  const found = checks.resolved?.checks ?? [];
  return found.length === 0 ? {} : { checks: found.map(({ origin: _, ...check }) => check) };
}
