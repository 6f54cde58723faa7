import type { AgentSettings, CommandSettings } from '../../core/settings.ts';
import { findProgram, type ProviderProblem } from '../find-program.ts';
import type { PreflightSubject, ProviderReport } from '../report.ts';
import { notFound } from '../report.ts';
import { isPlaceholder, PLACEHOLDERS, placeholdersIn } from './template.ts';

/** What can be known of a configured command without calling it: that it is there, and that its configuration holds together. */
export function commandPreflight({ settings, roles, world }: PreflightSubject): ProviderReport {
  const { command } = settings.provider;
  const name = command?.start[0];
  if (command === null || name === undefined || name === '') {
    return notFound('command', {
      text: 'provider.name is command, but provider.command.start names no program',
      hint: 'Give the command line as a list; docs/providers.md has an example.',
    });
  }
  const { file: program, problem } = findProgram(name, world);
  if (program === null) {
    return notFound(
      'command',
      problem ?? {
        text: `${name} (provider.command.start) was not found on PATH or may not be run`,
        hint: 'Install it, or give its absolute path.',
      },
    );
  }
  return {
    provider: 'command',
    program,
    version: null,
    capabilities: [],
    models: null,
    login: 'unknown to Autoloop',
    logInWith: null,
    whoPays: 'unknown to Autoloop',
    permissions: 'whatever the command allows',
    notices: command.resume === null ? ['the command has no sessions: every turn begins a new conversation'] : [],
    problems: commandProblems(command, roles),
  };
}

function commandProblems(command: CommandSettings, roles: readonly AgentSettings[]): ProviderProblem[] {
  const problems: string[] = [];
  const both = [...command.start, ...(command.resume ?? [])];
  const names = new Set(placeholdersIn(both));
  for (const name of names) {
    if (!isPlaceholder(name)) {
      const known = PLACEHOLDERS.map((each) => `{{${each}}}`).join(', ');
      problems.push(`{{${name}}} in provider.command is not known: ${known} are`);
    }
  }
  for (const key of ['model', 'effort'] as const) {
    if (names.has(key) && roles.some((role) => role[key] === null)) {
      problems.push(`provider.command uses {{${key}}}, but provider.roles gives no ${key}`);
    }
  }
  if (command.output !== 'text' && command.answer === null) {
    problems.push(
      `provider.command.output is ${command.output}, but provider.command.answer does not say where the answer is`,
    );
  }
  return [...problems, ...sessionProblems(command)].map((text) => ({
    text,
    hint: 'Correct provider.command; docs/providers.md has an example.',
  }));
}

function sessionProblems(command: CommandSettings): string[] {
  const { start, resume } = command;
  const problems: string[] = [];
  if (placeholdersIn(start).includes('session')) {
    problems.push(
      'provider.command.start uses {{session}}, which only provider.command.resume can: a new conversation has no id',
    );
  }
  if (resume === null) return problems;
  if (resume[0] !== start[0]) {
    problems.push('provider.command.resume must call the same program as provider.command.start');
  }
  if (!placeholdersIn(resume).includes('session')) problems.push('provider.command.resume does not use {{session}}');
  if (command.output === 'text' || command.session === null) {
    problems.push('provider.command.resume needs provider.command.session: where the id stands in the JSON output');
  }
  return problems;
}
