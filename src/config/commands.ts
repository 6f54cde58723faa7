import type { NamedCommand } from '../core/settings.ts';
import { PROVIDER_NAMES } from '../core/vocabulary.ts';
import { acceptedNames, NAMING_KEYS, ROLES } from './agent-names.ts';
import type { Roles } from './agents.ts';
import { type Fault, missing, wrong } from './fault.ts';
import { describeFound } from './found.ts';
import { toSetting } from './kind-values.ts';
import { rowOf } from './keys.ts';
import { readIn } from './command-output.ts';
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

/** As with the one command: text has no paths; JSON needs the one to the answer, and `{{session}}` the one to the session. */
function entryFaults(found: Found<unknown>, name: string, entry: NamedCommand | undefined, roles: Roles): Fault[] {
  if (entry === undefined) return [];
  const at = `${COMMANDS}.${name}` as const;
  const { start, resume, output, answer, session } = entry;
  const faults: Fault[] = start === null ? [missing(`${at}.start`, found, 'to start the command')] : [];
  if (output === 'text') {
    for (const path of [answer, session].filter((one) => one !== null)) {
      const what = `${describeFound(path)} in ${at} with output: text`;
      faults.push(wrong(found, what, `nothing, or ${at}.output: json or jsonl`));
    }
  } else if (answer === null) faults.push(missing(`${at}.answer`, found, `by output: ${output}`));
  faults.push(...unreadFaults(found, at, entry));
  if (resume !== null && holds(resume, 'session') && session === null)
    faults.push(missing(`${at}.session`, found, `for {{session}} in ${at}.resume`));
  for (const part of ['model', 'effort'] as const) {
    if (![start, resume].some((argv) => argv !== null && holds(argv, part))) continue;
    const without = ROLES.filter((role) => roles[role].name === name && roles[role][part] === null);
    faults.push(...without.map((role) => missing(`provider.roles.${role}.${part}`, found, `for {{${part}}} in ${at}`)));
  }
  return faults;
}

/** What nobody reads in such an output would be missed without a word. */
function unreadFaults(
  found: Found<unknown>,
  at: string,
  { output, final, activity, error, usage }: NamedCommand,
): Fault[] {
  const figures = Object.entries(usage ?? {}).map(([name, path]) => [`usage.${name}`, path] as const);
  return Object.entries({ final, activity, error, ...Object.fromEntries(figures) }).flatMap(([key, path]) => {
    const accepted = path === null ? null : readIn(output, key);
    if (accepted === null) return [];
    const what = `${describeFound(path)} (${key}) in ${at} with output: ${output}`;
    return [wrong(found, what, `nothing, or ${at}.output: ${accepted}`)];
  });
}

function holds(argv: readonly string[], placeholder: string): boolean {
  return argv.some((argument) => argument.includes(`{{${placeholder}}}`));
}
