import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readList } from '../support/readers.ts';
import { createRig, type Rig } from '../support/rig.ts';
import { asks, says } from '../component/providers/acp-stage.ts';

const CONFIG = `provider:
  name: acp
  acp: { command: [acp] }
`;
const MIXED = `${CONFIG}  roles:
    verifier: { name: claude }
  claude: { permission_strategy: allow_core_tools }
`;
const OUT = asks({ toolCallId: 'up', title: 'up', kind: 'edit', locations: [{ path: 'src/../../out' }] });
const LINKED = asks({ toolCallId: 'link', title: 'link', kind: 'edit', rawInput: { file_path: 'way/file' } });
const START = ['--intent', 'Build it', '--pairs', 'plan'];

describe('a task by an agent that speaks the Agent Client Protocol', () => {
  it('is made by it and checked by claude, each in its own session, and its tools show live and in logs', async () => {
    await using rig = await createRig({ config: MIXED, programs: ['acp', 'claude'] });
    const { code, stdout } = await rig.run(['--intent', 'Build it']);
    expect(code).toBe(0);
    expect(stdout).toContain('this is a policy and no sandbox');
    expect(stdout).toMatch(/changes \S*src\/phase-1\.txt/);
    expect([...new Set(rig.turns().map(({ program, role }) => `${program} ${role}`))].sort()).toEqual([
      'acp producer',
      'claude verifier',
    ]);
    const logs = await rig.run(['logs']);
    expect(logs.stdout).toMatch(/> changes \S*src\/phase-1\.txt/);
    await rig.checkPromises();
  });

  it('is judged by its verdict, whatever the program around it says behind that without a number', async () => {
    const aside = '\n\n**Note:** the conversation was shortened.';
    const script = {
      acp: { aside, after: [{ line: 'bye' }] },
      rules: [{ role: 'verifier', cycle: 1, promise: 'INCOMPLETE' }],
    } as const;
    await using rig = await createRig({ config: CONFIG, programs: ['acp'], script });
    expect((await rig.run(START)).code).toBe(0);
    expect(rig.turns().map(({ role, cycle }) => `${role ?? ''} ${cycle ?? ''}`)).toEqual([
      'producer 1',
      'verifier 1',
      'producer 2',
      'verifier 2',
    ]);
    await rig.checkPromises();
  });

  it('is looked at by doctor without a session, and refused by name where it is not there', async () => {
    await using rig = await createRig({ config: CONFIG, programs: ['acp'] });
    const { stdout } = await rig.run(['doctor']);
    expect(stdout).toMatch(/acp: \S+, version 1\.2\.3\n.*acp: calls itself Fake Agent\n/);
    expect(stdout).toContain('session/resume, session/load');
    expect(methods(rig)).toEqual(['initialize']);
    rig.script({ acp: { steps: { initialize: 'hang' } } });
    const late = await rig.run(['doctor']);
    expect([late.code, late.stdout.includes('had not answered initialize after 10 s')]).toEqual([0, true]);
    rig.write('autoloop.yaml', 'provider:\n  name: acp\n  acp: { agent: kimi }\n');
    const refused = await rig.run(START);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('kimi (provider.acp.agent) was not found on PATH');
  });

  it('is offered by init, doctor and a start that finds no other, where it is installed', async () => {
    await using rig = await createRig({ programs: ['acp'] });
    symlinkSync('acp', path.join(rig.sandbox.root, 'bin/opencode'));
    const refused = await rig.run(START);
    expect(refused.stderr).toContain('opencode is here: provider.name: acp with provider.acp.agent: opencode');
    const doctor = await rig.run(['doctor']);
    expect(doctor.stdout).toMatch(/opencode found on PATH, .*provider\.acp\.agent: opencode would use it/);
    const begun = await rig.run(['init', '--yes']);
    expect(begun.stdout).toContain('provider.acp.agent: opencode');
    expect((await rig.run(START)).code).toBe(0);
    expect((await rig.run(['doctor'])).stdout).not.toContain('would use it');
    expect((await rig.run(['init', '--provider', 'gemini'])).stdout).toContain('gemini is not ready');
  });

  it('is denied what leads out of the workspace by .. or by a link, which is named with the setting, and goes on', async () => {
    const before = [OUT, LINKED, asks({ toolCallId: 'in', title: 'in', kind: 'edit', locations: [{ path: 'src/x' }] })];
    await using rig = await createRig({ config: CONFIG, programs: ['acp'], script: { acp: { before } } });
    symlinkSync(rig.sandbox.root, path.join(rig.workspace, 'way'));
    const { code, stdout, stderr } = await rig.run(START);
    expect(code).toBe(0);
    const chosen = readList<{ result?: { outcome?: { optionId?: string } } }>(rig.sandbox.agents, 'acp').flatMap(
      ({ result }) => result?.outcome?.optionId ?? [],
    );
    // In both turns.
    expect(chosen).toEqual(['x1', 'x1', 'x3', 'x1', 'x1', 'x3']);
    for (const name of ['edit up (src/../../out', 'edit link (way/file']) {
      const denial = `${name} is outside the workspace; provider.acp.permissions: allow would let it)`;
      expect(stdout).toContain(`denied: ${denial}`);
      const told = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('was denied'));
      expect(told.some((line) => line.includes(denial))).toBe(true);
    }
    await rig.checkPromises();
  });

  it('that was denied everything and so changed nothing has the run pause, with what was denied', async () => {
    const turn = [OUT, LINKED, says('I could not.')];
    await using rig = await createRig({ config: CONFIG, programs: ['acp'], script: { acp: { turn } } });
    symlinkSync(rig.sandbox.root, path.join(rig.workspace, 'way'));
    const { code, stdout } = await rig.run(START);
    expect([code, rig.turns().length]).toEqual([4, 1]);
    expect(stdout).toContain('provider.acp.permissions');
    expect(rig.events().at(-1)).toMatchObject({ event_type: 'run_finished', status: 'paused' });
  });

  it('that begins to count its cost anew is said once to be out of the bound in dollars, and adds nothing twice', async () => {
    const config = `${CONFIG}runtime:\n  max_cost_usd: 1\n`;
    const rules = [
      { role: 'verifier', times: 2, promise: 'INCOMPLETE', usage: { costUsd: 0.1 } },
      { role: 'producer', nth: 1, usage: { costUsd: 0.3 } },
      { usage: { costUsd: 0.1 } },
    ] as const;
    const script = { acp: { forgetsCost: true }, rules } as const;
    await using rig = await createRig({ config, programs: ['acp'], script });
    const { code, stdout, stderr } = await rig.run(START);
    expect(code).toBe(0);
    const costs = rig.events().flatMap((event) => ('usage' in event && 'phase' in event ? [event.usage.costUsd] : []));
    expect(costs.length).toBe(6);
    expect([costs[0], costs[2], costs[4]]).toEqual([0.3, null, null]);
    expect(`${stdout}${stderr}`.split('runtime.max_cost_usd does not bound them').length - 1).toBe(1);
    await rig.checkPromises();
  });

  it('may be a role of a run of another provider', async () => {
    const config =
      'provider:\n  name: claude\n  claude: { permission_strategy: allow_core_tools }\n  acp: { command: [acp] }\n  roles: { verifier: { name: acp } }\n';
    await using rig = await createRig({ config, programs: ['acp', 'claude'] });
    expect((await rig.run(START)).code).toBe(0);
    expect(rig.turns().map(({ program }) => program)).toEqual(['claude', 'acp']);
  });
});

function methods(rig: Rig): (string | undefined)[] {
  return readList<{ method?: string }>(rig.sandbox.agents, 'acp').map(({ method }) => method);
}
