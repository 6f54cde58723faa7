/** The agents that a person can choose without more than a name. */
export const INITIAL_PROVIDERS = ['codex', 'claude'] as const;
export type InitialProvider = (typeof INITIAL_PROVIDERS)[number];

/** What an agent may do: work on files and commands of the workspace, all of it unasked, or what its own settings say. */
export const PERMISSIONS = ['workspace', 'everything', 'own'] as const;
export type Permissions = (typeof PERMISSIONS)[number];

export interface InitialChoices {
  readonly provider: InitialProvider;
  readonly permissions: Permissions;
}
