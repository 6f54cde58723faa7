import { readCarefully } from '../../files/careful-read.ts';
import { homedir } from 'node:os';
import path from 'node:path';
import { shorten } from '../failure.ts';
import type { JsonObject } from '../json.ts';
import { listOf, objectOf, parseJson, parseObject, textOf } from '../json.ts';
import type { Ask } from '../program.ts';
import { findProgram, type ProviderProblem } from '../find-program.ts';
import type { PreflightSubject, PreflightWorld, ProviderReport } from '../report.ts';
import { modelsOf, notFound } from '../report.ts';
import type { ClaudeCalling } from './arguments.ts';
import { CORE_TOOLS } from './arguments.ts';

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
  const said = await world.ask(program, ['--version']);
  const starts = said.exitCode === 0;
  const login: Login = starts ? await askLogin(program, world.ask) : { text: 'unknown', payer: null, problem: null };
  const chosen = roles.map((role) => ({ model: role.model ?? claude.model, effort: role.effort ?? claude.effort }));
  return {
    provider: 'claude',
    program,
    version: /\d+\.\d+\.\d+[\w.-]*/.exec(said.stdout)?.[0] ?? null,
    capabilities: [],
    models: modelsOf(chosen),
    login: login.text,
    logInWith: null,
    whoPays: login.payer ?? 'unknown',
    permissions: permissions(claude.permissionStrategy),
    notices: [...apiKeyNotice(login), ...writingNotice(claude.permissionStrategy, world)],
    problems: [
      ...(starts ? [] : [doesNotStart(said.error ?? shorten(said.stderr))]),
      ...(login.problem === null ? [] : [login.problem]),
      ...rootProblem(claude.permissionStrategy, world),
      ...writingProblem(claude.permissionStrategy, world),
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

function rootProblem(strategy: Strategy, world: PreflightWorld): ProviderProblem[] {
  if (strategy !== 'bypass' || world.uid !== 0 || world.env['IS_SANDBOX'] === '1') return [];
  return [
    {
      text: 'claude refuses to bypass permissions for root (provider.claude.permission_strategy: bypass)',
      hint: 'Run as another user, set IS_SANDBOX=1 if this machine is a sandbox, or use permission_strategy: allow_core_tools.',
    },
  ];
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

/** Nobody answers claude's questions in a run: what its settings do not allow is denied, and the turn is paid all the same. */
function writingNotice(strategy: Strategy, world: PreflightWorld): string[] {
  if (strategy !== 'inherit' || settingsFiles(world).some(allowsWriting) || modeThatDenies(world) !== null) return [];
  return [
    "no settings of claude's that allow writing were found, so its turns may change nothing; provider.claude.permission_strategy: allow_core_tools allows it",
  ];
}

/** Where its settings choose a mode in which nothing is written without being asked for, that is known before a turn is paid. */
function writingProblem(strategy: Strategy, world: PreflightWorld): ProviderProblem[] {
  if (strategy !== 'inherit' || settingsFiles(world).some(allowsWriting)) return [];
  const denied = modeThatDenies(world);
  if (denied === null) return [];
  return [
    {
      text: `claude could change nothing: ${denied.file} says permissions.defaultMode: ${denied.mode}, and nothing allows writing`,
      hint: 'Set provider.claude.permission_strategy: allow_core_tools (`autoloop init --provider claude` does), or allow Write and Edit there.',
    },
  ];
}

/** A later file wins, as for claude. */
function modeThatDenies(world: PreflightWorld): { readonly file: string; readonly mode: string } | null {
  const modes = settingsFiles(world).map((file) => ({ file, mode: modeIn(file) }));
  const last = modes.findLast(({ mode }) => mode !== '');
  return last !== undefined && ['plan', 'dontAsk', 'default', 'manual'].includes(last.mode) ? last : null;
}

function modeIn(file: string): string {
  return textOf(objectOf(readSettings(file)?.['permissions'])?.['defaultMode']) ?? '';
}

function settingsFiles(world: PreflightWorld): string[] {
  const home = world.env['CLAUDE_CONFIG_DIR'] ?? path.join(world.env['HOME'] ?? homedir(), '.claude');
  const project = path.join(world.cwd, '.claude');
  return [
    path.join(home, 'settings.json'),
    path.join(project, 'settings.json'),
    path.join(project, 'settings.local.json'),
  ];
}

function allowsWriting(file: string): boolean {
  const rules = objectOf(readSettings(file)?.['permissions']);
  if (['acceptEdits', 'auto', 'bypassPermissions'].includes(modeIn(file))) return true;
  return listOf(rules?.['allow']).some((rule) => /^(Write|Edit|Bash)\b/.test(textOf(rule) ?? ''));
}

function readSettings(file: string): JsonObject | null {
  try {
    return objectOf(parseJson(readCarefully(file, { followLinks: true })?.toString() ?? ''));
  } catch {
    return null; // claude cannot read it either.
  }
}
