import { ROLES } from './agent-names.ts';
import type { Roles } from './agents.ts';
import { missing, wrong, type Fault } from './fault.ts';
import { describeFound } from './found.ts';
import { rowOf } from './keys.ts';
import { type Output, readIn } from './command-output.ts';
import type { Found, Lookup } from './lookup.ts';

const START = 'provider.command.start';
const RESUME = 'provider.command.resume';
const OUTPUT = 'provider.command.output';
const ANSWER = 'provider.command.answer';
const SESSION = 'provider.command.session';
const REST = [
  'provider.command.name',
  'provider.command.final',
  'provider.command.usage.input',
  'provider.command.usage.cached',
  'provider.command.usage.output',
  'provider.command.usage.reasoning',
  'provider.command.usage.cost',
  'provider.command.usage_scope',
  'provider.command.activity',
  'provider.command.error',
  'provider.command.env',
] as const;

type Command = ReturnType<typeof findCommand>;

/**
 * What is set of the provider that is given as a command line, with what is wrong with it. No layer is taken that a stronger
 * one with another program replaced.
 */
export function resolveCommand(lookup: Lookup, roles: Roles) {
  const command = findCommand(lookup);
  const since = lookup.replacedAt(START);
  const rest = REST.map((key) => [key, lookup.find(key, since) as Found<unknown> | null] as const);
  const found = [...(Object.entries(command) as [keyof Command, Found<unknown> | null][]), ...rest];
  for (const [key, value] of found) lookup.credit(key, value, null);
  const values = found.map(([key, value]) => [key, value === null ? rowOf(key).default : value.value] as const);
  const first = found.map(([, value]) => value).find((value) => value !== null);
  if (first === undefined) return { values, faults: missingCommand(lookup, roles) };
  const noStart = command[START] === null ? [missing(START, first, 'to start the command')] : [];
  return {
    values,
    faults: [
      ...noStart,
      ...pathFaults(command),
      ...unreadFaults(command[OUTPUT]?.value ?? 'text', rest),
      ...placeholderFaults(command, roles),
    ],
  };
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
  const role = ROLES.find((one) => roles[one].name === 'command');
  if (role === undefined) return [];
  const name = lookup.find(`provider.roles.${role}.name`) ?? lookup.find('provider.name');
  return name === null ? [] : [missing('provider.command', name, `by ${name.key}: command`)];
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

/** What nobody reads in such an output would be missed without a word. */
function unreadFaults(output: Output, rest: readonly (readonly [string, Found<unknown> | null])[]): Fault[] {
  return rest.flatMap(([key, found]) => {
    const accepted = found === null ? null : readIn(output, key.slice(START.lastIndexOf('.') + 1));
    if (found === null || accepted === null) return [];
    return [wrong(found, `${describeFound(found.value)} with output: ${output}`, `nothing, or ${OUTPUT}: ${accepted}`)];
  });
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
