import { ROLES } from './agent-names.ts';
import type { Roles } from './agents.ts';
import { missing, type Fault } from './fault.ts';
import { rowOf } from './keys.ts';
import type { Found, Lookup } from './lookup.ts';

const AGENT = 'provider.acp.agent';
const COMMAND = 'provider.acp.command';
const OF_ONE_AGENT = [AGENT, COMMAND, 'provider.acp.mode', 'provider.acp.model', 'provider.acp.config'] as const;

/**
 * What is set of the agent that speaks the Agent Client Protocol, with what is wrong with it. What a weaker layer says was meant for
 * the agent that a stronger one replaced, be it by name or by command line.
 */
export function resolveAcp(lookup: Lookup, roles: Roles) {
  const since = Math.max(lookup.replacedAt(AGENT), lookup.replacedAt(COMMAND));
  const found = OF_ONE_AGENT.map((key) => [key, lookup.find(key, since) as Found<unknown> | null] as const);
  for (const [key, value] of found) lookup.credit(key, value, null);
  const values = found.map(([key, value]) => [key, value === null ? rowOf(key).default : value.value] as const);
  const isGiven = found.some(([key, value]) => (key === AGENT || key === COMMAND) && value !== null);
  return { values, faults: isGiven ? [] : faults(lookup, roles) };
}

function faults(lookup: Lookup, roles: Roles): Fault[] {
  const wanted = ROLES.find((role) => roles[role].name === 'acp');
  if (wanted === undefined) return [];
  const asked = lookup.find(`provider.roles.${wanted}.name`) ?? lookup.find('provider.name');
  return asked === null ? [] : [missing(AGENT, asked, `(or ${COMMAND}) by ${asked.key}: acp`)];
}
