import type { NamedCommand } from '../core/settings.ts';
import { PROVIDER_NAMES } from '../core/vocabulary.ts';
import { ROLES, type Roles } from './agents.ts';
import { type Fault, missing, wrong } from './fault.ts';
import { describeFound } from './found.ts';
import { toSetting } from './kind-values.ts';
import { rowOf } from './keys.ts';
import type { Found, Lookup } from './lookup.ts';

const COMMANDS = 'provider.commands';

/** What is wrong with the commands that have names, and with roles that name one. */
export function commandsFaults(lookup: Lookup, roles: Roles): Fault[] {
  const found = lookup.find(COMMANDS);
  const commands = found === null ? {} : (toSetting(rowOf(COMMANDS).kind, found.value) as Record<string, NamedCommand>);
  const names = Object.keys(commands);
  const own = found === null ? [] : names.flatMap((name) => entryFaults(found, name, commands[name], roles));
  return [...unknownNames(lookup, names), ...own];
}

/** Who plays is known when all files are read: the name may be given in one and the command in another. */
function unknownNames(lookup: Lookup, names: readonly string[]): Fault[] {
  const known = [...PROVIDER_NAMES, ...names];
  const keys = ['provider.name', ...ROLES.map((role) => `provider.roles.${role}.name` as const)] as const;
  return keys.flatMap((key) => {
    const given = lookup.find(key);
    if (given === null || known.includes(given.value)) return [];
    const mine = names.length === 0 ? 'a name in provider.commands, which has none' : names.join(', ');
    return [wrong(given, describeFound(given.value), `${PROVIDER_NAMES.join(', ')}, or ${mine}`)];
  });
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
  if (resume !== null && holds(resume, 'session') && session === null)
    faults.push(missing(`${at}.session`, found, `for {{session}} in ${at}.resume`));
  for (const part of ['model', 'effort'] as const) {
    if (![start, resume].some((argv) => argv !== null && holds(argv, part))) continue;
    const without = ROLES.filter((role) => roles[role].name === name && roles[role][part] === null);
    faults.push(...without.map((role) => missing(`provider.roles.${role}.${part}`, found, `for {{${part}}} in ${at}`)));
  }
  return faults;
}

function holds(argv: readonly string[], placeholder: string): boolean {
  return argv.some((argument) => argument.includes(`{{${placeholder}}}`));
}
