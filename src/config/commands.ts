import type { NamedCommand } from '../core/settings.ts';
import { PROVIDER_NAMES } from '../core/vocabulary.ts';
import { acceptedNames, NAMING_KEYS } from './agent-names.ts';
import type { Roles } from './agents.ts';
import { type Fault, missing, wrong } from './fault.ts';
import { describeFound } from './found.ts';
import { toSetting } from './kind-values.ts';
import { rowOf } from './keys.ts';
import { commandFaults, type WrittenCommand } from './command-faults.ts';
import type { Found, Lookup } from './lookup.ts';
import { ownValue } from '../core/own-value.ts';

const COMMANDS = 'provider.commands';

/** What is wrong with the commands that have names, and with what names one. */
export function commandsFaults(lookup: Lookup, roles: Roles): Fault[] {
  const found = lookup.find(COMMANDS);
  const commands = found === null ? {} : (toSetting(rowOf(COMMANDS).kind, found.value) as Record<string, NamedCommand>);
  const names = Object.keys(commands);
  const own = found === null ? [] : names.flatMap((name) => entryFaults(found, name, ownValue(commands, name), roles));
  return [...unknownNames(lookup, names), ...unknownInBatch(lookup, names), ...own];
}

/** Who plays is known when all files are read: the name may be given in one and the command in another. */
function unknownNames(lookup: Lookup, names: readonly string[]): Fault[] {
  const known = [...PROVIDER_NAMES, ...names];
  return NAMING_KEYS.flatMap((key) => {
    const given = lookup.find(key);
    if (given === null || known.includes(given.value)) return [];
    return [wrong(given, describeFound(given.value), acceptedNames(known))];
  });
}

/** A bound for nobody is a name that was mistyped. */
function unknownInBatch(lookup: Lookup, names: readonly string[]): Fault[] {
  const given = lookup.find('batch.per_provider');
  if (given === null) return [];
  const known = [...PROVIDER_NAMES, ...names];
  return Object.keys(given.value)
    .filter((name) => !known.includes(name))
    .map((name) => wrong(given, `the name ${describeFound(name)}`, acceptedNames(known)));
}

function entryFaults(found: Found<unknown>, name: string, entry: NamedCommand | undefined, roles: Roles): Fault[] {
  if (entry === undefined) return [];
  const key = `${COMMANDS}.${name}` as const;
  const { start, resume, output, answer, session, final, activity, error, usage } = entry;
  const figures = Object.entries(usage ?? {}).map(([figure, path]) => [`usage.${figure}`, path] as const);
  const written: WrittenCommand = {
    key,
    name,
    start,
    resume,
    output,
    paths: { answer, session },
    rest: [...Object.entries({ final, activity, error }), ...figures],
    foundAt: () => found,
    worded: (part, value) => `${describeFound(value)} (${part}) in ${key}`,
  };
  const noStart = start === null ? [missing(`${key}.start`, found, 'to start the command')] : [];
  return [...noStart, ...commandFaults(written, roles)];
}
