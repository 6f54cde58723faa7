import { expect } from 'vitest';
import type { Rig } from '../support/rig.ts';
import { fault } from './fault.ts';
import { asked, ending, follow, lines, START } from './story.ts';

const CHAIN = ['--task-id', 't', '--intent', 'Build it', '--pairs', 'implement,audit'];
const limited = (limit: string, name = 'codex') =>
  `provider:\n  name: ${name}\n  claude:\n    permission_strategy: allow_core_tools\nruntime:\n  ${limit}\n`;

/** Lifts the limit, as a person would who read the message. */
const allow = (rig: Rig, limit: string, name?: string) => rig.write('autoloop.yaml', limited(limit, name));

fault(
  'I7, I8: max_turns is checked before each turn, and a resume goes on under a higher one',
  { config: limited('max_turns: 1') },
  async (rig) => {
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    expect(asked(rig)).toEqual(['implement producer 1.1']);
    expect(lines(paused.stdout).at(-1)).toBe('[PAUSED] a limit is reached: 1 turns taken, runtime.max_turns is 1');
    const still = await follow(rig, paused);
    expect(still.code).toBe(4);
    expect(asked(rig)).toHaveLength(1);
    allow(rig, 'max_turns: 2');
    expect((await follow(rig, still)).code).toBe(0);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1']);
    return { maxTurns: 2 };
  },
);

fault(
  'I7: turns that failed, repeated themselves or answered questions count',
  { config: limited('max_turns: 5') },
  async (rig) => {
    rig.script({
      rules: [
        { role: 'producer', times: 1, question: 'Which?' },
        { role: 'producer', times: 1, raw: '' },
        { role: 'verifier', times: 1, raw: '<loop-control>{</loop-control>' },
      ],
    });
    const paused = await rig.run([...START, '--full-auto-answers']);
    expect(paused.code).toBe(4);
    expect(asked(rig)).toHaveLength(5);
    expect(ending(rig).reason).toContain('5 turns taken');
    return { maxTurns: 5 };
  },
);

fault(
  'I7: max_turns holds for a whole chain of follow-ups',
  { config: limited('max_turns: 6'), script: { gaps: 3 } },
  async (rig) => {
    const paused = await rig.run(CHAIN);
    expect(paused.code).toBe(4);
    expect(rig.runs()).toHaveLength(2);
    expect(asked(rig)).toHaveLength(6);
    expect(ending(rig).reason).toContain('6 turns taken, runtime.max_turns is 6');
    const still = await follow(rig, paused);
    expect(still.code).toBe(4);
    allow(rig, 'max_turns: 9');
    expect((await follow(rig, still)).code).toBe(4);
    expect(asked(rig)).toHaveLength(9);
    return { maxTurns: 9 };
  },
);

fault(
  'I7: max_cost_usd is held against the sum of claude’s costs, over resumes and follow-ups',
  { config: limited('max_cost_usd: 1', 'claude'), script: { gaps: 1, rules: [{ usage: { costUsd: 0.3 } }] } },
  async (rig) => {
    const paused = await rig.run(CHAIN);
    expect(paused.code).toBe(4);
    expect(asked(rig)).toHaveLength(4);
    expect(lines(paused.stdout).at(-1)).toBe('[PAUSED] a limit is reached: $1.20 spent, runtime.max_cost_usd is 1');
    expect((await follow(rig, paused)).code).toBe(4);
    expect(asked(rig)).toHaveLength(4);
    allow(rig, 'max_cost_usd: 1.5', 'claude');
    const more = await follow(rig, paused);
    expect(more.code).toBe(4);
    expect(asked(rig)).toHaveLength(5);
    expect(ending(rig).reason).toContain('$1.50 spent');
    return { maxTurns: 5 };
  },
);

fault(
  'I7: max_minutes holds for what the agents took, over a resume',
  { config: limited('max_minutes: 0.005') },
  async (rig) => {
    rig.script({ rules: [{ role: 'producer', times: 1, shell: ['sleep 0.4'] }] });
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    expect(asked(rig)).toHaveLength(1);
    expect(ending(rig).reason).toMatch(/0\.0 minutes of agents' time spent, runtime\.max_minutes is 0\.005/);
    allow(rig, 'max_minutes: 5');
    expect((await follow(rig, paused)).code).toBe(0);
    return { maxTurns: 2 };
  },
);

fault(
  'I7: a kill in a turn does not give the turns before it back',
  { config: limited('max_turns: 2') },
  async (rig) => {
    rig.script({ rules: [{ role: 'verifier', times: 1, remote: true }] });
    const running = rig.start(START);
    await rig.nextTurn();
    running.signal('SIGKILL');
    await running.done;
    const resumed = await rig.run(['--resume']);
    expect(resumed.code).toBe(4);
    expect(asked(rig)).toHaveLength(2);
    expect(ending(rig).reason).toContain('2 turns taken');
    return { maxTurns: 2 };
  },
);

for (const [name, older, newer] of [
  ['codex', 'codex-cli 0.169.0', 'codex-cli 0.170.1'],
  ['claude', '2.1.330 (Claude Code)', '2.2.0 (Claude Code)'],
] as const) {
  fault(
    `I8: the version of ${name} is in the log, and another one at a resume is warned about`,
    { config: limited('max_turns: 1', name) },
    async (rig) => {
      rig.script({ versions: { [name]: older } });
      const paused = await rig.run(START);
      const version = /\d[\d.]+/.exec(older)?.[0];
      expect(rig.events().find((event) => event.event_type === 'run_started')).toMatchObject({
        programs: { [name]: version },
      });
      rig.script({ versions: { [name]: newer } });
      allow(rig, 'max_turns: 9', name);
      const done = await follow(rig, paused);
      expect(done.code).toBe(0);
      const now = /\d[\d.]+/.exec(newer)?.[0] ?? '';
      expect(done.stderr).toContain(
        `WARNING: ${name} is another version than when the run stopped: ${version ?? ''}, now ${now}`,
      );
      expect(rig.events().find((event) => event.event_type === 'noticed')).toMatchObject({ kind: 'version_changed' });
      expect(rig.events().findLast((event) => event.event_type === 'run_resumed')).toMatchObject({
        programs: { [name]: now },
      });
      return { maxTurns: 2 };
    },
  );

  fault(
    `I3, I8: a ${name} that lost an option while the run stood still is refused before a turn, by name`,
    { config: limited('max_turns: 1', name) },
    async (rig) => {
      const paused = await rig.run(START);
      const before = rig.events().length;
      allow(rig, 'max_turns: 9', name);
      const option = name === 'codex' ? '--json' : '--output-format';
      rig.script({ lacks: [option], versions: { [name]: newer } });
      const refused = await follow(rig, paused);
      expect(refused.code).toBe(1);
      expect(lines(refused.stderr).join('\n')).toContain(option);
      expect(asked(rig)).toHaveLength(1);
      expect(rig.events().length).toBeGreaterThanOrEqual(before);
      rig.script({});
      expect((await rig.run(['--resume'])).code).toBe(0);
      return { maxTurns: 2 };
    },
  );
}

fault(
  'I8: an option that goes away in the middle of a run ends it with the program’s own words',
  { config: limited('max_turns: 9', 'codex') },
  async (rig) => {
    rig.script({ rules: [{ role: 'producer', remote: true }] });
    const running = rig.start(START);
    const turn = await rig.nextTurn();
    rig.script({ lacks: ['--json'] });
    await turn.finish();
    const ended = await running.done;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^error: codex.*'--json'/m);
    rig.script({});
    expect((await follow(rig, ended)).code).toBe(0);
    return { maxTurns: 3 };
  },
);
