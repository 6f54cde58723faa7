import { Problem } from '../core/problem.ts';
import type { AgentSettings, Settings } from '../core/settings.ts';
import type { Agent } from '../run/agent-port.ts';
import type { ProviderReport } from './report.ts';
import type { AgentWorld } from './turn.ts';

/** `reports`: what `preflight` found, without a problem. Times come from the settings. */
export interface AgentDependencies extends Omit<AgentWorld, 'idleTimeoutMs' | 'turnTimeoutMs'> {
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
  const { codex, claude, command, idleTimeoutMinutes, turnTimeoutMinutes } = settings.provider;
  const world = { ...given, idleTimeoutMs: idleTimeoutMinutes * 60_000, turnTimeoutMs: turnTimeoutMinutes * 60_000 };
  if (role.name === 'rehearsal') {
    const { rehearsalAgent } = await import('./rehearsal/agent.ts');
    return rehearsalAgent(world, [...selfArgv, '--internal-rehearsal']);
  }
  const report = reports.find((each) => each.provider === role.name);
  const program = report?.program ?? null;
  if (report === undefined || program === null) throw new Error(`no preflight found the program of ${role.name}`);
  switch (role.name) {
    case 'codex': {
      const { codexAgent } = await import('./codex/agent.ts');
      return codexAgent(world, program, {
        capabilities: report.capabilities,
        model: role.model ?? codex.model,
        effort: role.effort ?? codex.effort,
        sandbox: codex.sandbox,
        networkAccess: codex.networkAccess,
        mark: given.runner.mark ?? null,
      });
    }
    case 'claude': {
      const { claudeAgent } = await import('./claude/agent.ts');
      return claudeAgent(world, program, {
        model: role.model ?? claude.model,
        effort: role.effort ?? claude.effort,
        permissionStrategy: claude.permissionStrategy,
        stream: claude.stream,
      });
    }
    case 'command': {
      if (command === null) throw new Problem('configuration', 'provider.command is not set');
      const { commandAgent } = await import('./command/agent.ts');
      return commandAgent(world, program, role, command);
    }
  }
}
