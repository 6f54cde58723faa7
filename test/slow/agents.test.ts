import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../src/core/events.ts';
import { UNKNOWN_USAGE } from '../../src/core/vocabulary.ts';
import { TEMPLATES } from '../../src/prompts/assets.ts';
import type { FailureName } from '../support/fake-agent/failures.ts';
import type { Program, Rule } from '../support/fake-agent/script.ts';
import { until } from '../support/marked-processes.ts';
import { createRig, type Rig } from '../support/rig.ts';

/**
 * What test/agents shows with the real programs, with fakes that say what those were heard to say. `npm test` has no
 * codex and no claude.
 */
const AGENTS = ['codex', 'claude'] as const;
const RUN = ['--intent', 'Greet', '--task-id', 't', '--pairs', 'plan'];
const RESUME = ['--resume', '--task-id', 't'];

const CASTS: readonly (readonly [Program, Program])[] = [
  ['codex', 'codex'],
  ['claude', 'claude'],
  ['codex', 'claude'],
  ['claude', 'codex'],
];

describe.each(CASTS)('a task that %s produces and %s verifies', (producer, verifier) => {
  it('succeeds, tells each turn its instructions in its session, and is billed what the turns cost', async () => {
    const roles = { producer: { name: producer }, verifier: { name: verifier } };
    await using rig = await rigOf(producer, [sentBack], { roles });
    expect(await rig.run(['--intent', 'Greet'])).toMatchObject({ code: 0 });

    const turns = rig.turns();
    expect(turns).toHaveLength(10);
    expect(rig.commits().flatMap(({ files }) => files)).toEqual(expect.arrayContaining(['src/phase-1.txt']));
    for (const { program, pair, role, prompt, kind, session } of turns) {
      expect(program).toBe(role === 'producer' ? producer : verifier);
      expect(prompt).toContain(essence(`${pair!}-${role!}`));
      const label = program === 'codex' ? 'RESUMED THREAD ID' : 'RESUMED SESSION ID';
      expect(prompt.includes(`${label}: ${session ?? ''}`)).toBe(kind === 'resume');
    }
    expect(turns.filter(({ kind }) => kind === 'start')).toHaveLength(producer === verifier ? 3 : 6);
    const paid = turns.filter(({ program }) => program === 'claude').length;
    const { costUsd, ...tokens } = spent(rig);
    // A turn is 1000 tokens in, 100 of the cache and 50 out. Only claude counts those of the cache apart, and tells the cost.
    expect(tokens).toMatchObject({ inputTokens: 10_000 + paid * 100, cachedInputTokens: 1000, outputTokens: 500 });
    if (paid === 0) expect(costUsd).toBeNull();
    else expect(costUsd).toBeCloseTo(paid / 100, 9);
    await rig.checkPromises({ maxTurns: 10 });
  });
});

describe.each(AGENTS)('a run of %s that is ended while a tool of the agent runs', (agent) => {
  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'by %s leaves no process, and goes on in the same session',
    async (signal) => {
      await using rig = await rigOf(agent, [{ attempt: 1, role: 'producer', remote: true }]);
      const running = rig.start(RUN);
      const turn = await rig.nextTurn();
      await turn.act({ leave: ['session', 'orphan'] });
      // What the agent said of its session may not have been read yet.
      await until(
        () => 'the session in the log',
        () => sessions(rig).length > 0,
      );
      running.signal(signal);
      await running.done;
      await until(
        () => `the end of ${JSON.stringify(rig.leftovers())}`,
        () => rig.leftovers().every(({ alive }) => !alive),
        30_000,
      );
      expect(rig.leftovers()).toHaveLength(2);

      expect(await rig.run(RESUME)).toMatchObject({ code: 0 });
      const [first, again] = rig.turns();
      expect(again).toMatchObject({ kind: 'resume', role: 'producer', cycle: 1, attempt: 2 });
      expect(again!.session).toBe(sessions(rig)[0]);
      expect(first!.kind).toBe('start');
      await rig.checkPromises({ maxTurns: 3 });
    },
  );
});

