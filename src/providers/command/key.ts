import type { AgentName } from '../../core/vocabulary.ts';

/** Where the configuration has the command of an agent: `provider.commands.opencode`. */
export function commandKey(name: AgentName): string {
  return name === 'command' ? 'provider.command' : `provider.commands.${name}`;
}
