import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';

type Rig = Awaited<ReturnType<typeof createRig>>;
const fileOf = (rig: Rig) => path.join(rig.workspace, 'autoloop.yaml');

describe('autoloop init', () => {
  it('writes a configuration with which the first run of claude is allowed to write', async () => {
    await using rig = await createRig({ programs: ['claude'] });
    const done = await rig.run(['init', '--provider', 'claude', '--permissions', 'workspace']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain('provider.claude.stream: true\n');
    expect(readFileSync(fileOf(rig), 'utf8')).toContain('permission_strategy: allow_core_tools\n');
    const run = await rig.run(['--intent', 'Build it', '--pairs', 'plan']);
    expect(run.code).toBe(0);
    expect(rig.turns()[0]?.argv.join(' ')).toContain('stream-json');
  });

  it('chooses without a terminal the agent that is installed and logged in', async () => {
    await using rig = await createRig({ programs: ['claude'] });
    expect((await rig.run(['init'])).code).toBe(0);
    expect(readFileSync(fileOf(rig), 'utf8')).toContain('name: claude\n');
  });

  it('tells at the end which checks runs will find, and writes them where that is wished for at a terminal', async () => {
    const files = { 'package.json': '{"scripts": {"test": "node --test"}}\n' };
    await using rig = await createRig({ programs: ['claude'], files });
    const done = await rig.run(['init']);
    expect(done.stdout).toContain('Checks that runs find by themselves: test (npm test, package.json)');
    expect(readFileSync(fileOf(rig), 'utf8')).not.toContain('checks');
    const through = ['sh', '-c', 'stty cols 80 && exec "$@"', 'sh'];
    const running = rig.start(['init'], { terminal: true, through });
    for (const asked of [/Which agent/, /What may claude do/, /Write them/]) {
      await running.sees(asked);
      running.type(asked.source === 'Write them' ? 'y\r' : '\r');
    }
    expect((await running.done).code).toBe(0);
    expect(readFileSync(fileOf(rig), 'utf8')).toMatch(/checks:\n +- name: test\n +run: npm test\n/);
  });

  it('chooses none where none is ready, and writes nothing', async () => {
    await using rig = await createRig({ script: { loggedIn: false } });
    const refused = await rig.run(['init', '--yes']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--provider codex or claude');
    expect(existsSync(fileOf(rig))).toBe(false);
  });

  it('asks at a terminal, the ready agent first, and takes Enter for what it suggests', async () => {
    await using rig = await createRig({ programs: ['claude'] });
    // A terminal that is only made for a test is no column wide.
    const through = ['sh', '-c', 'stty cols 80 && exec "$@"', 'sh'];
    const running = rig.start(['init'], { terminal: true, through });
    await running.sees(/Which agent shall work\?/);
    running.type('\r');
    await running.sees(/What may claude do\?/);
    running.type('\r');
    expect((await running.done).code).toBe(0);
    expect(readFileSync(fileOf(rig), 'utf8')).toContain('permission_strategy: allow_core_tools\n');
  });

  it('changes a file that is there and keeps its comments', async () => {
    await using rig = await createRig({ config: 'runtime:\n  max_iterations: 4 # enough\n' });
    expect((await rig.run(['init', '--provider', 'codex'])).code).toBe(0);
    expect(readFileSync(fileOf(rig), 'utf8')).toBe(
      'runtime:\n  max_iterations: 4 # enough\nprovider:\n  name: codex\n  codex:\n    sandbox: workspace-write\n',
    );
    expect((await rig.run(['init', '--provider', 'codex'])).stdout).toContain('says so already');
  });

  it('leaves a file alone that is broken, a link, or of an older name', async () => {
    await using rig = await createRig({ config: 'provider: [\n' });
    expect((await rig.run(['init', '--provider', 'codex'])).code).toBe(1);
    expect(readFileSync(fileOf(rig), 'utf8')).toBe('provider: [\n');
    await using linked = await createRig();
    const target = path.join(linked.sandbox.root, 'elsewhere.yaml');
    writeFileSync(target, '');
    symlinkSync(target, fileOf(linked));
    const refused = await linked.run(['init', '--provider', 'codex']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('found a link') as string });
    expect(readFileSync(target, 'utf8')).toBe('');
    await using older = await createRig();
    writeFileSync(path.join(older.workspace, 'superloop.yaml'), '');
    expect((await older.run(['init', '--provider', 'codex'])).stderr).toContain('rename it first');
  });

  it('writes whole or not at all', async () => {
    await using rig = await createRig({ config: 'runtime: {max_turns: 3}\n' });
    chmodSync(rig.workspace, 0o500);
    const { code } = await rig.run(['init', '--provider', 'codex']).finally(() => {
      chmodSync(rig.workspace, 0o700);
    });
    // The superuser writes in any folder.
    if (process.getuid?.() === 0) expect(code).toBe(0);
    else expect([code, readFileSync(fileOf(rig), 'utf8')]).toEqual([1, 'runtime: {max_turns: 3}\n']);
  });
});

describe('a start whose agent cannot be used', () => {
  it('names the one that is installed and logged in', async () => {
    await using rig = await createRig({ programs: ['claude'] });
    const refused = await rig.run(['--intent', 'Build it']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('codex was not found on PATH');
    expect(refused.stderr).toContain('claude is here: --provider claude');
    const taken = await rig.run(['--intent', 'Build it', '--provider', 'claude', '--model', 'some', '--pairs', 'plan']);
    expect(taken.code).toBe(0);
    expect(rig.turns()[0]?.argv.join(' ')).toContain('--model some');
  });

  it('does not name one that is logged out', async () => {
    await using rig = await createRig({ programs: ['claude'], script: { loggedIn: false } });
    expect((await rig.run(['--intent', 'Build it'])).stderr).not.toContain('claude is here');
  });

  it('refuses before the first turn a claude whose settings deny writing', async () => {
    await using rig = await createRig({ config: 'provider: {name: claude}\n' });
    rig.write('.claude/settings.json', '{"permissions": {"defaultMode": "plan"}}');
    const refused = await rig.run(['--intent', 'Build it', '--pairs', 'plan']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('permissions.defaultMode: plan');
    expect(rig.turns()).toEqual([]);
    rig.write('.claude/settings.json', '{"permissions": {"defaultMode": "default", "allow": ["Write", "Edit"]}}');
    expect((await rig.run(['--intent', 'Build it', '--pairs', 'plan'])).code).toBe(0);
  });
});
