import type { AgentSettings, CommandSettings, Settings } from '../../../src/core/settings.ts';
import { settingsOf } from '../../support/world/settings.ts';

interface Choices {
  /** Plays both roles, unless there is a verifier. */
  readonly roles: AgentSettings;
  readonly verifier?: AgentSettings;
  readonly codex?: Partial<Settings['provider']['codex']>;
  readonly claude?: Partial<Settings['provider']['claude']>;
  readonly acp?: Partial<Settings['provider']['acp']>;
  readonly command?: CommandSettings | null;
}

/** The defaults of the configuration (docs/configuration.md), with these choices. */
export function settingsWith({ roles, verifier = roles, codex, claude, acp, command = null }: Choices): Settings {
  return {
    provider: {
      name: roles.name,
      roles: { producer: roles, verifier },
      codex: { model: null, effort: null, sandbox: 'workspace-write', networkAccess: false, ...codex },
      claude: { model: null, effort: null, permissionStrategy: 'inherit', stream: false, ...claude },
      acp: { agent: null, command: null, mode: null, permissions: 'workspace', model: null, config: null, ...acp },
      command,
      allowProgramInWorkspace: false,
      idleTimeoutMinutes: 20,
      turnTimeoutMinutes: 120,
      maxWaitMinutes: 0,
    },
    runtime: settingsOf().runtime,
  };
}

/** What a command has that says no more than how it is started. */
export const PLAIN: Omit<CommandSettings, 'start'> = {
  resume: null,
  output: 'text',
  answer: null,
  session: null,
  name: null,
  final: null,
  usage: { input: null, cached: null, output: null, reasoning: null, cost: null },
  usageScope: 'turn',
  activity: null,
  error: null,
  env: null,
};
