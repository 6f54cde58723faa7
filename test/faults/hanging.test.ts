import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Program } from '../support/fake-agent/script.ts';
import { fault } from './fault.ts';
import { asked, checkpoints, ending, follow, lines, START } from './story.ts';

const PROGRAMS = ['codex', 'claude'] as const;
const IDLE = 'idle_timeout_minutes: 0.02';
const TURN = 'turn_timeout_minutes: 0.04';

const config = (name: Program, ...limits: string[]) =>
  [
    'provider:',
    `  name: ${name}`,
    '  claude:',
    '    permission_strategy: allow_core_tools',
    ...limits.map((one) => `  ${one}`),
    '',
  ].join('\n');

for (const name of PROGRAMS) {
  const hangs = (times: number) =>
    ({ config: config(name, IDLE), script: { rules: [{ role: 'producer', times, hang: 'silent' }] } }) as const;
  fault(`I7: ${name} that is silent for too long is ended and asked once more`, hangs(1), async (rig) => {
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'implement producer 1.1', 'implement verifier 1.1']);
    expect(done.stderr).toContain('provider.idle_timeout_minutes');
    return { maxTurns: 3 };
  });

  fault(
    `I6, I8: ${name} that is silent again pauses the run, and the message names the setting`,
    hangs(2),
    async (rig) => {
      const paused = await rig.run(START);
      expect(paused.code).toBe(4);
      expect(rig.turns()).toHaveLength(2);
      expect(lines(paused.stdout).at(-1)).toMatch(/^\[PAUSED\].*provider\.idle_timeout_minutes/);
      expect((await follow(rig, paused)).code).toBe(0);
      return { maxTurns: 4 };
    },
  );
}

const endless = {
  config: config('codex', TURN),
  script: { rules: [{ role: 'producer', times: 1, hang: 'chatty', write: { 'src/a.txt': 'a' } }] },
} as const;
fault(
  'I1, I7: a turn that takes too long is ended without a second try, and what it did is kept',
  endless,
  async (rig) => {
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    expect(rig.turns()).toHaveLength(1);
    expect(lines(paused.stdout).at(-1)).toMatch(/^\[PAUSED\].*provider\.turn_timeout_minutes/);
    expect((await follow(rig, paused)).code).toBe(0);
    expect(rig.commits().find(({ body }) => body.includes('Autoloop-Recovered'))?.files).toContain('src/a.txt');
    expect(rig.status()).toEqual([]);
    return { maxTurns: 3 };
  },
);

fault('I6: what a hanging agent had started is gone with it', { config: config('codex', IDLE) }, async (rig) => {
  rig.script({
    rules: [{ role: 'producer', hang: 'silent', leave: ['child', 'session', 'orphan'], ignoreSignals: true }],
  });
  const paused = await rig.run(START);
  expect(paused.code).toBe(4);
  return { goneWithinMs: 0, maxTurns: 2 };
});

for (const name of PROGRAMS) {
  const options = {
    config: config(name),
    script: { rules: [{ role: 'producer', lingers: true, leave: ['session'] }] },
  } as const;
  fault(`I4, I6: ${name} that does not exit has its result used, and is ended after 10 s`, options, async (rig) => {
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(done.ms).toBeLessThan(25_000);
    expect(done.stderr).toMatch(/WARNING: .*10 s after its final result/);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1']);
    return { maxTurns: 2, goneWithinMs: 0 };
  });
}

for (const name of PROGRAMS) {
  for (const role of ['producer', 'verifier'] as const) {
    const blank = { role, raw: ' \n', noDefaults: true, tick: false };
    fault(
      `I4: ${name} that says nothing as ${role} is asked once more`,
      { config: config(name), script: { rules: [{ ...blank, times: 1 }] } },
      async (rig) => {
        expect((await rig.run(START)).code).toBe(0);
        expect(rig.turns().filter((turn) => turn.role === role)).toHaveLength(2);
        expect(rig.events().filter((event) => event.event_type === 'phase_output_empty')).toHaveLength(1);
        return { maxTurns: 3 };
      },
    );

    fault(
      `I7, I8: ${name} that says nothing twice as ${role} pauses the run`,
      { config: config(name), script: { rules: [{ ...blank, times: 2 }] } },
      async (rig) => {
        const paused = await rig.run(START);
        expect(paused.code).toBe(4);
        expect(rig.turns().filter((turn) => turn.role === role)).toHaveLength(2);
        expect(ending(rig)).toMatchObject({
          status: 'paused',
          reason: expect.stringContaining('said nothing') as string,
        });
        expect((await follow(rig, paused)).code).toBe(0);
        return { maxTurns: 5 };
      },
    );
  }
}

fault(
  'I1: a turn that says nothing but edits is a turn like any other',
  { script: { rules: [{ role: 'producer', raw: '', write: { 'src/quiet.txt': 'done' } }] } },
  async (rig) => {
    expect((await rig.run(START)).code).toBe(0);
    expect(checkpoints(rig)[0]).toBe('autoloop: producer edits (implement #1)');
    return { maxTurns: 2 };
  },
);

/** Files below the places of this machine, and such as are there only while a start is under way. */
function filesOfMachine(home: string): string[] {
  const places = ['.cache/autoloop', '.local/state/autoloop'].map((name) => path.join(home, name));
  const found = places.flatMap((place) =>
    readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name)),
  );
  const [machine = ''] = readdirSync(path.join(home, '.local/state/autoloop')).filter((name) =>
    /-[0-9a-f]{8}$/.test(name),
  );
  const passing = ['starting/1.json', 'git-call.json'].map((name) => path.join(places[1] ?? '', machine, name));
  return [...new Set([...found, ...passing])];
}

fault('I7: a named pipe in the place of a file of this machine is not waited for', {}, async (rig) => {
  expect((await rig.run(START)).code).toBe(0);
  await rig.run(['worktree', 'list']);
  const files = filesOfMachine(path.join(rig.sandbox.root, 'home'));
  expect(files.map((file) => path.basename(file))).toContain('codex.json');
  for (const file of files) {
    rmSync(file, { force: true });
    mkdirSync(path.dirname(file), { recursive: true });
    execFileSync('mkfifo', [file]);
  }
  for (const args of [
    ['status', '--json'],
    ['worktree', 'list'],
    ['--task-id', 'u', ...START.slice(2)],
  ]) {
    expect((await rig.run(args, { timeoutMs: 20_000 })).code).toBe(0);
  }
  return {};
});
