import type { ConfigValue } from './config-values.ts';
import { ownValue } from '../core/own-value.ts';

/** Stands in for an identity where none is configured (docs/checkpoints.md). */
export const AGENT_IDENTITY = { name: 'Autoloop Agent', email: 'autoloop@localhost' } as const;

/** The environment of a commit made under that identity. */
export const AGENT_ENVIRONMENT = {
  GIT_AUTHOR_NAME: AGENT_IDENTITY.name,
  GIT_AUTHOR_EMAIL: AGENT_IDENTITY.email,
  GIT_COMMITTER_NAME: AGENT_IDENTITY.name,
  GIT_COMMITTER_EMAIL: AGENT_IDENTITY.email,
} as const;

/**
 * Whether git's configuration and environment name a person, as author and as committer, by name and address. git itself would
 * go on to guess from the login and the host name, which is worse than an honest stand-in.
 */
export function hasIdentity(values: readonly ConfigValue[]): boolean {
  const settings = new Map(values.map(({ key, value }) => [key, value]));
  const given = (...sources: (string | undefined)[]) =>
    sources.some((source) => source !== undefined && source.trim() !== '');
  const { env } = process;
  return ['author', 'committer'].every((person) => {
    const variable = `GIT_${person.toUpperCase()}`;
    return (
      given(ownValue(env, `${variable}_NAME`), settings.get(`${person}.name`), settings.get('user.name')) &&
      given(ownValue(env, `${variable}_EMAIL`), settings.get(`${person}.email`), settings.get('user.email'), env.EMAIL)
    );
  });
}
