import type { Settings } from '../../../src/core/settings.ts';
import type { ProviderName } from '../../../src/core/vocabulary.ts';

export interface Choices {
  readonly provider?: ProviderName;
  readonly runtime?: Partial<Settings['runtime']>;
  readonly maxWaitMinutes?: number;
}

/** The defaults of the configuration, with these choices. */
export function settingsOf({ provider = 'codex', runtime, maxWaitMinutes = 0 }: Choices = {}): Settings {
  const agent = { name: provider, model: null, effort: null };
  return {
    provider: {
      name: provider,
      roles: { producer: agent, verifier: agent },
      codex: { model: 'gpt', effort: null, sandbox: 'workspace-write', networkAccess: false },
      claude: { model: null, effort: null, permissionStrategy: 'inherit', stream: false },
      acp: { agent: null, command: null, mode: null, permissions: 'workspace', model: null, config: null },
      command: null,
      allowProgramInWorkspace: false,
      idleTimeoutMinutes: 20,
      turnTimeoutMinutes: 120,
      maxWaitMinutes,
    },
    runtime: {
      pairs: ['plan', 'implement', 'test', 'audit'],
      maxIterations: 15,
      maxPhases: 30,
      phaseMode: 'single',
      phaseId: null,
      intentMode: 'preserve',
      fullAutoAnswers: false,
      approvePlan: false,
      waitMinutes: 0,
      useGit: true,
      trackArtifacts: true,
      autoFollowup: true,
      autoFollowupMaxDepth: 3,
      verifierSession: 'shared',
      verifierScope: 'warn',
      commitEverything: false,
      maxTurns: null,
      maxMinutes: null,
      maxCostUsd: null,
      ...runtime,
    },
  };
}
