import { ACP_AGENTS } from '../core/vocabulary.ts';

/** The agents that a person can choose without more than a name: those behind codex and claude speak the Agent Client Protocol. */
export const INITIAL_PROVIDERS = ['codex', 'claude', ...ACP_AGENTS] as const;
export type InitialProvider = (typeof INITIAL_PROVIDERS)[number];

/** What an agent may do: work on files and commands of the workspace, all of it unasked, or what its own settings say. */
export const PERMISSIONS = ['workspace', 'everything', 'own'] as const;
export type Permissions = (typeof PERMISSIONS)[number];

export interface InitialChoices {
  readonly provider: InitialProvider;
  readonly permissions: Permissions;
}
