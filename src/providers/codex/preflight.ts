import type { Settings } from '../../core/settings.ts';
import { shorten } from '../failure.ts';
import { findProgram, type ProviderProblem } from '../find-program.ts';
import type { PreflightSubject, PreflightWorld, ProviderReport } from '../report.ts';
import { modelsOf, notFound } from '../report.ts';
import { catalogueNotices } from './catalogue.ts';
import type { CodexProbe } from './probe.ts';
import { probeCodex } from './probe.ts';

export async function codexPreflight({ settings, roles, world }: PreflightSubject): Promise<ProviderReport> {
  const { file: program, problem } = findProgram('codex', world);
  if (program === null) {
    return notFound(
      'codex',
      problem ?? {
        text: 'codex was not found on PATH',
        hint: 'Install it with `npm i -g @openai/codex`, or switch with provider.name: claude.',
      },
    );
  }
  const { codex } = settings.provider;
  const probe = await probeCodex(program, world.ask, world.cacheDir);
  const chosen = roles.map((role) => ({ model: role.model ?? codex.model, effort: role.effort ?? codex.effort }));
  const [loggedIn, unknown] = await Promise.all([
    world.thorough ? login(program, world) : 'told by the first turn',
    probe.error === null ? catalogueNotices(program, world.ask, chosen) : [],
  ]);
  return {
    provider: 'codex',
    program,
    version: probe.version,
    capabilities: probe.capabilities,
    login: loggedIn,
    // It may have been given a provider of models that needs no login.
    logInWith: /not logged in/i.test(loggedIn) ? 'codex login' : null,
    whoPays: whoPays(world),
    permissions: codexPermissions(codex),
    models: modelsOf(chosen),
    notices: [...(probe.version === null ? ['codex does not tell its version'] : []), ...unknown],
    problems: probeProblems(probe),
  };
}

function probeProblems(probe: CodexProbe): ProviderProblem[] {
  if (probe.error !== null) {
    return [
      {
        text: `codex does not run: ${probe.error}`,
        hint: 'Try `codex exec --help`, and install codex anew if it fails too.',
      },
    ];
  }
  const missing = ['exec', 'resume'].filter((command) => !probe.capabilities.includes(`${command} --json`));
  const version = probe.version ?? 'of unknown version';
  return missing.map((command) => ({
    text: `this codex (${version}) has no --json for \`codex exec${command === 'exec' ? '' : ' resume'}\`, which Autoloop needs`,
    hint: 'Update it with `npm i -g @openai/codex`.',
  }));
}

/** The sandbox in force: codex itself would start with one that only reads. */
function codexPermissions(codex: Settings['provider']['codex']): string {
  switch (codex.sandbox) {
    case 'workspace-write':
      return `sandbox workspace-write, network ${codex.networkAccess ? 'allowed' : 'denied'} (provider.codex.sandbox, provider.codex.network_access)`;
    case 'bypass':
      return 'no sandbox and no approvals (provider.codex.sandbox: bypass)';
    case 'inherit':
      return "whatever codex's own configuration says (provider.codex.sandbox: inherit)";
  }
}

/** Says nothing of providers that the user configured, which is why a run does not depend on it. */
async function login(program: string, world: PreflightWorld): Promise<string> {
  const said = await world.ask(program, ['login', 'status']);
  const words = shorten(said.stdout.trim() === '' ? said.stderr : said.stdout);
  return words === '' ? 'unknown' : words;
}

function whoPays(world: PreflightWorld): string {
  const key = world.env['CODEX_API_KEY'];
  return key === undefined || key === ''
    ? "the login or the provider of codex's configuration"
    : 'the API key in CODEX_API_KEY';
}
