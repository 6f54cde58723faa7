import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventOf } from '../../src/core/events.ts';
import { CONTRACT, TEMPLATES } from '../../src/prompts/assets.ts';
import type { Finished } from '../support/invocation.ts';
import { costOf, expectBilled, tokensOf } from './bill.ts';
import type { AnsweredCall } from './mock/server.ts';
import { createStage, type AgentName, type ProviderKeys, type Stage } from './stage.ts';
import { GREETING, promptOf, turnOf, work } from './worker.ts';

interface Cast {
  readonly cast: string;
  readonly producer: AgentName;
  readonly verifier: AgentName;
  readonly provider: ProviderKeys;
}

const CASTS: readonly Cast[] = [
  { cast: 'codex', producer: 'codex', verifier: 'codex', provider: {} },
  { cast: 'claude', producer: 'claude', verifier: 'claude', provider: {} },
  { cast: 'claude with progress', producer: 'claude', verifier: 'claude', provider: { claude: { stream: true } } },
  mixed('codex', 'claude'),
  mixed('claude', 'codex'),
];

describe.each(CASTS)('a task by $cast', ({ producer, verifier, provider }) => {
  let stage: Stage;
  let finished: Finished;
  beforeAll(async () => {
    stage = await createStage({ agent: producer, decide: work, provider });
    finished = await stage.run('--intent', 'greet.sh greets whom it is told to.');
    if (finished.code !== 0) console.error(stage.rig.report(), stage.report());
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  it('goes through plan, implement, test and audit to its success, and leaves nothing running', async () => {
    expect(finished).toMatchObject({ code: 0 });
    const turns = turnsFinished(stage).map(({ pair, phase, cycle }) => `${pair} ${phase} ${cycle}`);
    expect(turns).toEqual([
      'plan producer 1',
      'plan verifier 1',
      'implement producer 1',
      'implement verifier 1',
      'implement producer 2',
      'implement verifier 2',
      'test producer 1',
      'test verifier 1',
      'audit producer 1',
      'audit verifier 1',
    ]);
    await stage.rig.checkPromises();
  });

  it('has its files written by the tools of the agents, and committed', () => {
    const { rig, mock } = stage;
    expect(rig.read('greet.sh')).toBe(GREETING);
    expect(mock.calls.flatMap((call) => call.toolResults).join('\n')).toContain('passed');
    const files = new Set(rig.commits().flatMap((commit) => commit.files));
    expect(files).toContain('greet.sh');
    expect(files).toContain('greet.test.sh');
    expect(rig.status()).toEqual([]);
  });

  it('asks each role’s own API, and nobody else', () => {
    const { calls, others, faults } = stage.mock;
    for (const call of calls) {
      const agent = turnOf(call)?.role === 'producer' ? producer : verifier;
      expect(call.api).toBe(agent === 'codex' ? 'responses' : 'messages');
    }
    expect(others).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('brings the instructions of every turn to the model, those of the verifier on a resumed session included', () => {
    const events = turnsFinished(stage);
    expect(events).toHaveLength(10);
    for (const event of events) {
      const { system, userTexts, prompt } = firstCallOf(stage, event);
      const label = event.provider === 'codex' ? 'RESUMED THREAD ID' : 'RESUMED SESSION ID';
      const isFirst = events.find((other) => other.session_id === event.session_id) === event;
      expect(prompt).toContain(essence(`${event.pair}-${event.phase}`));
      expect(prompt.includes(`${label}: ${event.session_id ?? ''}`)).toBe(!isFirst);
      expect(userTexts.filter((text) => text.includes('LOOP PAIR: ')).length > 1).toBe(!isFirst);
      if (event.provider === 'claude') expect(system).toContain(CONTRACT.trim());
    }
    const sessions = new Set(events.map((event) => event.session_id));
    expect(sessions.size).toBe(producer === verifier ? 3 : 6);
  });

  it('accounts for every turn what its calls were billed, and no more', () => {
    const { calls } = stage.mock;
    const events = turnsFinished(stage);
    for (const event of events) expectBilled(event.usage, callsOf(calls, event));
    const end = stage.rig.events().findLast((event) => event.event_type === 'run_finished');
    const { costUsd, ...tokens } = end?.usage?.usage ?? {};
    expect(tokens).toEqual(tokensOf(calls));
    const paid = calls.filter((call) => call.api === 'messages');
    if (paid.length === 0) expect(costUsd).toBeNull();
    else expect(costUsd).toBeCloseTo(costOf(paid), 9);
  });
});

function mixed(producer: AgentName, verifier: AgentName): Cast {
  const roles = { producer: { name: producer }, verifier: { name: verifier } };
  return { cast: `${producer}, checked by ${verifier}`, producer, verifier, provider: { roles } };
}

type Finish = EventOf<'phase_finished'>;

function turnsFinished(stage: Stage): Finish[] {
  return stage.rig.events().filter((event) => event.event_type === 'phase_finished');
}

function callsOf(calls: readonly AnsweredCall[], event: Finish): AnsweredCall[] {
  return calls.filter((call) => {
    const turn = turnOf(call);
    return turn?.pair === event.pair && turn.role === event.phase && turn.cycle === event.cycle;
  });
}

function firstCallOf(stage: Stage, event: Finish): AnsweredCall & { prompt: string } {
  const call = callsOf(stage.mock.calls, event)[0]!;
  return { ...call, prompt: promptOf(call) };
}

/** The first paragraph of a role's instructions, up to its first placeholder. */
function essence(template: string): string {
  const text = Object.entries(TEMPLATES).find(([name]) => name === template)?.[1] ?? '';
  const [, paragraph = ''] = text.split('\n\n');
  const words = paragraph.split(/[`{]/)[0] ?? '';
  expect(words.length).toBeGreaterThan(5);
  return words;
}