describe.each(AGENTS)('a session that %s does not know any more', (agent) => {
  it('is replaced by a new one that is told everything', async () => {
    const lost: Rule[] = [
      { role: 'verifier', times: 1, failure: 'auth' },
      { role: 'verifier', times: 1, failure: 'unknown_session' },
    ];
    await using rig = await rigOf(agent, lost);
    expect(await rig.run(RUN)).toMatchObject({ code: 1 });
    const { code, stderr } = await rig.run(RESUME);
    const [old, fresh] = sessions(rig);
    expect(code).toBe(0);
    expect(stderr).toContain(`a new session is started in place of ${old!}: the provider does not know it any more`);
    expect(fresh).not.toBe(old);
    expect(rig.turns().at(-1)).toMatchObject({ kind: 'start', role: 'verifier' });
    expect(rig.turns().at(-1)!.prompt).toContain('INITIAL REQUEST SNAPSHOT:\nGreet\n');
    await rig.checkPromises({ maxTurns: 4 });
  });
});

/** What passes, as the programs word it. */
const OUTAGES: readonly (readonly [string, Program, FailureName, string | null])[] = [
  ['429 after its own retries', 'codex', 'rate_limit', null],
  ['429 after its own retries', 'claude', 'rate_limit', null],
  ['500', 'codex', 'server_error', null],
  ['500', 'claude', 'server_error', null],
  ['529', 'codex', 'overloaded', 'unexpected status 529 <unknown status code>: Overloaded, url: http://127.0.0.1/v1'],
  ['529', 'claude', 'overloaded', null],
  ['a refused connection', 'codex', 'network', null],
  ['a refused connection', 'claude', 'network', null],
  ['a cut stream', 'codex', 'network', 'stream disconnected before completion: Transport error: network error'],
  ['a cut stream', 'claude', 'network', 'API Error: Connection dropped (ECONNRESET).'],
];

describe('a service that is out of order for a moment', () => {
  it.each(OUTAGES)('costs one more try in the same session: %s of %s', async (_what, agent, failure, words) => {
    const said = words === null ? {} : { say: words };
    await using rig = await rigOf(agent, [{ role: 'producer', times: 1, failure, ...said }]);
    const { code, stderr } = await rig.run(RUN);
    expect(code).toBe(0);
    expect(stderr.match(new RegExp(`WARNING: ${agent}: `, 'g'))).toHaveLength(1);
    expect(rig.turns().map(({ role, kind, cycle, attempt }) => [role, kind, cycle, attempt])).toEqual([
      ['producer', 'start', 1, 1],
      ['producer', 'resume', 1, 1],
      ['verifier', 'resume', 1, 1],
    ]);
    await rig.checkPromises({ maxTurns: 3 });
  });
});

describe.each(AGENTS)('a service that fails %s', (agent) => {
  it('for long pauses the run after three more tries', async () => {
    const rules = [{ failure: 'server_error', say: 'API Error: 500, high demand, retry-after: 0.01' }] as const;
    await using rig = await rigOf(agent, rules);
    const { code, stdout } = await rig.run(RUN);
    expect(code).toBe(4);
    expect(stdout).toMatch(new RegExp(`^\\[PAUSED\\] ${agent}: .*The service was busy or out of reach`, 'm'));
    expect(interruption(rig)).toMatchObject({ reason: 'unreachable' });
    await rig.checkPromises({ maxTurns: 4 });
  });

  it('for its key ends the run at once and says how to log in', async () => {
    await using rig = await rigOf(agent, [{ failure: 'auth' }]);
    const { code, stderr } = await rig.run(RUN);
    expect(code).toBe(1);
    expect(stderr).toContain(agent === 'codex' ? '`codex login`' : '`claude auth login`');
    await rig.checkPromises({ maxTurns: 1 });
  });

  it('until a usage limit ends pauses the run with that time', async () => {
    const { day, date } = dayAfterTomorrow();
    const say =
      agent === 'codex'
        ? `You’ve hit your usage limit. Upgrade to Pro or try again at ${day}, ${date.slice(0, 4)} 5:51 AM.`
        : `You've hit your limit · resets ${day}, 5:51am (UTC)`;
    await using rig = await rigOf(agent, [{ failure: 'usage_limit', say }]);
    const { code, stdout } = await rig.run(RUN);
    expect(code).toBe(4);
    expect(stdout).toContain(`(until ${date}T05:51:00Z)`);
    await rig.checkPromises({ maxTurns: 1 });
  });

  it('by saying nothing any more is ended at the idle limit, tried once more, and pauses the run', async () => {
    await using rig = await rigOf(agent, [{ hang: 'silent' }], { idle_timeout_minutes: 0.01 });
    expect(await rig.run(RUN)).toMatchObject({ code: 4 });
    expect(interruption(rig)).toMatchObject({ reason: 'hang' });
    expect(rig.turns()).toHaveLength(2);
    await rig.checkPromises({ maxTurns: 2 });
  });

  it('in the middle of a turn, is billed for that turn too, with the next one at the latest', async () => {
    const usage = { input: 700, cached: 70, output: 7, reasoning: 1, costUsd: 0.5 };
    await using rig = await rigOf(agent, [{ role: 'producer', times: 1, failure: 'auth', usage }]);
    expect(await rig.run(RUN)).toMatchObject({ code: 1 });
    expect(await rig.run(RESUME)).toMatchObject({ code: 0 });
    const known = agent === 'codex' ? { inputTokens: 2700, costUsd: null } : { inputTokens: 2970, costUsd: 0.52 };
    expect(spent(rig)).toMatchObject({ ...known, cachedInputTokens: 270, outputTokens: 107 });
    await rig.checkPromises({ maxTurns: 3 });
  });
});

