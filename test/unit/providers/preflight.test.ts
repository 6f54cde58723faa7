import { chmodSync, mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AgentSettings, CommandSettings, Settings } from '../../../src/core/settings.ts';
import { ACP_AGENTS, type AcpAgentName } from '../../../src/core/vocabulary.ts';
import { PROVIDERS } from '../../../src/providers/registry.ts';
import { preflight } from '../../../src/providers/preflight.ts';
import type { Said } from '../../../src/providers/program.ts';
import type { PreflightWorld, ProviderReport } from '../../../src/providers/report.ts';
import { PLAIN, settingsWith } from './settings.ts';

const MODERN = 'Options:\n  -c, --config <key=value>\n      --json\n  -s, --sandbox <MODE>\n';

/** Programs by their command line; what is not listed fails. */
type Answers = Readonly<Record<string, string | Partial<Said>>>;

const CODEX: Answers = {
  'codex --version': 'codex-cli 0.169.0\n',
  'codex exec --help': MODERN,
  'codex exec resume --help': MODERN,
  'codex login status': { stderr: 'Logged in using ChatGPT\n' },
};
const CLAUDE: Answers = {
  'claude --version': '2.1.330 (Claude Code)\n',
  'claude auth status': JSON.stringify({ loggedIn: true, authMethod: 'claude.ai', subscriptionType: 'max' }, null, 2),
};

let root: string;
let asked: string[];

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'preflight-'));
  asked = [];
  for (const name of ['bin', 'home', 'workspace']) mkdirSync(path.join(root, name));
  for (const name of ['codex', 'claude', 'agent']) program(name);
});

function program(name: string, mode = 0o755): string {
  const file = path.join(root, 'bin', name);
  writeFileSync(file, '');
  chmodSync(file, mode);
  return file;
}

function world(answers: Answers, changes: Partial<PreflightWorld> = {}): PreflightWorld {
  return {
    cwd: path.join(root, 'workspace'),
    env: { PATH: path.join(root, 'bin'), HOME: path.join(root, 'home'), ...changes.env },
    allowInside: false,
    uid: 1000,
    cacheDir: path.join(root, 'cache'),
    thorough: false,
    supervised: () => Promise.reject(new Error('nothing stays')),
    ask: (command, args) => {
      const line = [path.basename(command), ...args].join(' ');
      asked.push(line);
      const answer = answers[line] ?? { exitCode: 2, stderr: `unknown: ${line}` };
      const said = typeof answer === 'string' ? { stdout: answer } : answer;
      return Promise.resolve({ exitCode: 0, stdout: '', stderr: '', error: null, ...said });
    },
    ...(({ env: _env, ...rest }) => rest)(changes),
  };
}

const agent = (name: AgentSettings['name'], effort: string | null = null): AgentSettings => ({
  name,
  model: null,
  effort,
});

async function look(settings: Settings, at: PreflightWorld): Promise<ProviderReport> {
  const [report] = await preflight(settings, at);
  return report!;
}

