import { expect } from 'vitest';
import { fault } from './fault.ts';
import { ending, follow, lines, resumeArgs } from './story.ts';

const config = (name: string, iterations: number, more = '') =>
  `provider:\n  name: ${name}\n${more}runtime:\n  max_iterations: ${iterations}\n`;
const START = ['--task-id', 't', '--intent', 'Build it'];

/** Stops a run in the implement pair of its first phase, for a resume to go on. */
const stops = {
  phases: ['one', 'two', 'three'],
  rules: [{ pair: 'implement', role: 'producer', times: 2, raw: '', noDefaults: true }],
} as const;

fault(
  'I8: a resume keeps pairs, cycles, phases and provider of the run, whatever the configuration says now',
  { config: config('claude', 4), script: stops },
  async (rig) => {
    const paused = await rig.run([...START, '--pairs', 'plan,implement', '--phase-id', 'two', '--phase-mode', 'up-to']);
    expect(paused.code).toBe(4);
    rig.write('autoloop.yaml', config('codex', 9, '  claude:\n    model: opus\n'));
    const done = await follow(rig, paused);
    expect(done.code).toBe(0);
    expect(done.stdout).toContain('[*] Enabled pairs: plan, implement\n');
    expect(done.stdout).toContain('--- implement cycle 1/4 ---');
    expect(new Set(rig.turns().map(({ program }) => program))).toEqual(new Set(['claude']));
    expect(new Set(rig.turns().map(({ phase }) => phase))).toEqual(new Set([null, 'one', 'two']));
    return { maxTurns: 8 };
  },
);

fault(
  'I8: what differs from the run’s record is printed and recorded',
  { config: config('claude', 4), script: stops },
  async (rig) => {
    const paused = await rig.run([...START, '--pairs', 'plan,implement']);
    rig.write('autoloop.yaml', config('claude', 4, '  claude:\n    model: opus\n'));
    const done = await follow(rig, paused);
    expect(done.stdout).toContain('[*] Changed since the run stopped: provider.claude.model: null -> "opus"\n');
    const resumed = rig.events().find((event) => event.event_type === 'run_resumed');
    expect(resumed?.changed_settings).toEqual([{ key: 'provider.claude.model', was: null, is: 'opus' }]);
    expect(rig.turns().at(-1)?.argv.join(' ')).toContain('--model opus');
    return { maxTurns: 10 };
  },
);

fault(
  'I8: options given with --resume win, and are recorded for the resume after that',
  { config: config('codex', 4), script: stops },
  async (rig) => {
    const paused = await rig.run([...START, '--pairs', 'plan,implement', '--phase-id', 'one']);
    // A rule's count goes on where that of the first script had come to.
    rig.script({
      ...stops,
      rules: [{ pair: 'implement', role: 'verifier', times: 4, raw: '', noDefaults: true, tick: false }],
    });
    const again = await follow(
      rig,
      paused,
      '--pairs',
      'plan,implement,audit',
      '--max-iterations',
      '7',
      '--model',
      'gpt-5',
    );
    expect(again.code).toBe(4);
    expect(lines(again.stdout).filter((line) => line.includes('Changed since'))).toEqual([
      '[*] Changed since the run stopped: provider.codex.model: null -> "gpt-5"',
      '[*] Changed since the run stopped: runtime.pairs: "plan,implement" -> "plan,implement,audit"',
      '[*] Changed since the run stopped: runtime.max_iterations: 4 -> 7',
    ]);
    const done = await follow(rig, again);
    expect(done.code).toBe(0);
    expect(done.stdout).toContain('[*] Enabled pairs: plan, implement, audit\n');
    expect(done.stdout).toContain('cycle 1/7');
    return { maxTurns: 12 };
  },
);

fault('I8: --phase-id with --resume is refused before anything is written', { script: stops }, async (rig) => {
  const paused = await rig.run([...START, '--pairs', 'plan,implement']);
  const before = rig.events().length;
  const refused = await rig.run([...resumeArgs(paused.stderr), '--phase-id', 'two']);
  expect(refused.code).toBe(2);
  expect(lines(refused.stderr)).toHaveLength(1);
  expect(rig.events()).toHaveLength(before);
  expect((await follow(rig, paused)).code).toBe(0);
  return {};
});

fault(
  'I8: the depth of the chain stays that of the run',
  { script: { gaps: 9 }, config: 'runtime:\n  auto_followup_max_depth: 1\n' },
  async (rig) => {
    rig.script({
      gaps: 9,
      rules: [{ run: 2, pair: 'implement', role: 'producer', times: 2, raw: '', noDefaults: true }],
    });
    const paused = await rig.run([...START, '--pairs', 'implement,audit']);
    expect(paused.code).toBe(4);
    rig.write('autoloop.yaml', 'runtime:\n  auto_followup_max_depth: 5\n');
    const done = await follow(rig, paused);
    expect(done.code).toBe(3);
    expect(rig.runs()).toHaveLength(2);
    expect(ending(rig).status).toBe('needs_followup');
    return { maxTurns: 10 };
  },
);

const mixed = 'provider:\n  roles:\n    producer:\n      name: codex\n    verifier:\n      name: claude\n';
fault('I8: a resume keeps who plays which role', { config: mixed, script: stops }, async (rig) => {
  const paused = await rig.run([...START, '--pairs', 'implement']);
  expect(paused.code).toBe(4);
  rig.write('autoloop.yaml', 'provider:\n  name: codex\n');
  expect((await follow(rig, paused)).code).toBe(0);
  expect(rig.turns().map(({ program }) => program)).toEqual(['codex', 'codex', 'codex', 'claude']);
  return { maxTurns: 4 };
});
