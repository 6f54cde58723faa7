import { type AgentName, PROVIDER_NAMES, type Role } from '../core/vocabulary.ts';
import { valueAt } from './layer-values.ts';

export const ROLES = ['producer', 'verifier'] as const satisfies readonly Role[];

/** The keys that say who plays. */
export const NAMING_KEYS = [
  'provider.name',
  ...ROLES.map((role) => `provider.roles.${role}.name` as const),
] as const satisfies readonly string[];

/** Who may play by files that were read: the providers, and the commands that one of them has, whatever else is wrong with it. */
export function agentsIn(files: readonly unknown[]): readonly AgentName[] {
  const commands = files.map((values) => valueAt(values, 'provider.commands'));
  const names = commands.flatMap((each) => (typeof each === 'object' && each !== null ? Object.keys(each) : []));
  return [...new Set([...PROVIDER_NAMES, ...names])];
}

/** Completes a sentence that begins with "accepted". `agents`: the providers, then the names of commands. */
export function acceptedNames(agents: readonly AgentName[]): string {
  const own = agents.slice(PROVIDER_NAMES.length);
  const mine = own.length === 0 ? 'a name in provider.commands, which has none' : own.join(', ');
  return `${PROVIDER_NAMES.join(', ')}, or ${mine}`;
}
