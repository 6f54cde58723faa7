import { shorten } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import { parseObject, textOf } from '../json.ts';
import type { Ask } from '../program.ts';
import { findProgram, type ProviderProblem } from '../find-program.ts';
import type { PreflightSubject, ProviderReport } from '../report.ts';
import { modelsOf, notFound } from '../report.ts';
import type { ClaudeCalling } from './arguments.ts';
import { CORE_TOOLS } from './arguments.ts';
import { lookAtPermissions } from './permissions.ts';
import { claudeOptions } from './probe.ts';

type Strategy = ClaudeCalling['permissionStrategy'];

export async function claudePreflight({ settings, roles, world }: PreflightSubject): Promise<ProviderReport> {
  const { file: program, problem } = findProgram('claude', world);
  if (program === null) {
    return notFound(
      'claude',
      problem ?? {
        text: 'claude was not found on PATH',
        hint: 'Install it with `npm i -g @anthropic-ai/claude-code`, or switch with provider.name: codex.',
      },
    );
  }
  const { claude } = settings.provider;
  const [said, asked] = await Promise.all([world.ask(program, ['--version']), askLogin(program, world.ask)]);
  const starts = said.exitCode === 0;
  const version = /\d+\.\d+\.\d+[\w.-]*/.exec(said.stdout)?.[0] ?? null;
  const login: Login = starts ? asked : { text: 'unknown', payer: null, problem: null };
  const writing = lookAtPermissions(claude.permissionStrategy, world);
  const chosen = roles.map((role) => ({ model: role.model ?? claude.model, effort: role.effort ?? claude.effort }));
  return {
    provider: 'claude',
    program,
    version,
    capabilities: starts ? await claudeOptions({ name: 'claude', program, version }, world.ask, world.cacheDir) : [],
    models: modelsOf(chosen),
    login: login.text,
    logInWith: null,
    whoPays: login.payer ?? 'unknown',
    permissions: permissions(claude.permissionStrategy),
    notices: [...apiKeyNotice(login), ...writing.notices],
    problems: [
      ...(starts ? [] : [doesNotStart(said.error ?? shorten(said.stderr))]),
      ...(login.problem === null ? [] : [login.problem]),
      ...writing.problems,
    ],
  };
}

interface Login {
  readonly text: string;
  readonly payer: string | null;
  readonly problem: ProviderProblem | null;
}

/** `claude auth status` makes no request: a key that is wrong passes here. */
async function askLogin(program: string, ask: Ask): Promise<Login> {
  const said = await ask(program, ['auth', 'status']);
  const status = parseObject(said.stdout);
  if (said.exitCode === 0 && status?.['loggedIn'] !== false) return loggedIn(status ?? {});
  const words = said.error ?? (status === null ? shorten(`${said.stderr}\n${said.stdout}`) : '');
  return {
    text: 'not logged in',
    payer: null,
    problem: {
      text: `claude is not logged in${words === '' ? '' : `: ${words}`}`,
      hint: 'Log in with `claude auth login`, or set ANTHROPIC_API_KEY.',
    },
  };
}

function loggedIn(status: JsonObject): Login {
  const method = textOf(status['authMethod']) ?? 'a method that claude does not name';
  const source = textOf(status['apiKeySource']);
  const plan = textOf(status['subscriptionType']);
  const payer =
    method === 'api_key'
      ? `the API key in ${source ?? "claude's configuration"}`
      : `the account behind the login${plan === null ? '' : ` (${plan})`}`;
  return { text: `logged in (${method})`, payer, problem: null };
}

function apiKeyNotice(login: Login): string[] {
  const decides = login.payer?.includes('ANTHROPIC_API_KEY') === true;
  return decides ? ['ANTHROPIC_API_KEY is set: the turns of claude are billed to that key, not to a subscription'] : [];
}

function doesNotStart(reason: string): ProviderProblem {
  return {
    text: `claude does not run: ${reason}`,
    hint: 'Try `claude --version`, and install claude anew if it fails too.',
  };
}

function permissions(strategy: Strategy): string {
  switch (strategy) {
    case 'inherit':
      return "whatever claude's own settings allow (provider.claude.permission_strategy: inherit)";
    case 'allow_core_tools':
      return `${CORE_TOOLS.join(', ')} are allowed (provider.claude.permission_strategy: allow_core_tools)`;
    case 'bypass':
      return 'everything is allowed without asking (provider.claude.permission_strategy: bypass)';
  }
}
