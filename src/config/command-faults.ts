import { ROLES } from './agent-names.ts';
import type { Roles } from './agents.ts';
import { type Output, readIn } from './command-output.ts';
import { type Fault, missing, wrong } from './fault.ts';
import type { Found } from './lookup.ts';

/** A command as it was written: the one that has no name, or one that has. */
export interface WrittenCommand {
  readonly key: 'provider.command' | `provider.commands.${string}`;
  /** What names it as an agent. */
  readonly name: string;
  readonly start: readonly string[] | null;
  readonly resume: readonly string[] | null;
  readonly output: Output;
  /** By their places in it: the paths of an answer and a session, and what else is read in an output; null: not set. */
  readonly paths: Readonly<Record<'answer' | 'session', unknown>>;
  readonly rest: readonly (readonly [string, unknown])[];
  /** Where a part of it, or the whole, was set. */
  readonly foundAt: (part: string) => Found<unknown>;
  /** A value of it, in words. */
  readonly worded: (part: string, value: unknown) => string;
}

/** What is wrong with a command: what is missing in it, and what nobody would read. */
export function commandFaults(command: WrittenCommand, roles: Roles): Fault[] {
  return [...pathFaults(command), ...unreadFaults(command), ...placeholderFaults(command, roles)];
}

/** Text has no paths; JSON needs the one to the answer, and `{{session}}` the one to the session. */
function pathFaults({ key, output, resume, paths, foundAt, worded }: WrittenCommand): Fault[] {
  const faults: Fault[] = [];
  if (output === 'text') {
    for (const part of ['answer', 'session'] as const) {
      if (paths[part] === null) continue;
      const what = `${worded(part, paths[part])} with output: text`;
      faults.push(wrong(foundAt(part), what, `nothing, or ${key}.output: json or jsonl`));
    }
  } else if (paths.answer === null) faults.push(missing(`${key}.answer`, foundAt('output'), `by output: ${output}`));
  if (resume !== null && holds(resume, 'session') && paths.session === null) {
    faults.push(missing(`${key}.session`, foundAt('resume'), `for {{session}} in ${key}.resume`));
  }
  return faults;
}

/** What nobody reads in such an output would be missed without a word. */
function unreadFaults({ key, output, rest, foundAt, worded }: WrittenCommand): Fault[] {
  return rest.flatMap(([part, value]) => {
    const accepted = value === null ? null : readIn(output, part);
    if (accepted === null) return [];
    const what = `${worded(part, value)} with output: ${output}`;
    return [wrong(foundAt(part), what, `nothing, or ${key}.output: ${accepted}`)];
  });
}

/** A placeholder for which a role has no value would leave a hole in its command line. */
function placeholderFaults(command: WrittenCommand, roles: Roles): Fault[] {
  const players = ROLES.filter((role) => roles[role].name === command.name);
  return (['start', 'resume'] as const).flatMap((argv) =>
    (['model', 'effort'] as const).flatMap((part) => {
      const words = command[argv];
      if (words === null || !holds(words, part)) return [];
      const without = players.filter((role) => roles[role][part] === null);
      const why = `for {{${part}}} in ${command.key}.${argv}`;
      return without.map((role) => missing(`provider.roles.${role}.${part}`, command.foundAt(argv), why));
    }),
  );
}

function holds(argv: readonly string[], placeholder: string): boolean {
  return argv.some((argument) => argument.includes(`{{${placeholder}}}`));
}
