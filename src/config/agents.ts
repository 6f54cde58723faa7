import type { AgentSettings } from '../core/settings.ts';
import { type AgentName, type ProviderName, providerOf, type Role } from '../core/vocabulary.ts';
import { ROLES } from './agent-names.ts';
import type { ResolvedKey } from './keys.ts';
import type { Found, Lookup } from './lookup.ts';

export type Roles = Readonly<Record<Role, AgentSettings>>;

/** A part of an agent that is set for a provider, and for a role by itself. */
export type AgentPart = 'model' | 'effort';

/** Where a role without a model or effort of its own gets them: from the section of the program that plays it. */
const SECTIONS = {
  codex: { model: 'provider.codex.model', effort: 'provider.codex.model_effort' },
  claude: { model: 'provider.claude.model', effort: 'provider.claude.effort' },
  acp: { model: 'provider.acp.model', effort: null },
  command: null,
  rehearsal: null,
} as const satisfies Record<ProviderName, Readonly<Record<AgentPart, ResolvedKey | null>> | null>;

/** The key that gives an agent a model or an effort where its role has none; null: nothing does. */
export function inheritedKey(name: AgentName, part: AgentPart) {
  return SECTIONS[providerOf(name)]?.[part] ?? null;
}

/** The keys that `--model` or `--model-effort` sets: those of the agent in force. Empty where it has neither. */
export function keysInForce(lookup: Lookup, part: AgentPart): ResolvedKey[] {
  const main = lookup.value('provider.name');
  const names = ROLES.map((role) => lookup.find(`provider.roles.${role}.name`)?.value ?? main);
  const inForce = names.includes(main) ? main : (names[0] ?? main);
  const key = inheritedKey(inForce, part);
  if (key !== null) return [key];
  return inForce === 'rehearsal'
    ? []
    : ROLES.filter((_, index) => names[index] === inForce).map((role) => `provider.roles.${role}.${part}` as const);
}

/** The agents that play the roles: what is set for the role, else what is set for the program that plays it. */
export function resolveRoles(lookup: Lookup): Roles {
  const main = lookup.value('provider.name');
  return { producer: resolveAgent(lookup, 'producer', main), verifier: resolveAgent(lookup, 'verifier', main) };
}

/** The roles under the keys that a file has for them. */
export function roleValues(roles: Roles): (readonly [ResolvedKey, string | null])[] {
  return ROLES.flatMap((role) =>
    (['name', 'model', 'effort'] as const).map(
      (part) => [`provider.roles.${role}.${part}`, roles[role][part]] as const,
    ),
  );
}

function resolveAgent(lookup: Lookup, role: Role, main: AgentName): AgentSettings {
  const named = lookup.find(`provider.roles.${role}.name`);
  lookup.credit(`provider.roles.${role}.name`, named, 'provider.name');
  const name = named?.value ?? main;
  const part = (which: AgentPart): string | null => {
    const own = findPart(lookup, role, which);
    const section = inheritedKey(name, which);
    const inherited = section === null ? null : lookup.value(section);
    lookup.credit(`provider.roles.${role}.${which}`, own, section);
    return own?.value ?? inherited;
  };
  return { name, model: part('model'), effort: part('effort') };
}

/** Options that reach nobody, or not everybody, and older keys for a codex that plays no role. */
export function agentWarnings(lookup: Lookup, roles: Roles, options: readonly TypedPart[]): string[] {
  const plays = (name: ProviderName) => ROLES.filter((role) => roles[role].name === name);
  const older = (['model', 'effort'] as const).flatMap((part) => {
    const found = plays('codex').length > 0 ? null : lookup.find(SECTIONS.codex[part]);
    if (found === null || found.key === SECTIONS.codex[part] || found.source.typed) return [];
    return [
      `${found.source.place(found.key)}: ${found.key} is for codex and does not apply: the provider is ${namesOf(roles)}`,
    ];
  });
  return [...older, ...options.flatMap((option) => unreached(lookup, roles, option))];
}

/** `--model` or `--model-effort` as it was given, with the keys that it sets. */
export interface TypedPart {
  readonly option: string;
  readonly part: AgentPart;
  readonly keys: readonly ResolvedKey[];
}

function unreached(lookup: Lookup, roles: Roles, { option, part, keys }: TypedPart): string[] {
  const [first] = keys;
  if (first === undefined) return [`${option} does not apply: the provider is ${namesOf(roles)}`];
  if (first.startsWith('provider.roles.')) return [];
  const reached = first.split('.')[1] ?? '';
  return ROLES.flatMap((role) => {
    const { name } = roles[role];
    if (name !== reached) return [`${option} is for ${reached} and does not apply to the ${role}, which is ${name}`];
    const own = findPart(lookup, role, part) !== null;
    return own ? [`${option} does not apply to the ${role}: provider.roles.${role}.${part} is set`] : [];
  });
}

/** What is set for the role itself, less what was meant for an agent that a stronger layer replaced. */
function findPart(lookup: Lookup, role: Role, which: AgentPart): Found<string> | null {
  return lookup.find(`provider.roles.${role}.${which}`, lookup.replacedAt(`provider.roles.${role}.name`));
}

function namesOf({ producer, verifier }: Roles): string {
  return producer.name === verifier.name ? producer.name : `${producer.name} and ${verifier.name}`;
}
