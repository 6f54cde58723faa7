import { setImmediate } from 'node:timers/promises';
import type { CommandLineOptions } from '../config/command-line.ts';
import { Problem } from '../core/problem.ts';
import type { Settings } from '../core/settings.ts';
import { STATE_FOLDER } from '../core/state-folder.ts';
import type { GitWorkTree } from '../git/work-tree-port.ts';
import type { ProviderReport } from '../providers/report.ts';
import { stateDisk } from '../store/disk/disk.ts';
import { inboxOf } from '../store/inbox.ts';
import { loadDiagnostics } from '../store/run/diagnostics.ts';
import { runLayout, stateFiles, taskFiles } from '../store/layout.ts';
import { probeWritable } from '../store/disk/write-probe.ts';
import { loadLauncher } from '../supervision/launch.ts';
import { startSupervisor, type Supervisor } from '../supervision/supervisor.ts';
import { agentsOf, introduceAgents, otherAgents, reportsFor } from './agents.ts';
import { once, requireGround } from './before-start.ts';
import { forgetConfiguration, requireOwnConfiguration } from './frozen-config.ts';
import { type CheckWork, checkBench, NO_BENCH } from './check-bench.ts';
import { holdWorkspace } from './hold-workspace.ts';
import { newRunId } from './ids.ts';
import { mendUndoIn } from './mend-undo.ts';
import { beginBranch } from './new-branch.ts';
import { onDeath } from './notified.ts';
import type { RunName } from './planned-run.ts';
import type { Io, OpenWorkspace } from './ports.ts';
import { callRecordIn, type OpenedGit, prepareGit } from './repository.ts';
import { resumeSettings } from './resume-settings.ts';
import type { ResolvedToday } from './settings.ts';
import { systemClock } from './system-clock.ts';
import { inTree } from './worktrees/at-work.ts';
import { taskGround } from './worktrees/ground.ts';

/** The workspace that is wanted, and the run that the chain begins with. */
export interface WantedWorkspace extends RunName {
  readonly workspace: string;
  readonly settings: Settings;
  readonly given: CommandLineOptions;
  /** The run has a folder, to be looked at before anything is paid for. */
  readonly exists: boolean;
  /** See `GitRequest`. */
  readonly acceptGitConfig?: boolean;
  /** The operator takes the workspace's configuration as it is, whoever wrote it (`--accept-config`). */
  readonly acceptConfig?: boolean;
  /** The operator takes the run's log as it is. */
  readonly trustLog?: boolean;
  /** See `beginBranch`. */
  readonly branch?: string | null;
  /** Called when a run's folder is open, which whoever looks is told of from then on. */
  readonly hasBegun?: () => void;
  /** Says with what the run begins: called once the programs and the repository are being asked, before anything else is said. */
  readonly sayFirst: () => void;
}

/** Says that a start begins, and what of the configuration is worth knowing at once. */
export function saySettings(io: Io, { risky, warnings }: Pick<ResolvedToday, 'risky' | 'warnings'>): void {
  io.line('[+] Starting Autoloop');
  for (const line of risky) io.line(`[*] ${line}`);
  for (const warning of warnings) io.warn(warning);
}

/**
 * Opens what runs need of the machine, works with it, and closes it again. Everything that can be refused is refused before
 * anything is written: programs, logins, the repository's state, a disk that cannot be written, a workspace that is busy.
 */
export async function inWorkspace<T>(
  wanted: WantedWorkspace,
  io: Io,
  work: (open: OpenWorkspace) => Promise<T>,
): Promise<T> {
  return opened(wanted, inTree(io, wanted.workspace), work);
}

