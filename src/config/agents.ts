import type { AgentSettings } from '../core/settings.ts';
import type { ProviderName, Role } from '../core/vocabulary.ts';
import { wrong, type Fault } from './fault.ts';
import { describeFound } from './found.ts';
import type { ResolvedKey } from './keys.ts';
import type { Found, Lookup } from './lookup.ts';

export const ROLES = ['producer', 'verifier'] as const satisfies readonly Role[];
export type Roles = Readonly<Record<Role, AgentSettings>>;

const CODEX_EFFORTS = ['minimal', 'low', 'medium', 'high', 'xhigh'];

/** Where a role without a model or effort of its own gets them: from the section of the program that plays it. */
const SECTIONS = {
  codex: { model: 'provider.codex.model', effort: 'provider.codex.model_effort' },
  claude: { model: 'provider.claude.model', effort: 'provider.claude.effort' },
  command: null,
  rehearsal: null,
} as const satisfies Record<ProviderName, unknown>;

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

function resolveAgent(lookup: Lookup, role: Role, main: ProviderName): AgentSettings {
  const named = lookup.find(`provider.roles.${role}.name`);
  lookup.credit(`provider.roles.${role}.name`, named, 'provider.name');
  const name = named?.value ?? main;
  const part = (which: 'model' | 'effort'): string | null => {
    const own = findPart(lookup, role, which);
    const section = SECTIONS[name]?.[which] ?? null;
    const inherited = section === null ? null : lookup.value(section);
    lookup.credit(`provider.roles.${role}.${which}`, own, section);
    return own?.value ?? inherited;
  };
  return { name, model: part('model'), effort: part('effort') };
}

/** Codex takes any word for an effort and fails in its first turn, so its roles' efforts are checked. Spec: providers.md. */
export function effortFaults(lookup: Lookup, roles: Roles): Fault[] {
  return ROLES.flatMap((role) => {
    const { name, effort } = roles[role];
    if (name !== 'codex' || effort === null || CODEX_EFFORTS.includes(effort)) return [];
    const culprit = findPart(lookup, role, 'effort') ?? lookup.find('provider.codex.model_effort');
    return culprit === null ? [] : [wrong(culprit, describeFound(effort), CODEX_EFFORTS.join(', '))];
  });
}

/** Options and older keys that speak of Codex and reach nobody, or not everybody. */
export function codexWarnings(lookup: Lookup, roles: Roles): string[] {
  const warnings: string[] = [];
  const players = ROLES.filter((role) => roles[role].name === 'codex');
  for (const which of ['model', 'effort'] as const) {
    const found = lookup.find(SECTIONS.codex[which]);
    if (found === null) continue;
    const { source, key } = found;
    const said = source.typed ? source.place(key) : `${source.place(key)}: ${key}`;
    if (players.length === 0 && (source.typed || key !== SECTIONS.codex[which])) {
      warnings.push(`${said} is for codex and does not apply: the provider is ${namesOf(roles)}`);
    }
    const own = players.filter((role) => findPart(lookup, role, which) !== null);
    if (!source.typed || own.length === 0) continue;
    const keys = own.map((role) => `provider.roles.${role}.${which}`).join(' and ');
    warnings.push(
      `${said} does not apply to the ${own.join(' and the ')}: ${keys} ${own.length > 1 ? 'are' : 'is'} set`,
    );
  }
  return warnings;
}

/** What is set for the role itself, less what was meant for an agent that a stronger layer replaced. */
function findPart(lookup: Lookup, role: Role, which: 'model' | 'effort'): Found<string> | null {
  return lookup.find(`provider.roles.${role}.${which}`, lookup.replacedAt(`provider.roles.${role}.name`));
}

function namesOf({ producer, verifier }: Roles): string {
  return producer.name === verifier.name ? producer.name : `${producer.name} and ${verifier.name}`;
}
