import path from 'node:path';
import { screenText } from '../core/screen.ts';
import type { Settings } from '../core/settings.ts';
import type { Role } from '../core/vocabulary.ts';
import { createAgent } from '../providers/create.ts';
import { preflight } from '../providers/preflight.ts';
import { askIn } from '../providers/program.ts';
import { type ProviderReport, requireReady } from '../providers/report.ts';
import type { StopRequest } from '../run/ports.ts';
import { ownArgv } from '../supervision/own-argv.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import { Interrupted } from './interrupted.ts';
import type { Io, OpenWorkspace } from './ports.ts';

/** What the programs that play the roles say of themselves. Rejects with a Problem where one cannot be used, `Interrupted` on a stop. */
export async function checkProviders(
  workspace: string,
  settings: Settings,
  io: Io,
): Promise<readonly ProviderReport[]> {
  const { env, home } = io.environment;
  const cacheBase = env.XDG_CACHE_HOME;
  const reports = await preflight(settings, {
    cwd: workspace,
    env,
    uid: process.getuid?.() ?? null,
    cacheDir: path.join(
      cacheBase !== undefined && path.isAbsolute(cacheBase) ? cacheBase : path.join(home, '.cache'),
      'autoloop',
    ),
    ask: askIn(workspace, env, io.stop),
    thorough: false,
  });
  if (io.stop.aborted) throw new Interrupted((io.stop.reason as StopRequest).signal);
  requireReady(reports);
  for (const { provider, version, permissions, whoPays, notices } of reports) {
    io.line(`[*] Provider: ${provider}${version === null ? '' : ` ${version}`}; ${permissions}`);
    if (whoPays !== 'unknown') io.line(`[*] Paid by: ${whoPays}`);
    for (const notice of notices) io.warn(screenText(notice));
  }
  return reports;
}

/** Makes the agents of a run, whose processes `runner` watches over. */
export function agentsOf(
  cwd: string,
  reports: readonly ProviderReport[],
  runner: Supervisor,
  io: Io,
): OpenWorkspace['agents'] {
  return async (settings, runId) => {
    const { env } = io.environment;
    const world = { runner, cwd, env, runId, now: () => new Date(), hurry: io.hurry, reports, selfArgv: ownArgv() };
    const agent = (role: Role) => createAgent(settings.provider.roles[role], settings, world);
    return { producer: await agent('producer'), verifier: await agent('verifier') };
  };
}
