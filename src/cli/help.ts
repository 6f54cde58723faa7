import type { Command } from 'commander';
import { mostSimilar } from '../core/similar.ts';

/** `autoloop help [COMMAND]`: prints the help of a command, or of the program. Refuses a command that there is not. */
export function printHelp(program: Command, names: readonly string[]): void {
  let command = program;
  for (const name of names) {
    const next = visible(command).find((one) => one.name() === name);
    if (next === undefined) return program.error(unknownCommand(command, name));
    command = next;
  }
  command.outputHelp();
}

/** What is said of a word that is no command, with the command that it most likely means. */
export function unknownCommand(program: Command, word: string): string {
  const names = visible(program).map((command) => command.name());
  if (names.length === 0) return `error: '${program.name()}' has no commands of its own, and so no '${word}'`;
  const near = mostSimilar(word, names);
  const meant = near === null ? '' : ` Did you mean ${near}?`;
  return `error: unknown command '${word}'; there are ${names.join(', ')}.${meant}`;
}

function visible(command: Command): Command[] {
  return command.createHelp().visibleCommands(command).slice();
}
