import type { AcpSettings } from '../../core/settings.ts';
import { shorten } from '../failure.ts';
import { findProgram, startOf } from '../find-program.ts';
import type { PreflightSubject, ProviderReport } from '../report.ts';
import { modelsOf, notFound } from '../report.ts';
import { type Greeting, greet } from './greet.ts';
import { acpName, commandOf, RECIPES } from './recipes.ts';

/** What can be known without a session: that the program is there, and, where it is asked thoroughly, what it says of itself. */
export async function acpPreflight({ settings, roles, world }: PreflightSubject): Promise<ProviderReport> {
  const { acp } = settings.provider;
  const [command = '', ...args] = commandOf(acp);
  const name = acpName(acp);
  const { file: program, problem } = command === '' ? NO_PROGRAM : findProgram(command, world);
  if (program === null) {
    const hint = acp.command === null ? `Install ${name}, or give its command line as provider.acp.command.` : null;
    const text =
      command === ''
        ? 'provider.name is acp, but neither provider.acp.agent nor provider.acp.command says which agent'
        : `${command} (provider.acp.${acp.command === null ? 'agent' : 'command'}) was not found on PATH or may not be run`;
    return notFound('acp', problem ?? { text, hint: hint ?? 'Install it, or give its absolute path.' });
  }
  const recipe = acp.agent === null ? null : RECIPES[acp.agent];
  const env = { ...recipe?.env, ...world.env };
  const greeting = world.thorough
    ? await world.supervised((runner) =>
        greet(runner, { words: [...startOf(program, world), ...args], name, cwd: world.cwd, env }),
      )
    : null;
  const said = greeting?.kind === 'said' ? greeting : null;
  const chosen = roles.map((role) => ({ model: role.model ?? acp.model, effort: role.effort }));
  return {
    provider: 'acp',
    agent: name,
    ...(said === null || said.name === null ? {} : { callsItself: shorten(said.name) }),
    program,
    version: said?.version ?? null,
    capabilities: said === null ? [] : [sessionsOf(said)],
    models: modelsOf(chosen),
    login: loginText(said),
    logInWith: null,
    whoPays: 'unknown to Autoloop',
    permissions: permissionsText(acp, recipe?.mode ?? null),
    notices: greeting?.kind === 'late' ? [greeting.text] : [],
    problems: greeting?.kind === 'failed' ? [{ text: greeting.text, hint: greeting.hint }] : [],
  };
}

const NO_PROGRAM = { file: null, problem: null };

type Said = Extract<Greeting, { kind: 'said' }>;

function sessionsOf({ resumes, loads }: Said): string {
  const ways = [...(resumes ? ['session/resume'] : []), ...(loads ? ['session/load'] : [])];
  return ways.length === 0 ? 'no way to go on with a session: every turn begins a new one' : ways.join(', ');
}

function loginText(said: Said | null): string {
  if (said === null) return 'not asked';
  return said.logins.length === 0
    ? 'it names no way to log in'
    : `only a turn can tell; it offers ${said.logins.join(', ')}`;
}

const POLICIES = {
  workspace: 'what it asks for is allowed in the workspace',
  allow: 'whatever it asks for is allowed',
  reject: 'whatever it asks for is denied',
} as const;

/** The policy answers; it holds nobody who does not ask. */
function permissionsText({ permissions, mode }: AcpSettings, recipeMode: string | null): string {
  const wanted = mode ?? recipeMode;
  const inMode = wanted === null ? '' : `, in its mode ${wanted}`;
  return `${POLICIES[permissions]}${inMode}; this is a policy and no sandbox: what it does without asking is not held (provider.acp.permissions: ${permissions})`;
}
