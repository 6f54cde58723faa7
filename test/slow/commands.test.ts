import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRig } from '../support/rig.ts';

const CONFIG = `provider:
  name: writer
  commands:
    writer:
      start: [claude, -p, --output-format, json]
      resume: [claude, -p, --output-format, json, --resume, '{{session}}']
      output: json
      answer: result
      session: session_id
      usage: { output: usage.output_tokens, cost: total_cost_usd }
      usage_scope: session
    reader:
      start: [codex, exec, --json, '-']
      output: jsonl
      answer: item.text
  roles:
    verifier: { name: reader }
`;

describe('a task by two commands that have names', () => {
  it('is told of by the name of the one at work, while it works', async () => {
    await using rig = await createRig({ config: CONFIG, script: { rules: [{ role: 'verifier', remote: true }] } });
    const running = rig.start(['--intent', 'Build it', '--pairs', 'plan,implement']);
    await rig.nextTurn();
    expect((await rig.run(['status'])).stdout).toMatch(/^At: plan, .*verifier \(reader\), turn 2/m);
    running.signal('SIGINT');
    await running.done;
  });

  it('is written by one and checked by the other, and everything tells them apart', async () => {
    await using rig = await createRig({ config: CONFIG });
    const { code, stdout } = await rig.run(['--intent', 'Build it', '--pairs', 'plan,implement']);
    expect(code).toBe(0);
    expect(stdout).toContain('[*] Provider: writer; whatever the command allows');
    expect(stdout).toMatch(/plan 1\/15 verifier \(reader\)/);
    const played = rig.events().flatMap((event) => (event.event_type === 'turn_started' ? [event] : []));
    expect(played.map(({ provider, agent }) => `${provider} ${agent ?? ''}`)).toEqual([
      'command writer',
      'command reader',
      'command writer',
      'command reader',
    ]);
    const sessions = rig.events().flatMap((event) => (event.event_type === 'session_identified' ? [event] : []));
    expect(sessions.map(({ agent }) => agent)).toEqual(['writer', 'writer']);
    const programs = rig.turns().map(({ program, role }) => `${program} ${role}`);
    expect([...new Set(programs)]).toEqual(['claude producer', 'codex verifier']);
    await rig.checkPromises();
  });

  it('is looked at by doctor by their names, and its sessions are not given to another of them', async () => {
    await using rig = await createRig({ config: CONFIG });
    const doctor = await rig.run(['doctor']);
    expect(doctor.stdout).toMatch(/writer.*permissions: whatever the command allows/);
    expect(doctor.stdout).toMatch(/reader.*the command has no sessions/);
    rig.write('autoloop.yaml', CONFIG.replace(/ {2}roles:[^]*/, '').replace('reader:', 'other:'));
    rig.script({ rules: [{ role: 'producer', nth: 1, question: 'Which?' }] });
    expect((await rig.run(['--intent', 'Build it', '--pairs', 'plan'])).code).toBe(4);
    const answer = ['--resume', '--answer', 'This.'];
    const unknown = await rig.run([...answer, '--provider', 'missing']);
    expect([unknown.code, unknown.stderr.includes('rehearsal, or writer, other')]).toEqual([2, true]);
    const foreign = await rig.run([...answer, '--provider', 'other']);
    expect(foreign.stderr).toContain("session plan is writer's, but the configuration says other");
    expect((await rig.run(['--resume', '--provider', 'writer'])).code).toBe(0);
  });

  it('is named by doctor as in a run where the one command has a name', async () => {
    const command = 'provider:\n  name: command\n  command: { name: my-agent, start: [claude, -p] }\n';
    await using rig = await createRig({ config: command });
    const { stdout } = await rig.run(['doctor']);
    expect(stdout).toMatch(/ my-agent: \S*claude, version unknown\n/);
    expect(stdout).not.toContain(' command: ');
  });

  it.each(['command', 'mine'])(
    'has variables of %s that may be keys neither on the screen nor in the log, and today’s on a resume',
    async (name) => {
      const config = (word: string) => {
        const entry = `{ start: [sh, -c, 'echo "$WORD" >> ../words; exec claude -p'], env: { WORD: ${word} } }`;
        const provider = name === 'command' ? `command: ${entry}` : `commands: { ${name}: ${entry} }`;
        return `provider:\n  name: ${name}\n  ${provider}\n`;
      };
      const script = { rules: [{ role: 'producer', nth: 1, question: 'Which?' }] } as const;
      await using rig = await createRig({ config: config('hush-1'), script });
      const first = await rig.run(['--intent', 'Build it', '--pairs', 'plan']);
      expect(first.code).toBe(4);
      expect(first.stdout).toMatch(name === 'command' ? /provider\.command\.env: WORD \(from/ : /"env":"WORD"/);
      rig.write('autoloop.yaml', config('hush-2'));
      const second = await rig.run(['--resume', '--answer', 'This.']);
      expect(second.code).toBe(0);
      const words = readFileSync(path.join(rig.workspace, '../words'), 'utf8').split('\n');
      expect(words).toEqual(['hush-1', 'hush-2', 'hush-2', '']);
      const shown = [first, second].map(({ stdout, stderr }) => stdout + stderr).join('');
      expect(`${shown}${JSON.stringify(rig.events())}`).not.toContain('hush-');
      await rig.checkPromises();
    },
  );

  it('whose command line holds a key works with it after a resume, too, though no log has it', async () => {
    const key = `sk-ant-${'a1B2'.repeat(8)}`;
    const command = `{ start: [sh, -c, 'echo "$0" >> ../words; exec claude -p', ${key}] }`;
    const script = { rules: [{ role: 'producer', nth: 1, question: 'Which?' }] } as const;
    await using rig = await createRig({ config: `provider:\n  name: command\n  command: ${command}\n`, script });
    const first = await rig.run(['--intent', 'Build it', '--pairs', 'plan']);
    const second = await rig.run(['--resume', '--answer', 'This.']);
    expect([first.code, second.code]).toEqual([4, 0]);
    expect(readFileSync(path.join(rig.workspace, '../words'), 'utf8')).toBe(`${key}\n`.repeat(3));
    const shown = [first, second].map(({ stdout, stderr }) => stdout + stderr).join('');
    expect(`${shown}${JSON.stringify(rig.events())}`).not.toContain(key);
    const resumed = rig.events().find((event) => event.event_type === 'run_resumed');
    expect(resumed).toMatchObject({ changed_settings: [] });
  });
});
