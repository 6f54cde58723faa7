import { expect } from 'vitest';
import type { FailureName } from '../support/fake-agent/failures.ts';
import type { Program } from '../support/fake-agent/script.ts';
import { fault } from './fault.ts';
import { asked, ending, follow, lines, START, told, untroubled } from './story.ts';

const PROGRAMS = ['codex', 'claude'] as const;

const config = (name: Program, more = '') =>
  `provider:\n  name: ${name}\n  claude:\n    permission_strategy: allow_core_tools\n${more}`;
const reference = untroubled({ config: config('codex') }, START);

/** A busy service that states the wait, so that the test does not have to wait for ours. */
const BUSY: Record<Exclude<Program, 'acp'>, { failure: FailureName; say: string }> = {
  codex: { failure: 'rate_limit', say: 'exceeded retry limit, last status: 429 Too Many Requests, retry-after: 0.01' },
  claude: { failure: 'overloaded', say: 'Repeated 529 Overloaded errors. retry-after: 0.01' },
};

for (const name of PROGRAMS) {
  for (const times of [1, 3]) {
    const options = { config: config(name), script: { rules: [{ role: 'producer', times, ...BUSY[name] }] } } as const;
    fault(`I7: ${name}, out of reach ${times} time(s), is asked again and the run goes on`, options, async (rig) => {
      const done = await rig.run(START);
      expect(done.code).toBe(0);
      expect(asked(rig)).toEqual([
        ...Array<string>(times + 1).fill('implement producer 1.1'),
        'implement verifier 1.1',
      ]);
      expect(rig.events().filter((event) => event.event_type === 'cycle_started')).toHaveLength(1);
      expect(lines(done.stderr)).toHaveLength(times);
      return { maxTurns: times + 2 };
    });
  }
}

for (const times of [4, 5]) {
  const options = { config: config('codex'), script: { rules: [{ role: 'producer', times, ...BUSY.codex }] } } as const;
  fault(
    `I7, I8: a provider out of reach ${times} times pauses the run after three more tries`,
    options,
    async (rig) => {
      const paused = await rig.run(START);
      expect(paused.code).toBe(4);
      expect(rig.turns()).toHaveLength(4);
      expect(ending(rig)).toMatchObject({ status: 'paused', reason: expect.stringContaining('429') as string });
      expect((await follow(rig, paused)).code).toBe(0);
      expect(told(rig)).toEqual({ ...(await reference), tree: told(rig).tree });
      return { maxTurns: times + 2 };
    },
  );
}

for (const name of PROGRAMS) {
  const tail = Array.from({ length: 30 }, (_, n) => `trouble ${n + 1}`).join('\n');
  const script = { rules: [{ role: 'producer', times: 1, failure: 'crash', stderr: tail }] } as const;
  fault(
    `I8: ${name} that fails in a way nobody knows ends the run at once, with its last 20 lines`,
    { config: config(name), script },
    async (rig) => {
      const ended = await rig.run(START);
      expect(ended.code).toBe(1);
      expect(rig.turns()).toHaveLength(1);
      expect(ending(rig).status).toBe('fatal_error');
      const said = lines(ended.stderr)
        .filter((line) => /trouble \d+$/.test(line))
        .map((line) => /\d+$/.exec(line)?.[0]);
      expect(said.slice(-20)).toEqual(Array.from({ length: 20 }, (_, n) => String(n + 11)));
      expect(ended.stderr).toMatch(/exited with code (101|139)/);
      expect((await follow(rig, ended)).code).toBe(0);
      // claude knows no session of a turn that crashed at once: that one call was in vain.
      return { maxTurns: name === 'codex' ? 3 : 4 };
    },
  );
}

fault(
  'I8: missing permission to use a model names the setting',
  { config: config('codex'), script: { rules: [{ times: 1, failure: 'bad_model' }] } },
  async (rig) => {
    const ended = await rig.run(START);
    expect(ended.code).toBe(1);
    expect(lines(ended.stderr).find((line) => line.startsWith('error:'))).toContain('provider.codex.model');
    expect((await follow(rig, ended, '--model', 'gpt-5')).code).toBe(0);
    return { maxTurns: 3 };
  },
);

