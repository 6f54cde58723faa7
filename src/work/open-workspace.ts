import os from 'node:os';
import path from 'node:path';
import { Problem } from '../core/problem.ts';
import { screenText } from '../core/screen.ts';
import type { Settings } from '../core/settings.ts';
import type { Role } from '../core/vocabulary.ts';
import type { GitWorkTree } from '../git/work-tree.ts';
import { createAgent } from '../providers/create.ts';
import { preflight } from '../providers/preflight.ts';
import { askIn } from '../providers/program.ts';
import { type ProviderReport, requireReady } from '../providers/report.ts';
import type { Agent } from '../run/agent-port.ts';
import type { StopRequest } from '../run/ports.ts';
import { type RunLayout, type StateFiles, stateFiles } from '../store/layout.ts';
import { acquireLock, type WorkspaceLock } from '../store/lock.ts';
import { probeWritable } from '../store/disk/write-probe.ts';
import { isAlive, processIdentity } from '../supervision/identity.ts';
import { ownArgv } from '../supervision/own-argv.ts';
import { reapLeftovers } from '../supervision/reap.ts';
import { startSupervisor, type Supervisor } from '../supervision/supervisor.ts';
import { Interrupted } from '../cli/exit.ts';
import { prepareGit } from './repository.ts';
import type { Screen } from '../cli/screen-output.ts';
import type { Signals } from '../cli/signals.ts';

/** What runs in a workspace share: the lock, the repository, the supervision of agents. */
export interface Workbench {
  readonly workspace: string;
  readonly state: StateFiles;
  readonly screen: Screen;
  readonly signals: Signals;
  readonly lock: WorkspaceLock;
  /** The versions of the agents' programs, by provider. */
  readonly programs: Readonly<Record<string, string>>;
  /** Null without git. */
  readonly git: GitWorkTree | null;
  /** Says what agents left in repositories within this one, where no checkpoint takes it. */
  nameUncovered(): Promise<void>;
  /** The agents that play the roles of a run. */
  agents(settings: Settings, runId: string): Promise<Record<Role, Agent>>;
}

export interface WorkbenchRequest {
  readonly workspace: string;
  readonly settings: Settings;
  readonly runId: string;
  /** The folder of a run that exists, to be looked at before anything is paid for; null for a new one. */
  readonly layout: RunLayout | null;
  readonly screen: Screen;
  readonly signals: Signals;
}

/**
 * Opens what a run needs of the machine, works with it, and closes it again. Everything that can be refused is refused before
 * anything is written: programs, logins, the repository's state, a disk that cannot be written, a workspace that is busy.
 */
export async function withWorkbench<T>(request: WorkbenchRequest, work: (bench: Workbench) => Promise<T>): Promise<T> {
  const { workspace, settings, screen } = request;
  const reports = await checkProviders(request);
  const state = stateFiles(workspace);
  const repository = settings.runtime.useGit ? await prepareGit(workspace, settings, screen) : null;
  await probeWritable(state, request.layout);
  const lock = await lockWorkspace(state, request.runId);
  let supervisor: Supervisor | null = null;
  try {
    await endLeftovers(state, screen);
    const opened = (await repository?.open()) ?? null;
    // A repository that cannot be asked any more is the reason why the run ended, and that is said.
    const nameUncovered = async () => opened?.nameUncovered().catch(() => undefined);
    supervisor = startSupervisor({ directory: state.folder });
    const programs = Object.fromEntries(
      reports.flatMap(({ provider, version }) => (version === null ? [] : [[provider, version]])),
    );
    const bench = {
      workspace,
      state,
      screen,
      programs,
      signals: request.signals,
      lock,
      git: opened?.tree ?? null,
      nameUncovered,
    };
    return await work({ ...bench, agents: agentsOf(request, reports, supervisor) });
  } finally {
    await supervisor?.close();
    await lock.release();
  }
}

async function checkProviders({
  workspace,
  settings,
  screen,
  signals,
}: WorkbenchRequest): Promise<readonly ProviderReport[]> {
  const cacheBase = process.env.XDG_CACHE_HOME;
  const reports = await preflight(settings, {
    cwd: workspace,
    env: process.env,
    uid: process.getuid?.() ?? null,
    cacheDir: path.join(
      cacheBase !== undefined && path.isAbsolute(cacheBase) ? cacheBase : path.join(os.homedir(), '.cache'),
      'autoloop',
    ),
    ask: askIn(workspace, process.env, signals.stop),
    thorough: false,
  });
  if (signals.stop.aborted) throw new Interrupted((signals.stop.reason as StopRequest).signal);
  requireReady(reports);
  for (const { provider, version, permissions, whoPays, notices } of reports) {
    screen.line(`[*] Provider: ${provider}${version === null ? '' : ` ${version}`}; ${permissions}`);
    if (whoPays !== 'unknown') screen.line(`[*] Paid by: ${whoPays}`);
    for (const notice of notices) screen.warn(screenText(notice));
  }
  return reports;
}

async function lockWorkspace(state: StateFiles, runId: string): Promise<WorkspaceLock> {
  const self = processIdentity(process.pid) ?? { pid: process.pid, start: '', boot: '' };
  return acquireLock(state, { self, host: os.hostname(), runId, now: new Date(), isAlive });
}

/** Processes of starts that died must be gone before any turn: they could still edit. */
async function endLeftovers(state: StateFiles, screen: Screen): Promise<void> {
  const { ended, survivors, owners } = await reapLeftovers(state.folder);
  if (ended > 0) screen.warn(`ended ${ended} process(es) that an earlier run had left behind`);
  const left = [...survivors, ...owners].map(({ pid }) => pid);
  if (left.length > 0) {
    throw new Problem(
      'busy',
      `processes of an earlier run are still at work here: ${left.join(', ')}`,
      'End them, then try again.',
    );
  }
}

function agentsOf(request: WorkbenchRequest, reports: readonly ProviderReport[], supervisor: Supervisor) {
  return async (settings: Settings, runId: string): Promise<Record<Role, Agent>> => {
    const world = {
      runner: supervisor,
      cwd: request.workspace,
      env: process.env,
      runId,
      now: () => new Date(),
      hurry: request.signals.hurry,
    };
    const agent = (role: Role) =>
      createAgent(settings.provider.roles[role], settings, { ...world, reports, selfArgv: ownArgv() });
    return { producer: await agent('producer'), verifier: await agent('verifier') };
  };
}
