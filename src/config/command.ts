import { ROLES } from './agent-names.ts';
import type { Roles } from './agents.ts';
import { commandFaults, type WrittenCommand } from './command-faults.ts';
import { missing, type Fault } from './fault.ts';
import { describeFound } from './found.ts';
import { rowOf } from './keys.ts';
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
  return { values, faults: [...noStart, ...commandFaults(writtenCommand(command, rest, first), roles)] };
}

function writtenCommand(
  command: Command,
  rest: readonly (readonly [string, Found<unknown> | null])[],
  first: Found<unknown>,
): WrittenCommand {
  const found = new Map<string, Found<unknown> | null>([...Object.entries(command), ...rest]);
  return {
    key: 'provider.command',
    name: 'command',
    start: command[START]?.value ?? null,
    resume: command[RESUME]?.value ?? null,
    output: command[OUTPUT]?.value ?? 'text',
    paths: { answer: command[ANSWER]?.value ?? null, session: command[SESSION]?.value ?? null },
    rest: rest.map(([key, one]) => [key.slice('provider.command.'.length), one?.value ?? null]),
    foundAt: (part) => found.get(`provider.command.${part}`) ?? first,
    worded: (_part, value) => describeFound(value),
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