describe('the preflight of codex', () => {
  const settings = settingsWith({ roles: agent('codex') });

  it('finds the program, its version and what it can do', async () => {
    const report = await look(settings, world(CODEX));
    expect(report).toMatchObject({
      provider: 'codex',
      program: path.join(root, 'bin', 'codex'),
      version: '0.169.0',
      problems: [],
    });
    expect(report.capabilities).toEqual([
      'exec --config',
      'exec --json',
      'exec --sandbox',
      'resume --config',
      'resume --json',
      'resume --sandbox',
      'features.unbounded_connection_retries',
    ]);
  });

  it.each([
    ['codex-cli 0.168.9', false],
    ['codex-cli 0.169.0-alpha.1', true],
    ['codex-cli 1.0.0', true],
    ['something else', false],
  ])('uses a setting of newer releases by the version: %s', async (version, has) => {
    const { capabilities } = await look(settings, world({ ...CODEX, 'codex --version': version }));
    expect(capabilities.includes('features.unbounded_connection_retries')).toBe(has);
  });

  it('asks for the help only once for a version of a file', async () => {
    const first = await look(settings, world(CODEX));
    asked = [];
    expect(await look(settings, world(CODEX))).toEqual(first);
    expect(asked).toEqual(['codex --version']);
  });

  it.each([
    ['another version', () => ({ ...CODEX, 'codex --version': 'codex-cli 0.170.0' })],
    ['a newer file', () => (utimesSync(path.join(root, 'bin', 'codex'), 1, 1), CODEX)],
    ['a cache that cannot be read', () => (writeFileSync(path.join(root, 'cache', 'codex.json'), '{"torn'), CODEX)],
    ['a cache of something else', () => (writeFileSync(path.join(root, 'cache', 'codex.json'), '[1]'), CODEX)],
  ])('asks again after %s', async (_name, change) => {
    await look(settings, world(CODEX));
    asked = [];
    const report = await look(settings, world(change()));
    expect(asked).toContain('codex exec --help');
    expect(report.problems).toEqual([]);
  });

  it('needs no cache', async () => {
    writeFileSync(path.join(root, 'file'), '');
    const report = await look(settings, world(CODEX, { cacheDir: path.join(root, 'file') }));
    expect(report.problems).toEqual([]);
    expect(readFileSync(path.join(root, 'file'), 'utf8')).toBe('');
  });

  it('warns of a version that is older than what was tested, and of no newer one', async () => {
    const older = await look(settings, world({ ...CODEX, 'codex --version': 'codex-cli 0.9.9\n' }));
    expect(older).toMatchObject({
      problems: [],
      notices: [expect.stringMatching(/^codex 0\.9\.9 was not tested .*oldest/)],
    });
    const newer = await look(settings, world({ ...CODEX, 'codex --version': 'codex-cli 99.0.0\n' }));
    expect(newer).toMatchObject({ problems: [], notices: [] });
  });

  it('says what to install when the program is not there, or may not be run', async () => {
    program('codex', 0o644);
    const { problems } = await look(settings, world(CODEX));
    expect(problems).toEqual([
      { text: 'codex was not found on PATH', hint: expect.stringContaining('npm i -g @openai/codex') as string },
    ]);
  });

  it('refuses a codex without --json, for each command', async () => {
    const { problems } = await look(settings, world({ ...CODEX, 'codex exec resume --help': '--config' }));
    expect(problems.map(({ text }) => text)).toEqual([
      'this codex (0.169.0) has no --json for `codex exec resume`, which Autoloop needs',
    ]);
  });

  it('refuses a codex that does not run, with its words', async () => {
    const { problems } = await look(
      settings,
      world({ 'codex exec --help': { exitCode: 1, stderr: 'bad interpreter' } }),
    );
    expect(problems[0]?.text).toBe('codex does not run: bad interpreter');
  });

  it.each(['max', 'ultra', 'next'])('leaves it to codex whether there is an effort %s', async (effort) => {
    const report = await look(settingsWith({ roles: agent('codex', effort) }), world(CODEX));
    expect(report).toMatchObject({ problems: [], notices: [], models: `its own default, effort ${effort}` });
  });

  const chosen = (model: string | null, effort: string | null) =>
    settingsWith({ roles: { name: 'codex', model, effort } });
  const CATALOGUE = 'codex debug models --bundled';
  const entry = (slug: string, ...levels: unknown[]) => ({ slug, supported_reasoning_levels: levels });
  const models = [entry('small', 'low', 'high'), entry('large', { effort: 'low' }, { effort: 'max' })];

  it.each([
    ['a model that it lacks', 'other', null, /does not know the model other .*provider\.codex\.model/],
    ['an effort that the model lacks', 'small', 'max', /small has no effort max .*it has low, high$/],
    ['an effort named by an object', 'large', 'high', /large has no effort high .*it has low, max$/],
  ])('warns by its catalogue of %s', async (_what, model, effort, expected) => {
    for (const catalogue of [models, { models }]) {
      const at = world({ ...CODEX, [CATALOGUE]: JSON.stringify(catalogue) });
      const { notices, problems } = await look(chosen(model, effort), at);
      expect(problems).toEqual([]);
      expect(notices).toEqual([expect.stringMatching(expected)]);
    }
  });

  it.each([
    ['knows both', JSON.stringify(models)],
    ['is something else', '{"models": {"slug": 1}}'],
    ['is no JSON', 'models: none'],
    ['cannot be had', { exitCode: 2, stderr: "error: unrecognized subcommand 'debug'" }],
  ])('says nothing where the catalogue %s', async (_what, catalogue) => {
    expect((await look(chosen('large', 'max'), world({ ...CODEX, [CATALOGUE]: catalogue }))).notices).toEqual([]);
  });

  it('asks for no catalogue where no model is set', async () => {
    await look(chosen(null, 'max'), world(CODEX));
    expect(asked).not.toContain(CATALOGUE);
  });

  it.each([
    [{ sandbox: 'workspace-write', networkAccess: false }, /^sandbox workspace-write, network denied/],
    [{ sandbox: 'workspace-write', networkAccess: true }, /network allowed/],
    [{ sandbox: 'bypass', networkAccess: false }, /^no sandbox/],
    [{ sandbox: 'inherit', networkAccess: false }, /codex's own configuration/],
  ] as const)('tells the permissions in force: %o', async (codex, words) => {
    const report = await look(settingsWith({ roles: agent('codex'), codex }), world(CODEX));
    expect(report.permissions).toMatch(words);
  });

  it('tells who pays, and asks for the login only for a thorough report', async () => {
    expect((await look(settings, world(CODEX))).whoPays).toContain('the login');
    expect((await look(settings, world(CODEX, { env: { CODEX_API_KEY: 'k' } }))).whoPays).toContain('CODEX_API_KEY');
    expect(asked).not.toContain('codex login status');
    expect((await look(settings, world(CODEX, { thorough: true }))).login).toBe('Logged in using ChatGPT');
  });
});

describe('the preflight of claude', () => {
  const settings = settingsWith({ roles: agent('claude') });
  const bypass = settingsWith({ roles: agent('claude'), claude: { permissionStrategy: 'bypass' } });
  const permit = (folder: string, permissions: object, file = 'settings.json') => {
    mkdirSync(path.join(root, folder, '.claude'), { recursive: true });
    writeFileSync(path.join(root, folder, '.claude', file), JSON.stringify({ permissions }));
  };

  it('finds the program, its version and the login', async () => {
    const report = await look(settings, world(CLAUDE));
    expect(report).toMatchObject({
      version: '2.1.330',
      login: 'logged in (claude.ai)',
      whoPays: 'the account behind the login (max)',
      problems: [],
    });
  });

  it('says so when an API key decides who pays', async () => {
    const status = JSON.stringify({ loggedIn: true, authMethod: 'api_key', apiKeySource: 'ANTHROPIC_API_KEY' });
    const report = await look(settings, world({ ...CLAUDE, 'claude auth status': status }));
    expect(report.whoPays).toBe('the API key in ANTHROPIC_API_KEY');
    expect(report.notices).toContainEqual(expect.stringContaining('ANTHROPIC_API_KEY is set'));
  });

  it.each([
    ['logged out', { exitCode: 1, stdout: '{"loggedIn":false,"authMethod":"none"}' }, 'claude is not logged in'],
    ['logged out, with 0', { stdout: '{"loggedIn":false}' }, 'claude is not logged in'],
    ['failing', { exitCode: 1, stderr: 'keychain locked' }, 'claude is not logged in: keychain locked'],
    ['silent', { exitCode: null, error: 'no answer within 20 s' }, 'claude is not logged in: no answer within 20 s'],
  ])('refuses a claude that is %s', async (_name, status, text) => {
    const { problems } = await look(settings, world({ ...CLAUDE, 'claude auth status': status }));
    expect(problems).toEqual([{ text, hint: expect.stringContaining('claude auth login') as string }]);
  });

  it('refuses a claude that does not start', async () => {
    const { problems } = await look(
      settings,
      world({ 'claude --version': { exitCode: 127, stderr: 'not an executable' } }),
    );
    expect(problems.map(({ text }) => text)).toEqual(['claude does not run: not an executable']);
  });

  it('refuses to bypass permissions as root, which claude would refuse in every turn', async () => {
    expect((await look(bypass, world(CLAUDE, { uid: 0 }))).problems[0]?.text).toContain('for root');
    expect((await look(bypass, world(CLAUDE, { uid: 0, env: { IS_SANDBOX: '1' } }))).problems).toEqual([]);
    expect((await look(bypass, world(CLAUDE))).problems).toEqual([]);
    expect((await look(settings, world(CLAUDE, { uid: 0 }))).problems).toEqual([]);
  });

  it('leaves it to claude whether there is an effort', async () => {
    const report = await look(settingsWith({ roles: agent('claude', 'ultra') }), world(CLAUDE));
    expect(report).toMatchObject({ problems: [], models: 'its own default, effort ultra' });
  });

  it('notices that a claude without permissions may write nothing', async () => {
    expect((await look(settings, world(CLAUDE))).notices).toEqual([
      expect.stringContaining('permission_strategy: allow_core_tools'),
    ]);
    expect((await look(bypass, world(CLAUDE))).notices).toEqual([]);
  });

  it.each([
    ['home', { allow: ['Read', 'Write(src/**)'] }, 'settings.json'],
    ['workspace', { defaultMode: 'acceptEdits' }, 'settings.json'],
    ['workspace', { allow: ['Bash'] }, 'settings.local.json'],
  ])('notices nothing where the settings in %s allow writing: %o', async (folder, permissions, file) => {
    permit(folder, permissions, file);
    expect((await look(settings, world(CLAUDE))).notices).toEqual([]);
  });

  it('does not take reading or denying for writing', async () => {
    permit('home', { allow: ['Read', 'WriteLike'], deny: ['Write'] });
    const { notices, problems } = await look(settings, world(CLAUDE));
    expect([...notices, ...problems]).toHaveLength(1);
  });

  it('asks what its help lists once for each installation', async () => {
    const helped = {
      ...CLAUDE,
      'claude --version': '2.1.331 (Claude Code)',
      'claude --help': 'Options:\n  -p, --print\n  --permission-prompts <target>  Who answers\n',
    };
    expect((await look(settings, world(helped))).capabilities).toEqual(['--permission-prompts', '--print']);
    expect((await look(settings, world(helped))).capabilities).toEqual(['--permission-prompts', '--print']);
    expect(asked.filter((line) => line === 'claude --help')).toHaveLength(1);
    const updated = { ...helped, 'claude --version': '2.1.332 (Claude Code)', 'claude --help': '  --print\n' };
    expect((await look(settings, world(updated))).capabilities).toEqual(['--print']);
  });

  it('does without the options of a claude that has no help to give, and does not ask an older one', async () => {
    expect(await look(settings, world(CLAUDE))).toMatchObject({ capabilities: [], problems: [] });
    expect(asked).not.toContain('claude --help');
    const newer = { ...CLAUDE, 'claude --version': '2.1.400 (Claude Code)' };
    expect(await look(settings, world(newer))).toMatchObject({ capabilities: [], problems: [] });
    expect(asked).toContain('claude --help');
  });
});

describe('the preflight of a configured command', () => {
  const good: CommandSettings = {
    ...PLAIN,
    start: ['agent', 'run'],
    resume: ['agent', 'run', '{{session}}'],
    output: 'json',
    answer: 'text',
    session: 'id',
  };
  const problemsOf = async (command: CommandSettings | null): Promise<string[]> =>
    (await look(settingsWith({ roles: agent('command'), command }), world({}))).problems.map(({ text }) => text);

  it('asks the command nothing', async () => {
    expect(await problemsOf(good)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it.each<[CommandSettings | null, string]>([
    [null, 'provider.command.start names no program'],
    [{ ...good, start: ['nobody', 'run'] }, 'nobody (provider.command.start) was not found'],
    [{ ...good, start: ['agent', '{{prompt}}'] }, '{{prompt}} in provider.command is not known'],
    [{ ...good, start: ['agent', '{{model}}'] }, 'provider.roles gives no model'],
    [{ ...good, answer: null }, 'provider.command.answer does not say'],
    [{ ...good, resume: ['agent', 'run'] }, 'does not use {{session}}'],
    [{ ...good, resume: ['other', '{{session}}'] }, 'must call the same program'],
    [{ ...good, session: null }, 'needs provider.command.session'],
    [{ ...good, output: 'text' }, 'needs provider.command.session'],
    [{ ...good, start: ['agent', '{{session}}'] }, 'a new conversation has no id'],
  ])('refuses what cannot work: %o', async (command, words) => {
    expect(await problemsOf(command)).toEqual([expect.stringContaining(words)]);
  });
});

describe('the preflight of a run', () => {
  it('looks at each provider once, in both roles’ settings', async () => {
    const settings = settingsWith({ roles: agent('codex'), verifier: agent('claude', 'high') });
    const reports = await preflight(settings, world({ ...CODEX, ...CLAUDE }));
    expect(reports.map(({ provider }) => provider)).toEqual(['codex', 'claude']);
    const twice = await preflight(settingsWith({ roles: agent('codex') }), world(CODEX));
    expect(twice).toHaveLength(1);
    expect(reports[1]?.models).toBe('its own default, effort high');
  });

  it('says of each agent that tells no cost that a bound in dollars does not hold it', async () => {
    const settings = settingsWith({ roles: agent('codex'), verifier: agent('claude') });
    const bounded = { ...settings, runtime: { ...settings.runtime, maxCostUsd: 1 } };
    const warned = async (of: Settings) =>
      (await preflight(of, world({ ...CODEX, ...CLAUDE })))
        .filter(({ notices }) => notices.some((notice) => notice.includes('runtime.max_cost_usd does not bound')))
        .map(({ provider }) => provider);
    expect([await warned(settings), await warned(bounded)]).toEqual([[], ['codex']]);
  });

  it('knows which agents of the Agent Client Protocol tell a cost; one that is no recipe counts as none', () => {
    const { provider } = settingsWith({ roles: agent('acp') });
    const tells = (name: AcpAgentName | null) =>
      PROVIDERS.acp.tellsCost({ ...provider, acp: { ...provider.acp, agent: name } }, 'acp');
    expect([...ACP_AGENTS, null].filter(tells)).toEqual(['opencode', 'claude-acp']);
  });
});
