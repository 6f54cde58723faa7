import { devNull } from 'node:os';
import path from 'node:path';
import { cacheFolder } from '../files/places.ts';
import { screenText } from '../core/screen.ts';
import type { Settings } from '../core/settings.ts';
import { type ProviderName, providerOf, type Role } from '../core/vocabulary.ts';
import { createAgent } from '../providers/create.ts';
import { type InstalledAgent, installedAgents, installedRecipes } from '../providers/installed.ts';
import { preflight } from '../providers/preflight.ts';
import { askIn } from '../providers/program.ts';
import type { PreflightWorld, ProviderReport } from '../providers/report.ts';
import type { StopRequest } from '../run/ports.ts';
import { ownArgv } from '../supervision/own-argv.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import { Interrupted } from './interrupted.ts';
import { supervised } from './supervised.ts';
import type { Environment, Io, OpenWorkspace } from './ports.ts';

/** What the programs that play the roles say of themselves. Rejects with `Interrupted` on a stop. */
export async function reportsFor(workspace: string, settings: Settings, io: Io): Promise<readonly ProviderReport[]> {
  const reports = await preflight(settings, preflightWorld(workspace, settings, io.environment, io.stop));
  if (io.stop.aborted) throw new Interrupted((io.stop.reason as StopRequest).signal);
  return reports;
}

/** The same with all that only a report needs, asked anew; nothing is kept. */
export function reportsToShow(
  workspace: string,
  settings: Settings,
  environment: Environment,
): Promise<readonly ProviderReport[]> {
  const world = preflightWorld(workspace, settings, environment, null);
  // A folder that cannot exist: answers are asked for anew, and nothing is written.
  return preflight(settings, { ...world, cacheDir: path.join(devNull, 'none'), thorough: true });
}

/** Says who works, and what is worth knowing of them. */
export function introduceAgents(reports: readonly ProviderReport[], io: Io): void {
  for (const { provider, agent, version, permissions, whoPays, notices } of reports) {
    io.line(`[*] Provider: ${agent ?? provider}${version === null ? '' : ` ${version}`}; ${permissions}`);
    if (whoPays !== 'unknown') io.line(`[*] Paid by: ${whoPays}`);
    for (const notice of notices) io.warn(screenText(notice));
  }
}

/** The agents of this machine, for whoever chooses one; those of which most is known come first. */
export async function agentsHere(
  workspace: string,
  settings: Settings,
  environment: Environment,
): Promise<readonly InstalledAgent[]> {
  const world = preflightWorld(workspace, settings, environment, null);
  const login = 'only a turn can tell whether it is logged in';
  const named = installedRecipes(world).map((name) => ({ name, version: null, login, isReady: true }));
  return [...(await installedAgents(settings, world)), ...named];
}

/** The agents that an operator may take in place of a broken one, in words; null: none is ready, or a role asks for this one by name. */
export async function otherAgents(
  workspace: string,
  settings: Settings,
  environment: Environment,
  broken: ProviderName,
): Promise<string | null> {
  const { name, roles } = settings.provider;
  if (broken !== providerOf(name) || roles.producer.name !== name || roles.verifier.name !== name) return null;
  const world = preflightWorld(workspace, settings, environment, null);
  const ready = (await installedAgents(settings, world, (other) => other !== broken)).filter(({ isReady }) => isReady);
  const ways = ready.map((other) => `${other.name} is here: --provider ${other.name}`);
  const named = broken === 'acp' ? [] : installedRecipes(world);
  ways.push(...named.map((other) => `${other} is here: provider.name: acp with provider.acp.agent: ${other}`));
  return ways.length === 0 ? null : `Or take another: ${ways.join('; ')}.`;
}

function preflightWorld(
  workspace: string,
  { provider }: Settings,
  { env }: Environment,
  stop: AbortSignal | null,
): PreflightWorld {
  const place = { cwd: workspace, env, allowInside: provider.allowProgramInWorkspace };
  return {
    ...place,
    uid: process.getuid?.() ?? null,
    cacheDir: cacheFolder(workspace, env),
    ask: askIn(place, stop),
    supervised,
    thorough: false,
  };
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
    const own = { runner, cwd, env, runId, now: () => new Date(), told: new Set<string>() };
    const world = { ...own, hurry: io.hurry, reports, selfArgv: ownArgv() };
    const agent = (role: Role) => createAgent(settings.provider.roles[role], settings, world);
    return { producer: await agent('producer'), verifier: await agent('verifier') };
  };
}
