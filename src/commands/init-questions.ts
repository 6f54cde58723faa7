import * as prompts from '@clack/prompts';
import { type Check, commandText } from '../core/checks/check.ts';
import { screenText } from '../core/screen.ts';
import type { InitialChoices, InitialProvider, Permissions } from '../config/initial-choices.ts';

/** An agent that can be chosen, and how it stands on this machine. */
export interface AgentHere {
  readonly name: InitialProvider;
  readonly version: string | null;
  readonly login: string | null;
  readonly isReady: boolean;
}

type Given = { readonly [Name in keyof InitialChoices]?: InitialChoices[Name] | undefined };

type Words = Readonly<Record<Permissions, string>>;

/** Of an agent that asks, and is answered by a policy. */
const ASKING: Words = {
  workspace: 'what it asks for in the workspace: files, searches, commands; a policy and no sandbox',
  everything: 'whatever it asks for',
  own: 'what it does without asking; what it asks for is denied',
};

const MAY: Readonly<Partial<Record<InitialProvider, Words>>> = {
  codex: {
    workspace: 'write in the workspace and run commands there, in its sandbox without network',
    everything: 'anything that you can, without a sandbox',
    own: 'what its own configuration says',
  },
  claude: {
    workspace: 'read and write files and run commands, unasked',
    everything: 'anything, with its permission checks off',
    own: 'what its own settings allow; the rest is denied, for nobody answers it',
  },
};

/** Asks at the terminal for what was not given. Null: the person went away. */
export async function askChoices(given: Given, here: readonly AgentHere[]): Promise<InitialChoices | null> {
  prompts.intro('autoloop init');
  const provider = given.provider ?? (await askProvider(here));
  if (typeof provider === 'symbol') return null;
  const permissions = given.permissions ?? (await askPermissions(provider));
  return typeof permissions === 'symbol' ? null : { provider, permissions };
}

/** Whether the checks that were found shall stand in the configuration. Whoever goes away has not said so. */
export async function askChecks(found: readonly Check[]): Promise<boolean> {
  const named = found.map(({ name, run }) => `${name} (${commandText(run)})`).join(', ');
  const message = `Runs find these checks by themselves: ${named}. Write them into autoloop.yaml all the same?`;
  return (await prompts.confirm({ message: screenText(message), initialValue: false })) === true;
}

function askProvider(here: readonly AgentHere[]): Promise<InitialProvider | symbol> {
  const ready = here.find(({ isReady }) => isReady);
  return prompts.select<InitialProvider>({
    message: 'Which agent shall work?',
    options: here.map((agent) => ({ value: agent.name, label: agent.name, hint: standing(agent) })),
    ...(ready === undefined ? {} : { initialValue: ready.name }),
  });
}

function askPermissions(provider: InitialProvider): Promise<Permissions | symbol> {
  const words = Object.entries(MAY[provider] ?? ASKING) as [Permissions, string][];
  return prompts.select<Permissions>({
    message: `What may ${provider} do?`,
    options: words.map(([value, hint]) => ({ value, label: value, hint })),
    initialValue: 'workspace',
  });
}

function standing({ version, login, isReady }: AgentHere): string {
  if (login === null) return 'not installed';
  return `${version ?? 'installed'}, ${isReady ? login : `not ready: ${login}`}`;
}