describe.each(AGENTS)('a request to %s', (agent) => {
  it('may start with a slash', async () => {
    const intent = '/compact greet.sh, and @README.md with it\n/help';
    await using rig = await rigOf(agent, []);
    expect(await rig.run(['--intent', intent, '--pairs', 'plan'])).toMatchObject({ code: 0 });
    const [turn] = rig.turns();
    expect(turn!.kind).toBe('start');
    expect(turn!.prompt).toContain(`INITIAL REQUEST SNAPSHOT:\n${intent}\n`);
  });

  it('may have 2 MB with claude, and is refused before the turn where codex takes no more', async () => {
    await using rig = await rigOf(agent, []);
    const file = path.join(rig.workspace, '../request.md');
    rig.write('../request.md', 'A line of the request.\n'.repeat(90_000));
    const { code, stderr } = await rig.run(['--intent-file', file, '--pairs', 'plan']);
    if (agent === 'claude') {
      expect(code).toBe(0);
      expect(rig.turns()[0]!.prompt.includes(readFileSync(file, 'utf8').trimEnd())).toBe(true);
    } else {
      expect(code).toBe(1);
      expect(stderr).toMatch(/the prompt has \d{7} characters, and codex takes 1048576 at most/);
      expect(rig.turns()).toEqual([]);
    }
  });
});

describe('claude that may not write', () => {
  it('pauses the run with the setting that lets it, and goes on once that is set', async () => {
    const denied = { role: 'producer', times: 1, noDefaults: true, denials: ['Write', 'Bash'] } as const;
    await using rig = await rigOf('claude', [denied], { claude: { permission_strategy: 'inherit' } });
    const { code, stdout } = await rig.run(RUN);
    expect(code).toBe(4);
    expect(stdout).toContain('provider.claude.permission_strategy: allow_core_tools allows it');
    rig.write('autoloop.yaml', configOf('claude'));
    expect(await rig.run(RESUME)).toMatchObject({ code: 0 });
    await rig.checkPromises({ maxTurns: 3 });
  });
});

const sentBack: Rule = { pair: 'implement', role: 'verifier', cycle: 1, promise: 'INCOMPLETE' };

function rigOf(agent: Program, rules: readonly Rule[], keys: Readonly<Record<string, unknown>> = {}): Promise<Rig> {
  return createRig({ config: configOf(agent, keys), script: { rules } });
}

/** JSON is YAML. claude streams: that is how it tells of its retries. */
function configOf(agent: Program, keys: Readonly<Record<string, unknown>> = {}): string {
  const claude = { permission_strategy: 'allow_core_tools', stream: true };
  return JSON.stringify({ provider: { name: agent, claude, ...keys } });
}

function dayAfterTomorrow(): { day: string; date: string } {
  const then = new Date(Date.now() + 2 * 86_400_000);
  const day = then.toLocaleDateString('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' });
  return { day, date: then.toISOString().slice(0, 10) };
}

/** What the run has used when it ended last. */
function spent(rig: Rig) {
  const end = rig.events().findLast((event) => event.event_type === 'run_finished');
  return end?.usage?.usage ?? UNKNOWN_USAGE;
}

function sessions(rig: Rig): string[] {
  return rig.events().flatMap((event) => (event.event_type === 'session_identified' ? [event.session_id] : []));
}

function interruption(rig: Rig): EventOf<'turn_interrupted'> | undefined {
  return rig.events().findLast((event) => event.event_type === 'turn_interrupted');
}

/** The first paragraph of a role's instructions, up to its first placeholder. */
function essence(name: string): string {
  const text = Object.entries(TEMPLATES).find(([template]) => template === name)?.[1] ?? '';
  return (text.split('\n\n')[1] ?? '').split(/[`{]/)[0]!;
}
