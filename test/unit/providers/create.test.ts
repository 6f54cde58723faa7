import { describe, expect, it } from 'vitest';
import type { AgentSettings } from '../../../src/core/settings.ts';
import { createAgent } from '../../../src/providers/create.ts';
import type { ProviderReport } from '../../../src/providers/report.ts';
import { claudeResult, codexLines, FakeRunner, turnCall, worldWith } from './fakes.ts';
import { PLAIN, settingsWith } from './settings.ts';

const report = (provider: 'codex' | 'claude' | 'command'): ProviderReport => ({
  provider,
  program: `/bin/${provider}`,
  version: '1.0.0',
  capabilities: ['exec --config'],
  models: null,
  login: '',
  logInWith: null,
  whoPays: '',
  permissions: '',
  notices: [],
  problems: [],
});
const reports = [report('codex'), report('claude'), report('command')];
const role = (changes: Partial<AgentSettings>): AgentSettings => ({
  name: 'codex',
  model: null,
  effort: null,
  ...changes,
});

describe('the agent of a role', () => {
  const settings = settingsWith({
    roles: role({}),
    codex: { model: 'mine', effort: 'low' },
    claude: { model: 'opus' },
    command: { ...PLAIN, start: ['x', '-m', '{{model}}'] },
  });
  const create = (of: AgentSettings, runner = new FakeRunner({})) =>
    createAgent(of, settings, { ...worldWith(runner), reports, selfArgv: ['/bin/autoloop'] });

  it('has the role’s model and effort, else its provider’s', async () => {
    expect(await create(role({}))).toMatchObject({ provider: 'codex', model: 'mine', effort: 'low' });
    expect(await create(role({ model: 'm', effort: 'high' }))).toMatchObject({ model: 'm', effort: 'high' });
    expect(await create(role({ name: 'claude' }))).toMatchObject({ provider: 'claude', model: 'opus', effort: null });
  });

  it('calls the program that the preflight found, within the configured times', async () => {
    const runner = Object.assign(new FakeRunner({ lines: [codexLines.completed()] }, { lines: [claudeResult()] }), {
      mark: 'MARK',
    });
    await (await create(role({}), runner)).run(turnCall());
    await (await create(role({ name: 'claude' }), runner)).run(turnCall());
    expect(runner.requests.map(({ command }) => command)).toEqual(['/bin/codex', '/bin/claude']);
    expect(runner.last).toMatchObject({ idleTimeoutMs: 1_200_000, turnTimeoutMs: 7_200_000 });
    expect(runner.requests[0]?.args).toContain('shell_environment_policy.set.MARK="1"');
  });

  it('may be any configured command', async () => {
    const runner = new FakeRunner({ lines: ['x'] });
    const agent = await create(role({ name: 'command', model: 'tiny' }), runner);
    await agent.run(turnCall());
    expect(runner.last).toMatchObject({ command: '/bin/command', args: ['-m', 'tiny'] });
  });

  it('is never made without a preflight', async () => {
    const world = { ...worldWith(new FakeRunner()), reports: [], selfArgv: [] };
    await expect(createAgent(role({}), settings, world)).rejects.toThrow('no preflight');
  });
});
