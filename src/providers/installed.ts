import type { Settings } from '../core/settings.ts';
import { ACP_AGENTS, type AcpAgentName, type ProviderName } from '../core/vocabulary.ts';
import { RECIPES } from './acp/recipes.ts';
import { findProgram, type ProgramPlace } from './find-program.ts';
import { PROVIDERS } from './registry.ts';
import type { PreflightWorld, ProviderReport } from './report.ts';

/** An agent of this machine that needs nothing set but its name. */
export interface InstalledAgent {
  readonly name: ProviderName | AcpAgentName;
  readonly version: string | null;
  /** As the program says it; null where there is no program. */
  readonly login: string | null;
  /** Whether it is there, starts and is logged in. What it may do is another question. */
  readonly isReady: boolean;
}

/** Looks at the agents that a person could choose, `among` these or all. Makes no request and costs nothing. */
export async function installedAgents(
  settings: Settings,
  world: PreflightWorld,
  among: (name: ProviderName) => boolean = () => true,
): Promise<InstalledAgent[]> {
  const { provider } = settings;
  const claude = { ...provider.claude, permissionStrategy: 'allow_core_tools' } as const;
  const chosen = { ...settings, provider: { ...provider, claude } };
  const looks = Object.values(PROVIDERS).map(async ({ name, section, preflight }) => {
    if (section === null || preflight === null || !among(name)) return [];
    const roles = [{ name, model: null, effort: null }];
    const report = await preflight({ settings: chosen, roles, world: { ...world, thorough: true } });
    return [standingOf(report)];
  });
  return (await Promise.all(looks)).flat();
}

function standingOf({ provider, program, version, login, logInWith, problems }: ProviderReport): InstalledAgent {
  const isReady = program !== null && problems.length === 0 && logInWith === null;
  return { name: provider, version, login: program === null ? null : login, isReady };
}

/** The agents of the Agent Client Protocol that are known by name and are here. None is started: whether it works a turn tells. */
export function installedRecipes(place: ProgramPlace): AcpAgentName[] {
  return ACP_AGENTS.filter((name) => findProgram(RECIPES[name].command[0] ?? '', place).file !== null);
}
