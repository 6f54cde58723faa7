import { type AgentSettings, commandOf, type CommandSettings } from '../../core/settings.ts';
import { findProgram, type ProviderProblem } from '../find-program.ts';
import type { PreflightSubject, ProviderReport } from '../report.ts';
import { notFound } from '../report.ts';
import { commandKey } from './key.ts';
import { isPlaceholder, PLACEHOLDERS, placeholdersIn } from './template.ts';

/** What can be known of a configured command without calling it: that it is there, and that its configuration holds together. */
export function commandPreflight({ settings, roles, world }: PreflightSubject): ProviderReport {
  const called = roles[0]?.name ?? 'command';
  const key = commandKey(called);
  const command = commandOf(settings.provider, called);
  const name = command?.start[0];
  if (command === null || name === undefined || name === '') {
    return notFound('command', {
      text: `${called} is to work, but ${key}.start names no program`,
      hint: 'Give the command line as a list; docs/providers.md has an example.',
    });
  }
  const { file: program, problem } = findProgram(name, world);
  if (program === null) {
    return notFound(
      'command',
      problem ?? {
        text: `${name} (${key}.start) was not found on PATH or may not be run`,
        hint: 'Install it, or give its absolute path.',
      },
    );
  }
  return {
    provider: 'command',
    ...(command.name === null ? {} : { agent: command.name }),
    program,
    version: null,
    capabilities: [],
    models: null,
    login: 'unknown to Autoloop',
    logInWith: null,
    whoPays: 'unknown to Autoloop',
    permissions: 'whatever the command allows',
    notices: command.resume === null ? ['the command has no sessions: every turn begins a new conversation'] : [],
    problems: commandProblems(key, command, roles),
  };
}

function commandProblems(key: string, command: CommandSettings, roles: readonly AgentSettings[]): ProviderProblem[] {
  const problems: string[] = [];
  const both = [...command.start, ...(command.resume ?? [])];
  const names = new Set(placeholdersIn(both));
  for (const name of names) {
    if (!isPlaceholder(name)) {
      const known = PLACEHOLDERS.map((each) => `{{${each}}}`).join(', ');
      problems.push(`{{${name}}} in ${key} is not known: ${known} are`);
    }
  }
  for (const part of ['model', 'effort'] as const) {
    if (names.has(part) && roles.some((role) => role[part] === null)) {
      problems.push(`${key} uses {{${part}}}, but provider.roles gives no ${part}`);
    }
  }
  if (command.output !== 'text' && command.answer === null) {
    problems.push(`${key}.output is ${command.output}, but ${key}.answer does not say where the answer is`);
  }
  return [...problems, ...sessionProblems(key, command)].map((text) => ({
    text,
    hint: `Correct ${key}; docs/providers.md has an example.`,
  }));
}

function sessionProblems(key: string, command: CommandSettings): string[] {
  const { start, resume } = command;
  const problems: string[] = [];
  if (placeholdersIn(start).includes('session')) {
    problems.push(`${key}.start uses {{session}}, which only ${key}.resume can: a new conversation has no id`);
  }
  if (resume === null) return problems;
  if (resume[0] !== start[0]) {
    problems.push(`${key}.resume must call the same program as ${key}.start`);
  }
  if (!placeholdersIn(resume).includes('session')) problems.push(`${key}.resume does not use {{session}}`);
  if (command.output === 'text' || command.session === null) {
    problems.push(`${key}.resume needs ${key}.session: where the id stands in the JSON output`);
  }
  return problems;
}
