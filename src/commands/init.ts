import { Problem } from '../core/problem.ts';
import { foundChecks } from '../checks/found.ts';
import { type Check, commandText } from '../core/checks/check.ts';
import { screenText } from '../core/screen.ts';
import { fileWith, initialValues } from '../config/initial.ts';
import {
  INITIAL_PROVIDERS,
  type InitialChoices,
  type InitialProvider,
  type Permissions,
} from '../config/initial-choices.ts';
import { writableConfigFile } from '../config/load.ts';
import { resolve } from '../config/resolve.ts';
import { replaceFile } from '../files/replace.ts';
import { placeOption } from '../inspect/resume-command.ts';
import { resolveSettings } from '../work/settings.ts';
import { agentsHere } from '../work/agents.ts';
import type { AgentHere } from './init-questions.ts';
import { processEnvironment } from '../terminal/at-terminal.ts';

/** What was given; what was not is asked for at a terminal, and chosen otherwise. */
export interface InitOptions {
  readonly provider?: InitialProvider;
  readonly permissions?: Permissions;
  /** Ask nothing. */
  readonly yes?: true;
}

/** `autoloop init`: writes the workspace's configuration, into the file that is there. Resolves with the exit code. */
export async function init(workspace: string, options: InitOptions): Promise<number> {
  const { file, text } = await writableConfigFile(workspace);
  // What cannot be changed is said before anything is asked.
  refuseProblems(fileWith(file, text, {}));
  const here = await lookAround(workspace);
  const found = await offered(workspace);
  const choices = await chosen(options, here);
  if (choices === null) {
    process.stderr.write('Nothing was written.\n');
    return 130;
  }
  const isWanted =
    found.length > 0 && canAsk(options) && (await (await import('./init-questions.ts')).askChecks(found));
  const checks = found.map(({ name, run }) => ({ name, run }));
  const values = { ...initialValues(choices), ...(isWanted ? { checks } : {}) };
  const written = refuseProblems(fileWith(file, text, values));
  if (written !== text) await replaceFile(file, written);
  process.stdout.write(`${screenText(written === text ? `${file} says so already` : `Wrote ${file}`)}\n`);
  for (const [key, value] of Object.entries(values)) process.stdout.write(`  ${key}: ${shown(value)}\n`);
  if (!isWanted) process.stdout.write(screenText(checksLine(found)));
  for (const line of next(workspace, choices, here)) process.stdout.write(`${line}\n`);
  return 0;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The checks of the project, where its configuration does not say which there are. */
async function offered(workspace: string): Promise<readonly Check[]> {
  const { settings } = await resolveSettings({ workspace, ...processEnvironment() }, {});
  return settings.checks === null ? foundChecks(workspace) : [];
}

/** What a run finds by itself needs no key. */
function checksLine(found: readonly Check[]): string {
  if (found.length === 0) return '';
  const named = found.map(({ name, run, origin }) => `${name} (${commandText(run)}, ${origin})`).join(', ');
  return `Checks that runs find by themselves: ${named}; autoloop checks tries them, --write puts them into the file\n`;
}

function canAsk({ provider, permissions, yes }: InitOptions): boolean {
  const isComplete = provider !== undefined && permissions !== undefined;
  return !isComplete && yes !== true && process.stdin.isTTY && process.stdout.isTTY;
}

function refuseProblems(result: ReturnType<typeof fileWith>): string {
  if ('text' in result) return result.text;
  throw new Problem('configuration', result.problems.join('\n'), 'Correct the file; nothing was written.');
}

async function lookAround(workspace: string): Promise<readonly AgentHere[]> {
  const agents = await agentsHere(workspace, resolve([], {}).settings, processEnvironment());
  return agents.flatMap((agent) => {
    const name = INITIAL_PROVIDERS.find((one) => one === agent.name);
    return name === undefined ? [] : [{ ...agent, name }];
  });
}

/** Null: whoever was asked went away. */
async function chosen(options: InitOptions, here: readonly AgentHere[]): Promise<InitialChoices | null> {
  const { provider, permissions } = options;
  if (canAsk(options)) {
    const { askChoices } = await import('./init-questions.ts');
    return askChoices({ provider, permissions }, here);
  }
  const ready = here.find(({ isReady }) => isReady)?.name;
  const name = provider ?? ready;
  if (name === undefined) {
    throw new Problem(
      'usage',
      'no agent is installed and logged in here, so none can be chosen; nothing was written',
      'Give --provider codex or claude, or the name of an agent that speaks the Agent Client Protocol.',
    );
  }
  return { provider: name, permissions: permissions ?? 'workspace' };
}

function next(workspace: string, { provider }: InitialChoices, here: readonly AgentHere[]): string[] {
  const agent = here.find(({ name }) => name === provider);
  const missing =
    agent?.isReady === true
      ? []
      : [`${provider} is not ready: autoloop doctor${placeOption(workspace)} says what is missing.`];
  return [...missing, `Next: autoloop${placeOption(workspace)} --intent "What you want shipped"`];
}
