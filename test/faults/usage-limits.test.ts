import { expect } from 'vitest';
import type { FailureName } from '../support/fake-agent/failures.ts';
import type { Program } from '../support/fake-agent/script.ts';
import { fault } from './fault.ts';
import { asked, ending, follow, lines, START } from './story.ts';

const config = (name: Program, more = '') =>
  `provider:\n  name: ${name}\n  claude:\n    permission_strategy: allow_core_tools\n${more}`;

/** Limits as both programs word them. */
const LIMITS: [Program, FailureName, string, RegExp][] = [
  [
    'codex',
    'usage_limit',
    'You’ve hit your usage limit. Upgrade to Pro or try again at 7:51 PM.',
    /until \d{4}-\d\d-\d\dT19:51/,
  ],
  ['codex', 'usage_limit', 'You’ve hit your usage limit. Try again in 2 hours 5 minutes.', /until \d{4}-\d\d-\d\dT/],
  ['codex', 'billing', 'Quota exceeded. Check your plan and billing details.', /Quota exceeded/],
  [
    'claude',
    'usage_limit',
    'Claude usage limit reached. Your limit will reset at 3pm (UTC).',
    /until \d{4}-\d\d-\d\dT15:00/,
  ],
  ['claude', 'billing', 'Credit balance is too low', /Credit balance is too low/],
];
for (const [name, failure, say, words] of LIMITS) {
  const script = { rules: [{ role: 'verifier', times: 1, failure, say }] } as const;
  fault(
    `I4, I7: “${say}” of ${name} pauses the run and counts as no cycle`,
    { config: config(name), script },
    async (rig) => {
      const paused = await rig.run(START);
      expect(paused.code).toBe(4);
      expect(ending(rig).status).toBe('paused');
      expect(ending(rig).reason).toMatch(words);
      expect(lines(paused.stdout).at(-1)).toMatch(words);
      expect((await follow(rig, paused)).code).toBe(0);
      expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1', 'implement verifier 1.2']);
      const [producer, limited, again] = rig.turns();
      expect(new Set([limited?.session, again?.session])).toEqual(new Set([limited?.session]));
      expect(producer?.session).toBeNull();
      expect(limited?.session).not.toBeNull();
      return { maxTurns: 3 };
    },
  );
}

const WAITS = { config: config('codex', '  max_wait_minutes: 1\n') };
const SOON = {
  role: 'verifier',
  times: 1,
  failure: 'usage_limit',
  say: 'You’ve hit your usage limit. Try again in 1 second.',
} as const;
fault(
  'I4: a limit that ends within provider.max_wait_minutes is waited for',
  { ...WAITS, script: { rules: [SOON] } },
  async (rig) => {
    const done = await rig.run(START);
    expect(done.code).toBe(0);
    expect(done.stdout).toMatch(/^\[\*\] Waiting for the usage limit: 1 min left, until \d{4}-/m);
    expect(asked(rig)).toEqual(['implement producer 1.1', 'implement verifier 1.1', 'implement verifier 1.1']);
    expect(rig.events().filter((event) => event.event_type === 'limit_wait')).toHaveLength(1);
    return { maxTurns: 3 };
  },
);

fault(
  'I4, I8: a wait for a limit that was killed goes on when the run is resumed',
  { ...WAITS, script: { rules: [{ ...SOON, say: SOON.say.replace('1 second', '3 seconds') }] } },
  async (rig) => {
    const running = rig.start(START);
    await running.sees(/Waiting for the usage limit/);
    running.signal('SIGKILL');
    await running.done;
    const resumed = await rig.run(['--resume']);
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain('Waiting for the usage limit');
    const wait = rig.events().find((event) => event.event_type === 'limit_wait');
    const after = rig.turns().at(-1);
    expect(Date.parse(after?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(wait?.until ?? ''));
    return { maxTurns: 3 };
  },
);

fault(
  'I8: Ctrl-C ends the wait for a limit',
  { ...WAITS, script: { rules: [{ ...SOON, say: SOON.say.replace('1 second', '50 seconds') }] } },
  async (rig) => {
    const running = rig.start(START);
    await running.sees(/Waiting for the usage limit/);
    running.signal('SIGINT');
    const stopped = await running.done;
    expect(stopped.code).toBe(130);
    return { maxTurns: 2 };
  },
);
