import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFailed } from 'vitest';
import type { Finished, Running } from '../support/invocation.ts';
import { createRig, type Rig } from '../support/rig.ts';
import { Mock, type Decide } from './mock/server.ts';

export type AgentName = OwnName | AcpName;
/** Those that Autoloop calls in their own ways. */
export type OwnName = 'codex' | 'claude';
/** Those that are played through the Agent Client Protocol. */
export type AcpName = 'opencode' | 'gemini';

export const AGENTS: readonly OwnName[] = ['codex', 'claude'];

export interface StageOptions {
  /** Who plays both roles, unless `provider` says otherwise. */
  readonly agent: AgentName;
  /** What the model does. */
  readonly decide: Decide;
  /** Keys of `provider` in `autoloop.yaml`. */
  readonly provider?: ProviderKeys;
  /**
   * How often the agents themselves repeat a request that failed. They are told never to, unless a test says otherwise: left alone
   * they take minutes, and hide what Autoloop does.
   */
  readonly ownRetries?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export type ProviderKeys = Readonly<Record<string, unknown>>;

/** A whole task takes 10 s, and many times that where the processors are busy. */
const LONGEST_RUN_MS = 170_000;

/**
 * A rig with the real codex and claude, which know nothing but the mock: their HOME is the rig's, and their environment holds
 * nothing of the developer's. The programs are those of REAL_AGENTS, by name (scripts/test-agents.mjs sets it).
 */
export async function createStage(options: StageOptions): Promise<Stage> {
  const mock = new Mock(options.decide);
  await mock.up();
  const rig = await createRig({ programs: [], config: configOf(options.agent, options.provider) });
  const stage = new Stage(rig, mock, environment(rig, mock, options));
  installAgents(rig);
  const codexHome = path.join(rig.sandbox.root, 'home/.codex');
  mkdirSync(codexHome);
  writeFileSync(path.join(codexHome, 'config.toml'), codexConfig(mock.url, options.ownRetries ?? 0));
  try {
    onTestFailed(() => console.error(stage.report()));
  } catch {
    // Not in a test but in a hook: whoever made the stage prints its report.
  }
  return stage;
}

/**
 * `autoloop.yaml` (JSON is YAML), with what lets agents write; the model is one that this codex has a description of.
 * REAL_CODEX_SANDBOX is set where codex's sandbox does not start.
 */
export function configOf(agent: AgentName, keys: ProviderKeys = {}): string {
  const sandbox = process.env['REAL_CODEX_SANDBOX'] ?? 'workspace-write';
  const codex = { model: 'gpt-5.5', sandbox, ...(keys['codex'] as object | undefined) };
  const claude = { permission_strategy: 'allow_core_tools', ...(keys['claude'] as object | undefined) };
  const isAcp = agent === 'opencode' || agent === 'gemini';
  const named = isAcp ? { name: 'acp', acp: { agent, ...(keys['acp'] as object | undefined) } } : { name: agent };
  return JSON.stringify({ provider: { ...keys, ...named, codex, claude } });
}

export class Stage {
  readonly rig: Rig;
  readonly mock: Mock;
  readonly #env: Readonly<Record<string, string>>;
  #lastReport: string | null = null;

  constructor(rig: Rig, mock: Mock, env: Readonly<Record<string, string>>) {
    this.rig = rig;
    this.mock = mock;
    this.#env = env;
  }

  start(...args: string[]): Running {
    return this.rig.start(args, { env: this.#env, timeoutMs: LONGEST_RUN_MS });
  }

  run(...args: string[]): Promise<Finished> {
    return this.start(...args).done;
  }

  /** What the models were asked and answered, one line a call. */
  report(): string {
    const calls = this.mock.calls.map(
      ({ api, toolResults, reply }, at) => `${at + 1} ${api}: ${shown(toolResults)} -> ${shown(reply)}`,
    );
    return this.#lastReport ?? [...calls, ...this.mock.others, ...this.mock.faults].join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lastReport = this.report();
    await this.rig[Symbol.asyncDispose]();
    await this.mock.down();
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 300);
}

function installAgents(rig: Rig): void {
  for (const [name, program] of Object.entries(installed()))
    symlinkSync(program, path.join(rig.sandbox.root, 'bin', name));
}

/** Where the programs are that could be installed, by name. */
export function installed(): Readonly<Partial<Record<AgentName, string>>> {
  const programs = process.env['REAL_AGENTS'];
  if (programs === undefined) throw new Error('REAL_AGENTS is not set: these tests are run by `npm run test:agents`');
  return JSON.parse(programs) as Partial<Record<AgentName, string>>;
}

function environment(rig: Rig, mock: Mock, { ownRetries = 0, env }: StageOptions): Record<string, string> {
  // codex complains when its home is below the folder for temporary files.
  const temporary = path.join(rig.sandbox.root, 'tmp');
  mkdirSync(temporary);
  return {
    TMPDIR: temporary,
    MOCK_API_KEY: 'dummy',
    ANTHROPIC_BASE_URL: mock.url,
    ANTHROPIC_API_KEY: 'dummy',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_MAX_RETRIES: String(ownRetries),
    ...opencodeEnvironment(mock),
    ...geminiEnvironment(rig, mock),
    ...env,
  };
}

/** Its own default is a mock's model; nothing of it looks for releases, plugins or catalogues on the network. */
function opencodeEnvironment({ url }: Mock): Record<string, string> {
  const model = { name: 'm1', tool_call: true, limit: { context: 200_000, output: 8000 }, cost: OPENCODE_COST };
  const options = { baseURL: `${url}/v1`, apiKey: 'dummy' };
  const mock = { npm: '@ai-sdk/openai-compatible', name: 'Mock', options, models: { m1: model } };
  const config = { autoupdate: false, share: 'disabled', model: 'mock/m1', small_model: 'mock/m1', provider: { mock } };
  return {
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    // It would install what its plugins need as soon as it starts.
    npm_config_registry: url,
    OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
  };
}

/** Dollars for a million tokens. */
export const OPENCODE_COST = { input: 1, output: 10, cache_read: 0.1 };

function geminiEnvironment(rig: Rig, { url }: Mock): Record<string, string> {
  const folder = path.join(rig.sandbox.root, 'home/.gemini');
  mkdirSync(folder, { recursive: true });
  const settings = {
    security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
    general: { enableAutoUpdate: false, disableAutoUpdate: true, disableUpdateNag: true },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
  };
  writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(settings));
  return { GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: url, GEMINI_CLI_TRUST_WORKSPACE: 'true' };
}

/** Without what codex would look for on the network: the catalogue of its plugins, and who counts its turns. */
function codexConfig(url: string, retries: number): string {
  return `model_provider = "mock"
[features]
plugins = false
[analytics]
enabled = false
[model_providers.mock]
name = "mock"
base_url = "${url}/v1"
env_key = "MOCK_API_KEY"
wire_api = "responses"
request_max_retries = ${retries}
stream_max_retries = ${retries}
`;
}
