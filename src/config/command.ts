import type { CommandSettings } from '../core/settings.ts';
import { ROLES, type Roles } from './agents.ts';
import { missing, wrong, type Fault } from './fault.ts';
import { describeFound } from './found.ts';
import type { Found, Lookup } from './lookup.ts';

const START = 'provider.command.start';
const RESUME = 'provider.command.resume';
const OUTPUT = 'provider.command.output';
const ANSWER = 'provider.command.answer';
const SESSION = 'provider.command.session';

type Command = ReturnType<typeof findCommand>;

/** The provider that is given as a command line, with what is wrong with it; no settings when no layer speaks of it. */
export function resolveCommand(lookup: Lookup, roles: Roles): { settings: CommandSettings | null; faults: Fault[] } {
  const command = findCommand(lookup);
  for (const [key, found] of Object.entries(command)) lookup.credit(key as keyof Command, found, null);
  const first = Object.values(command).find((found) => found !== null);
  if (first === undefined) return { settings: null, faults: missingCommand(lookup, roles) };
  const settings = {
    start: command[START]?.value ?? [],
    resume: command[RESUME]?.value ?? null,
    output: command[OUTPUT]?.value ?? 'text',
    answer: command[ANSWER]?.value ?? null,
    session: command[SESSION]?.value ?? null,
  } as const;
  const noStart = command[START] === null ? [missing(START, first, 'to start the command')] : [];
  return { settings, faults: [...noStart, ...pathFaults(command), ...placeholderFaults(command, roles)] };
}

function findCommand(lookup: Lookup) {
  const since = lookup.replacedAt(START);
  return {
    [START]: lookup.find(START, since),
    [RESUME]: lookup.find(RESUME, since),
    [OUTPUT]: lookup.find(OUTPUT, since),
    [ANSWER]: lookup.find(ANSWER, since),
    [SESSION]: lookup.find(SESSION, since),
  };
}

function missingCommand(lookup: Lookup, roles: Roles): Fault[] {
  const name = lookup.find('provider.name');
  const wanted = ROLES.some((role) => roles[role].name === 'command');
  return wanted && name !== null ? [missing('provider.command', name, 'by provider.name: command')] : [];
}

/** Text has no paths; JSON needs the one to the answer, and `{{session}}` the one to the session. */
function pathFaults(command: Command): Fault[] {
  const output = command[OUTPUT];
  const faults: Fault[] = [];
  if (output === null || output.value === 'text') {
    for (const path of [command[ANSWER], command[SESSION]]) {
      if (path === null) continue;
      faults.push(
        wrong(path, `${describeFound(path.value)} with output: text`, `nothing, or ${OUTPUT}: json or jsonl`),
      );
    }
  } else if (command[ANSWER] === null) {
    faults.push(missing(ANSWER, output, `by output: ${output.value}`));
  }
  const resume = command[RESUME];
  if (resume !== null && holds(resume, 'session') && command[SESSION] === null) {
    faults.push(missing(SESSION, resume, `for {{session}} in ${RESUME}`));
  }
  return faults;
}

/** A placeholder for which a role has no value would leave a hole in its command line. */
function placeholderFaults(command: Command, roles: Roles): Fault[] {
  const players = ROLES.filter((role) => roles[role].name === 'command');
  return [command[START], command[RESUME]].flatMap((argv) =>
    (['model', 'effort'] as const).flatMap((part) => {
      if (argv === null || !holds(argv, part)) return [];
      const without = players.filter((role) => roles[role][part] === null);
      return without.map((role) => missing(`provider.roles.${role}.${part}`, argv, `for {{${part}}} in ${argv.key}`));
    }),
  );
}

function holds(argv: Found<readonly string[]>, placeholder: string): boolean {
  return argv.value.some((argument) => argument.includes(`{{${placeholder}}}`));
}
