import { Problem } from '../core/problem.ts';
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
import { quoted } from '../inspect/resume-command.ts';
import { agentsHere } from '../work/agents.ts';
import type { AgentHere } from './init-questions.ts';
import { processEnvironment } from './terminal.ts';

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
  const choices = await chosen(options, here);
  if (choices === null) {
    process.stderr.write('Nothing was written.\n');
    return 130;
  }
  const values = initialValues(choices);
  const written = refuseProblems(fileWith(file, text, values));
  if (written !== text) await replaceFile(file, written);
  process.stdout.write(`${screenText(written === text ? `${file} says so already` : `Wrote ${file}`)}\n`);
  for (const [key, value] of Object.entries(values)) process.stdout.write(`  ${key}: ${String(value)}\n`);
  for (const line of next(workspace, choices, here)) process.stdout.write(`${line}\n`);
  return 0;
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
async function chosen(
  { provider, permissions, yes }: InitOptions,
  here: readonly AgentHere[],
): Promise<InitialChoices | null> {
  const isComplete = provider !== undefined && permissions !== undefined;
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  if (!isComplete && yes !== true && isTerminal) {
    const { askChoices } = await import('./init-questions.ts');
    return askChoices({ provider, permissions }, here);
  }
  const ready = here.find(({ isReady }) => isReady)?.name;
  const name = provider ?? ready;
  if (name === undefined) {
    throw new Problem(
      'usage',
      'no agent is installed and logged in here, so none can be chosen; nothing was written',
      `Give --provider ${INITIAL_PROVIDERS.join(' or ')}.`,
    );
  }
  return { provider: name, permissions: permissions ?? 'workspace' };
}

function next(workspace: string, { provider }: InitialChoices, here: readonly AgentHere[]): string[] {
  const agent = here.find(({ name }) => name === provider);
  const missing = agent?.isReady === true ? [] : [`${provider} is not ready: autoloop doctor says what is missing.`];
  return [...missing, `Next: autoloop --workspace ${quoted(workspace)} --intent "What you want shipped"`];
}
