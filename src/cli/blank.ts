import type { Command } from 'commander';
import { Problem } from '../core/problem.ts';

/** These say of a blank value themselves what they accept; notes and answers are refused by who takes them; a word to complete may be blank. */
const OWN_WORDS: ReadonlySet<string> = new Set(['intent', 'pairs', 'provider', 'accept', 'text', 'words']);

/**
 * Refuses a name that is blank: in a script that is a variable which nobody set, and left out it would mean another task, folder or
 * branch. Throws a Problem of kind `usage`.
 */
export function refuseBlank(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (OWN_WORDS.has(name) || !hasBlank(command.getOptionValue(name))) continue;
    throw new Problem('usage', `${option.long ?? ''} is blank: give a text, or leave the option out`);
  }
  for (const [index, argument] of command.registeredArguments.entries()) {
    if (OWN_WORDS.has(argument.name()) || !hasBlank(command.processedArgs[index])) continue;
    const usage = `autoloop ${command.name()} ${command.usage()}`;
    throw new Problem('usage', `a blank was given to '${command.name()}' (${argument.description}): ${usage}`);
  }
}

function hasBlank(value: unknown): boolean {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.some((one) => typeof one === 'string' && one.trim() === '');
}