fault(
  'I8: an agent that is not logged in is told how to, and nothing was paid',
  { config: config('codex'), script: { rules: [{ times: 1, failure: 'auth' }] } },
  async (rig) => {
    const ended = await rig.run(START);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('codex login');
    expect((await follow(rig, ended)).code).toBe(0);
    return { maxTurns: 3 };
  },
);

const busyForLong = { role: 'producer', times: 2, failure: 'rate_limit' } as const;
fault('I8: Ctrl-C ends the wait for another try', { script: { rules: [busyForLong] } }, async (rig) => {
  const running = rig.start(START);
  await running.sees(/WARNING: codex: .*429(?:.*\n)*.*WARNING: codex: .*429/);
  running.signal('SIGINT');
  const stopped = await running.done;
  expect(stopped.code).toBe(130);
  expect((await follow(rig, stopped)).code).toBe(0);
  return { maxTurns: 4 };
});

for (const name of PROGRAMS) {
  const full = { role: 'verifier', failure: 'context_full' } as const;
  const once = { config: config(name), script: { rules: [{ ...full, times: 1 }] } };
  fault(`I7: ${name} whose context is full goes on in a new session`, once, async (rig) => {
    expect((await rig.run(START)).code).toBe(0);
    expect(rig.turns().map(({ kind }) => kind)).toEqual(['start', 'resume', 'start']);
    return { maxTurns: 3 };
  });

  const twice = { config: config(name), script: { rules: [{ ...full, times: 2 }] } };
  fault(`I7, I8: ${name} whose new session is full at once ends the run`, twice, async (rig) => {
    const ended = await rig.run(START);
    expect(ended.code).toBe(1);
    expect(rig.turns()).toHaveLength(3);
    expect((await follow(rig, ended)).code).toBe(0);
    return { maxTurns: 5 };
  });

  const killed = {
    config: config(name),
    script: { rules: [{ role: 'producer', times: 2, failure: 'terminated' }] },
  } as const;
  fault(`I7, I8: ${name} that somebody else ends is asked once more, then the run pauses`, killed, async (rig) => {
    const paused = await rig.run(START);
    expect(paused.code).toBe(4);
    expect(rig.turns().filter(({ result }) => result !== null)).toHaveLength(2);
    expect((await follow(rig, paused)).code).toBe(0);
    return { maxTurns: name === 'codex' ? 4 : 6 };
  });
}

/** A failure that the exit code or the words alone do not tell. */
const DISGUISED: [Program, FailureName, number][] = [
  ['codex', 'turn_failed_exit_0', 1],
  ['claude', 'is_error_exit_0', 1],
  ['claude', 'max_turns', 1],
];
for (const [name, failure, code] of DISGUISED) {
  const script = { rules: [{ role: 'producer', times: 1, failure }] } as const;
  fault(`I4: ${failure} of ${name} is a failed turn, not an answer`, { config: config(name), script }, async (rig) => {
    const ended = await rig.run(START);
    expect(ended.code).toBe(code);
    expect(ending(rig).status).toBe('fatal_error');
    expect(rig.events().filter((event) => event.event_type === 'phase_finished')).toEqual([]);
    expect((await follow(rig, ended)).code).toBe(0);
    expect(told(rig).subjects).toEqual((await reference).subjects);
    return { maxTurns: 3 };
  });
}

for (const name of PROGRAMS) {
  const script = { rules: [{ role: 'producer', times: 1, failure: 'no_terminal_event' }] } as const;
  fault(
    `I4: ${name} that exits with 0 before its turn is over is asked once more`,
    { config: config(name), script },
    async (rig) => {
      expect((await rig.run(START)).code).toBe(0);
      const last = rig.turns().filter(({ role, result }) => role === 'producer' && result !== null);
      expect(last).toHaveLength(2);
      return { maxTurns: name === 'codex' ? 3 : 4 };
    },
  );

  const prose = {
    rules: [{ role: 'producer', say: 'I fixed the 429 rate limit, usage limit reached, Error: overloaded.' }],
  } as const;
  fault(
    `I4: what ${name} writes about limits and errors is an answer like any other`,
    { config: config(name), script: prose },
    async (rig) => {
      expect((await rig.run(START)).code).toBe(0);
      return { maxTurns: 2 };
    },
  );
}
