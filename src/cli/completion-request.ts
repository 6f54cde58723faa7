import type { Command, Option } from 'commander';
import { PAIRS } from '../core/vocabulary.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What may stand where the cursor is. `prefix` is what has been typed of it already, and belongs before every value. */
export type Completion =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'tasks'; readonly workspace: string; readonly prefix: string }
  | { readonly kind: 'runs'; readonly workspace: string; readonly taskId: string | null; readonly prefix: string }
  | { readonly kind: 'files' | 'folders' };

/**
 * What can complete the last of `words`, which follow the program's name. Commands, options and choices are those of `program`:
 * there is no other list of them.
 */
export function completionAt(program: Command, words: readonly string[]): Completion {
  const current = words.at(-1) ?? '';
  const { command, pending, values, isOver } = readWords(program, words.slice(0, -1));
  if (isOver) return NOTHING;
  if (pending !== null) return valueCompletion(pending, current, { prefix: '', values });
  const [, name, value] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? [];
  if (name !== undefined && value !== undefined) {
    const option = optionWithValue(command, name);
    return option === null ? NOTHING : valueCompletion(option, value, { prefix: `${name}=`, values });
  }
  return matching(current, [...(current.startsWith('-') ? [] : wordsOf(command, program)), ...optionsOf(command)]);
}

const NOTHING: Completion = { kind: 'words', candidates: [] };

interface Read {
  /** The command that the words have come to. */
  readonly command: Command;
  /** The option whose value is still to come. */
  readonly pending: Option | null;
  /** Values of options by attribute name. */
  readonly values: ReadonlyMap<string, string>;
  /** After `--` nothing is known. */
  readonly isOver: boolean;
}

function readWords(program: Command, words: readonly string[]): Read {
  const values = new Map<string, string>();
  let command = program;
  let pending: Option | null = null;
  for (const word of words) {
    if (pending !== null) {
      values.set(pending.attributeName(), word);
      pending = null;
      continue;
    }
    if (word === '--') return { command, pending, values, isOver: true };
    const [, name = word, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    const option = optionWithValue(command, name);
    if (option === null) command = command.commands.find((one) => one.name() === word) ?? command;
    else if (value === undefined) pending = option;
    else values.set(option.attributeName(), value);
  }
  return { command, pending, values, isOver: false };
}

function valueCompletion(
  option: Option,
  current: string,
  { prefix, values }: { prefix: string; values: ReadonlyMap<string, string> },
): Completion {
  const workspace = values.get('workspace') ?? '.';
  const attribute = option.attributeName();
  if (option.argChoices !== undefined) return matching(prefix + current, plain(option.argChoices, prefix));
  if (attribute === 'taskId') return { kind: 'tasks', workspace, prefix };
  if (attribute === 'runId') return { kind: 'runs', workspace, taskId: values.get('taskId') ?? null, prefix };
  if (attribute === 'pairs') return matching(prefix + current, plain(pairLists(current), prefix));
  if (option.flags.endsWith('<dir>')) return { kind: 'folders' };
  return option.flags.endsWith('<path>') ? { kind: 'files' } : NOTHING;
}

/** The pairs that can follow those before the last comma. */
function pairLists(current: string): string[] {
  const head = current.slice(0, current.lastIndexOf(',') + 1);
  const used = head.split(',');
  return PAIRS.filter((pair) => !used.includes(pair)).map((pair) => `${head}${pair}`);
}

/** Commands, and the choices of an argument. */
function wordsOf(command: Command, program: Command): Candidate[] {
  const commands = command === program ? command.createHelp().visibleCommands(command) : [];
  return [
    ...commands.map((one) => ({ value: one.name(), description: one.description() })),
    ...command.registeredArguments.flatMap((argument) => plain(argument.argChoices ?? [], '')),
  ];
}

function optionsOf(command: Command): Candidate[] {
  const options = command.createHelp().visibleOptions(command);
  return options.map(({ long, short, description }) => ({ value: long ?? short ?? '', description }));
}

function optionWithValue(command: Command, name: string): Option | null {
  const option = command.options.find(({ long, short }) => long === name || short === name);
  return option !== undefined && (option.required || option.optional) ? option : null;
}

function plain(values: readonly string[], prefix: string): Candidate[] {
  return values.map((value) => ({ value: prefix + value, description: '' }));
}

function matching(typed: string, candidates: readonly Candidate[]): Completion {
  return { kind: 'words', candidates: candidates.filter(({ value }) => value.startsWith(typed)) };
}