async function opened<T>(wanted: WantedWorkspace, io: Io, work: (open: OpenWorkspace) => Promise<T>): Promise<T> {
  const { workspace, settings, runId } = wanted;
  const state = stateFiles(workspace);
  const { reports, repository, run } = await readyGround(wanted, io);
  introduceAgents(reports, io);
  await probeWritable(state, run);
  const place = { workspace, runId, gitFolder: repository?.gitFolder ?? null, stop: io.stop };
  const { lock, machine } = await holdWorkspace(place, (text) => io.warn(text));
  let supervisor: Supervisor | null = null;
  let [git, bench]: [GitWorkTree | null, CheckWork] = [null, NO_BENCH];
  try {
    if (machine === null) io.warn(WEAKER);
    if (place.gitFolder !== null) await mendUndoIn({ workspace, machine, warn: (text) => io.warn(text) });
    const watched = { directory: machine ?? state.folder, onDeath: onDeath(workspace, settings, io), stop: io.stop };
    supervisor = startSupervisor(watched);
    const found = (await repository?.open(supervisor)) ?? null;
    git = found?.tree ?? null;
    await newBranch(wanted, found, io);
    const withoutGit = !settings.runtime.useGit;
    bench = checkBench(workspace, supervisor, io, { machine, git: found?.git ?? null, withoutGit });
    return await work({
      folder: workspace,
      git,
      tree: taskGround(workspace, { settings, processes: supervisor, io }),
      programs: versionsOf(reports),
      checks: () => bench.open(),
      clock: systemClock,
      newRunId: () => newRunId(new Date()),
      openRun: async (run, narrator) => {
        const { openRun } = await import('./open-run.ts');
        return openRun({ ...lockedAs(wanted, io), lock, machine }, run, narrator);
      },
      inbox: (id) => inboxOf(workspace, id),
      agents: agentsOf(workspace, reports, supervisor, io),
      recorded: (run) => recordedToday(wanted, io, run),
      revisedRequest: ({ taskId: id, runId: of }) =>
        stateDisk(state).read(`${runLayout(taskFiles(state, id), of).artifacts}/audit/revised_request.md`),
      // A repository that cannot be asked any more is the reason why the run ended, and that is said.
      nameUncovered: async (unheard) => found?.nameUncovered(unheard).catch(() => undefined),
    });
  } finally {
    // What it finds is what the run ended with, or is found by the next start.
    await bench.close().catch(() => undefined);
    await git?.close().catch(() => undefined);
    await supervisor?.close();
    if (machine !== null) tidy(machine);
    await lock.release();
  }
}

/** Of a start that has come to its end, nothing stays in the state home but what the next one must know. */
function tidy(machine: string): void {
  callRecordIn(machine).forget();
  try {
    forgetConfiguration(machine);
  } catch {
    // A disk that refuses: what stays tells of nothing.
  }
}

async function newBranch({ branch = null }: WantedWorkspace, found: OpenedGit | null, io: Io): Promise<void> {
  if (branch === null) return;
  if (found === null) throw new Problem('usage', '--branch needs git, with which this run does not work');
  await beginBranch(found.git, branch, (text) => io.line(text));
}

/** What a start needs of the machine. Rejects with the first Problem of `BEFORE_START`. */
async function readyGround(wanted: WantedWorkspace, io: Io) {
  const { workspace, settings, taskId, runId } = wanted;
  const reports = once(() => reportsFor(workspace, settings, io));
  const repository = once(async () => (settings.runtime.useGit ? await prepareGit(wanted, io) : null));
  const run = wanted.exists ? runLayout(taskFiles(stateFiles(workspace), taskId), runId) : null;
  const looked = requireGround({
    workspace,
    settings: () => Promise.resolve(settings),
    acceptConfig: true,
    pairsFrom: null,
    reports,
    instead: (broken) => otherAgents(workspace, settings, io.environment, broken),
    repository,
    run,
  });
  // While the programs answer, what is needed next is loaded, and the first line written, for which the system looks up its time zone.
  const rest = setImmediate().then(loadRest).then(wanted.sayFirst);
  await Promise.allSettled([looked, rest]);
  await looked;
  return { reports: await reports(), repository: await repository(), run };
}

/** What a run needs and the looks before it do not; piece by piece, so that their answers are heard between. */
async function loadRest(): Promise<void> {
  for (const load of [() => import('./chain.ts'), () => import('./open-run.ts'), loadDiagnostics, loadLauncher]) {
    await load();
    await setImmediate();
  }
}

/** What the opening of each of the workspace's runs goes by, beside the lock. */
function lockedAs({ workspace, trustLog = false, hasBegun }: WantedWorkspace, io: Io) {
  return { state: stateFiles(workspace), trustLog, hasBegun, env: io.environment.env, isAttended: io.isAttended };
}

function versionsOf(reports: readonly ProviderReport[]): OpenWorkspace['programs'] {
  const known = reports.flatMap(({ provider, version }) => (version === null ? [] : [[provider, version] as const]));
  return Object.fromEntries(known);
}

/** What no agent may steer has no place of its own here: the record of processes stands where they can write. */
const WEAKER = `the folder for what agents must not change cannot be written or lies in the workspace (XDG_STATE_HOME, else ~/.local/state): the record of processes is kept in ${STATE_FOLDER}, and edits of a log between two starts are not noticed`;

/** With today's configuration, unless an agent has written it since the start. */
function recordedToday({ workspace, given }: WantedWorkspace, io: Io, run: RunName) {
  requireOwnConfiguration(workspace, false);
  return resumeSettings({ workspace, ...io.environment }, { ...run, given });
}
