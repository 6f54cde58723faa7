import type { AgentSettings, Settings } from '../core/settings.ts';
import { providerOf } from '../core/vocabulary.ts';
import type { Agent } from '../run/agent-port.ts';
import { PROVIDERS } from './registry.ts';
import type { ProviderReport } from './report.ts';
import type { AgentWorld } from './turn.ts';

/** `reports`: what `preflight` found, without a problem. Times come from the settings. */
export interface AgentDependencies extends Omit<AgentWorld, 'idleTimeoutMs' | 'turnTimeoutMs' | 'allowInside'> {
  readonly reports: readonly ProviderReport[];
  /** What starts this program again, for the scripted agent that is part of it. */
  readonly selfArgv: readonly string[];
}

/** The agent that plays a role. Only the code of its provider is loaded. */
export async function createAgent(
  role: AgentSettings,
  settings: Settings,
  { reports, selfArgv, ...given }: AgentDependencies,
): Promise<Agent> {
  const { idleTimeoutMinutes, turnTimeoutMinutes, allowProgramInWorkspace: allowInside } = settings.provider;
  const times = { idleTimeoutMs: idleTimeoutMinutes * 60_000, turnTimeoutMs: turnTimeoutMinutes * 60_000 };
  const world = { ...given, ...times, allowInside };
  const report = reports.find((each) => (each.name ?? each.provider) === role.name) ?? null;
  const provider = PROVIDERS[providerOf(role.name)];
  const player = await provider.create({ role, settings, world, report, selfArgv });
  return { ...player, provider: provider.name, sessions: provider.sessions };
}
