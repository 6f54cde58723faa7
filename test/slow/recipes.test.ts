import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../support/compiled.ts';
import { readList } from '../support/readers.ts';
import { createRig, type Rig } from '../support/rig.ts';

const START = ['--intent', 'Build it', '--pairs', 'plan'];
/** A cycle more, so that each role goes on in its session. */
const RULES = [{ role: 'verifier', cycle: 1, promise: 'INCOMPLETE' }] as const;

interface Known {
  readonly agent: string;
  readonly argv: readonly [string, ...string[]];
  readonly mode: string | null;
  readonly env?: string;
}

/** As docs/providers.md has them. */
const AGENTS: readonly Known[] = [
  { agent: 'opencode', argv: ['opencode', 'acp'], mode: null, env: 'OPENCODE_PERMISSION' },
  { agent: 'gemini', argv: ['gemini', '--acp'], mode: 'default', env: 'NO_BROWSER' },
  { agent: 'qwen', argv: ['qwen', '--acp'], mode: 'default', env: 'NO_BROWSER' },
  { agent: 'goose', argv: ['goose', 'acp'], mode: null },
  { agent: 'copilot', argv: ['copilot', '--acp'], mode: null },
  { agent: 'cursor', argv: ['cursor-agent', 'acp'], mode: null },
  { agent: 'kimi', argv: ['kimi', 'acp'], mode: null },
  { agent: 'claude-acp', argv: ['claude-agent-acp'], mode: 'default' },
  { agent: 'codex-acp', argv: ['codex-acp'], mode: 'read-only' },
];

describe('an agent of the protocol that is known by name', () => {
  it.each(AGENTS)('is started by its own words, asks before it acts, and works: $agent', async (known) => {
    const { agent, argv, mode, env } = known;
    const modes = { currentModeId: 'yolo', availableModes: [{ id: 'yolo' }, { id: mode ?? 'other' }] };
    await using rig = await createRig({
      config: `provider:\n  name: acp\n  acp: { agent: ${agent} }\n`,
      programs: ['acp'],
      script: { acp: { offer: { modes } }, rules: RULES },
    });
    const [program, ...words] = argv;
    symlinkSync('acp', path.join(rig.sandbox.root, 'bin', program));
    expect((await rig.run(START)).code).toBe(0);
    const turns = rig.turns();
    expect(turns).toHaveLength(4);
    for (const turn of turns) {
      expect(turn.argv).toEqual(words);
      if (env !== undefined) expect(turn.env[env]).toBeTruthy();
    }
    expect(new Set(sessions(rig)).size).toBe(1);
    const asked = readList<{ method?: string; params?: { modeId?: string } }>(rig.sandbox.agents, 'acp');
    const set = asked.flatMap(({ method, params }) => (method === 'session/set_mode' ? [params?.modeId] : []));
    expect(set).toEqual(mode === null ? [] : turns.map(() => mode));
    await rig.checkPromises();
  });
});

/** A program that works as the fake claude does, and prints as the agent does. `$R` is claude's document. */
const PROGRAMS: Readonly<Record<string, { readonly resume: string; readonly lines: string }>> = {
  opencode: {
    resume: '--session',
    lines: `[{ type: 'step_start', sessionID: id, part: { type: 'step-start' } },
      { type: 'tool_use', sessionID: id, part: { type: 'tool', tool: 'bash', state: { status: 'completed' } } },
      { type: 'text', sessionID: id, part: { type: 'text', text } },
      { type: 'step_finish', sessionID: id, part: { reason: 'stop', tokens: { input: 20, output: 3, reasoning: 1 }, cost: 0.2 } }]`,
  },
  gemini: { resume: '--resume', lines: '[{ session_id: id, response: text, stats: { models: {} } }]' },
  qwen: {
    resume: '--resume',
    lines: `[{ type: 'system', subtype: 'init', session_id: id }, { type: 'result', subtype: 'success', session_id: id, result: text }]`,
  },
};

describe('a program that docs/providers.md has a command line for', () => {
  it.each(Object.keys(PROGRAMS))('is called as it says, in one session, and works: %s', async (name) => {
    const page = readFileSync(path.join(PROJECT, 'docs/providers.md'), 'utf8');
    const config = new RegExp(`\`\`\`yaml\\n(# ${name}\\n.*?)\\n\`\`\``, 's').exec(page)?.[1] ?? '';
    await using rig = await createRig({ config, script: { rules: RULES } });
    rig.write(`../bin/${name}`, programOf(name));
    chmodSync(path.join(rig.sandbox.root, 'bin', name), 0o755);
    const { code, stdout } = await rig.run(START);
    expect(code).toBe(0);
    expect(stdout).toContain(`plan 1/15 producer (${name})`);
    const kinds = rig.turns().map(({ role, kind }) => `${role ?? ''} ${kind}`);
    expect(kinds.slice(2)).toEqual(['producer resume', 'verifier resume']);
    expect(new Set(sessions(rig)).size).toBe(1);
    await rig.checkPromises();
  });
});

function programOf(name: string): string {
  const { resume = '', lines = '' } = PROGRAMS[name] ?? {};
  return `#!${process.execPath}
const { spawnSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const argv = process.argv.slice(2);
const at = argv.indexOf('${resume}');
const more = at < 0 ? [] : ['--resume', argv[at + 1]];
const claude = ['-p', '--output-format', 'json', '--permission-mode', 'acceptEdits', ...more];
const { stdout, status } = spawnSync('claude', claude, { input: readFileSync(0), encoding: 'utf8' });
if (status !== 0) process.exit(status ?? 1);
const { session_id: id, result: text } = JSON.parse(stdout);
for (const line of ${lines}) console.log(JSON.stringify(line));
`;
}

function sessions(rig: Rig): string[] {
  return rig.events().flatMap((event) => (event.event_type === 'session_identified' ? [event.session_id] : []));
}
