import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentSettings, CommandSettings } from '../../../src/core/settings.ts';
import { UNKNOWN_USAGE } from '../../../src/core/vocabulary.ts';
import { commandAgent } from '../../../src/providers/command/agent.ts';
import { fillIn } from '../../../src/providers/command/template.ts';
import type { Performance } from './fakes.ts';
import { PLAIN } from './settings.ts';
import { answered, failed, FakeRunner, turnCall, worldWith } from './fakes.ts';

const ROLE: AgentSettings = { name: 'command', model: 'small', effort: null };
const TEXT: CommandSettings = { ...PLAIN, start: ['agent', 'run'] };
const JSONL: CommandSettings = {
  ...PLAIN,
  start: ['agent', 'run', '--model={{model}}'],
  resume: ['agent', 'run', '--continue', '{{session}}'],
  output: 'jsonl',
  answer: 'message.text',
  session: 'conversation.id',
};

function play(settings: CommandSettings, performance: Performance) {
  const runner = new FakeRunner(performance);
  return { runner, agent: commandAgent(worldWith(runner), '/bin/agent', ROLE, settings) };
}

describe('a configured command', () => {
  it('gets the prompt on standard input, and what it prints is the answer', async () => {
    const { agent, runner } = play(TEXT, { lines: ['All is', 'well.'] });
    expect(answered(await agent.run(turnCall()))).toMatchObject({
      text: 'All is\nwell.',
      sessionId: null,
      usage: UNKNOWN_USAGE,
    });
    expect(runner.last).toMatchObject({ command: '/bin/agent', args: ['run'], input: 'Do it.' });
  });

  it('begins a new conversation in every turn when it has no way to resume', async () => {
    const { agent, runner } = play(TEXT, { lines: ['x'] });
    expect((await agent.run(turnCall({ resume: 'old' }))).sessionId).toBeNull();
    expect(runner.last.args).toEqual(['run']);
  });

  it('answers with the last line that holds the path, and so the session', async () => {
    const { agent, runner } = play(JSONL, {
      lines: [
        'not JSON',
        { conversation: { id: 's1' } },
        { message: { text: 'First.' } },
        { message: { text: 'Last.' } },
        { message: { text: 7 } },
        { message: 'none' },
      ],
    });
    const turn = turnCall();
    expect(answered(await agent.run(turn))).toMatchObject({ text: 'Last.', sessionId: 's1', warnings: [] });
    expect(turn.sessions).toEqual(['s1']);
    expect(runner.last.args).toEqual(['run', '--model=small']);
  });

  it('is resumed with the id of its session', async () => {
    const { agent, runner } = play(JSONL, { lines: [{ message: { text: 'x' }, conversation: { id: 's1' } }] });
    expect(answered(await agent.run(turnCall({ resume: 's1' }))).sessionId).toBe('s1');
    expect(runner.last.args).toEqual(['run', '--continue', 's1']);
  });

  it('answers with a field of one JSON document over several lines', async () => {
    const document = { choices: [{ text: 'Done.' }], id: 's2' };
    const settings = { ...JSONL, output: 'json', answer: 'choices.0.text', session: 'id' } as const;
    const { agent } = play(settings, { lines: JSON.stringify(document, null, 2).split('\n') });
    expect(answered(await agent.run(turnCall()))).toMatchObject({ text: 'Done.', sessionId: 's2' });
  });

  it('fails with its last words when it exits with a code', async () => {
    const { agent } = play(TEXT, {
      lines: ['half an answer'],
      exitCode: 4,
      stderrTail: 'trace\ntrace\nno such model\n',
    });
    expect(failed(await agent.run(turnCall()))).toMatchObject({
      class: 'other',
      exitCode: 4,
      message: 'the command exited with code 4: trace no such model',
    });
  });

  it('fails with the setting to correct when its output holds no answer', async () => {
    const { agent } = play(JSONL, { lines: [{ text: 'elsewhere' }] });
    const { message, hint } = failed(await agent.run(turnCall()));
    expect(message).toContain('"message.text"');
    expect(hint).toContain('provider.command');
  });

  it('was interrupted when a signal ended it', async () => {
    const { agent } = play(TEXT, { exitCode: null, signal: 'SIGTERM' });
    expect(failed(await agent.run(turnCall())).class).toBe('interrupted');
  });

  it('warns when the session id is not where it should be', async () => {
    const { agent } = play(JSONL, { lines: [{ message: { text: 'x' } }] });
    expect(answered(await agent.run(turnCall())).warnings).toEqual([expect.stringContaining('"conversation.id"')]);
  });

  it('keeps a bounded part of endless text, and says so', async () => {
    const line = 'x'.repeat(1_000_000);
    const { agent } = play(TEXT, { lines: Array.from({ length: 12 }, () => line) });
    const { text, warnings } = answered(await agent.run(turnCall()));
    expect(text.length).toBeLessThanOrEqual(10_000_000);
    expect(warnings).toEqual([expect.stringContaining('longer than 10000000 characters')]);
  });
});

describe('a command line template', () => {
  it('keeps every argument one argument, whatever the values hold', () => {
    fc.assert(
      fc.property(fc.string(), (session) => {
        expect(fillIn(['a', '--id={{session}}', '{{ session }}'], { session, model: null, effort: null })).toEqual([
          'a',
          `--id=${session}`,
          session,
        ]);
      }),
    );
  });

  it('leaves other braces alone', () => {
    const template = ['{{other}}', '{session}', '{"a":{"b":1}}'];
    expect(fillIn(template, { session: 'x', model: null, effort: null })).toEqual(template);
  });
});

describe('what a command tells beside its answer', () => {
  const told = (changes: Partial<CommandSettings>, lines: readonly object[], ended: Performance = {}) => {
    const { agent, runner } = play({ ...JSONL, answer: 'text', ...changes }, { lines, ...ended });
    return { runner, take: (turn: Parameters<typeof turnCall>[0] = {}) => agent.run(turnCall(turn)) };
  };
  const paths = { input: 'use.in', cached: null, output: 'use.out', reasoning: null, cost: 'use.cost' };
  const lines = [{ use: { in: 10, out: 1, cost: 0.5 } }, { text: 'Done.', use: { in: 20, out: 2, cost: 0.7 } }];

  it.each([
    ['turn', { inputTokens: 20, outputTokens: 2, costUsd: 0.7 }],
    ['step', { inputTokens: 30, outputTokens: 3, costUsd: 1.2 }],
    ['session', { inputTokens: 15, outputTokens: 1, costUsd: 0.4 }],
  ] as const)('are figures of one %s', async (usageScope, figures) => {
    const resume = 'old';
    const { take } = told({ usage: paths, usageScope }, [{ conversation: { id: resume } }, ...lines]);
    const totalsBefore = { ...UNKNOWN_USAGE, inputTokens: 5, outputTokens: 1, costUsd: 0.3 };
    expect(answered(await take({ resume, totalsBefore })).usage).toEqual({ ...UNKNOWN_USAGE, ...figures });
  });

  it('is its last word, by which it is known without having ended', async () => {
    const { runner, take } = told({ final: 'part.reason=stop' }, [{ text: 'Done.' }], {
      ending: 'grace',
      exitCode: null,
    });
    const { text, warnings } = answered(await take());
    expect(text).toBe('Done.');
    expect(warnings.join()).toContain('had not exited 10 s after its final result');
    const last = runner.last.isFinal;
    expect([last?.('{"part":{"reason":"stop"}}'), last?.('{"part":{"reason":"tool"}}'), last?.('stop')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is what it does, which is shown once', async () => {
    const turn = turnCall();
    const { agent } = play(
      { ...JSONL, answer: 'text', activity: 'doing' },
      { lines: [{ doing: 'look' }, { doing: 'look' }, { text: 'x' }] },
    );
    await agent.run(turn);
    expect(turn.activities).toEqual([{ kind: 'notice', text: 'look' }]);
  });

  it.each([
    ['Something broke', 'other'],
    ["You've hit your usage limit. Try again in 5 minutes.", 'limit'],
  ])('is what it failed of, whatever its exit code: %s', async (message, expected) => {
    const { take } = told({ name: 'opencode', error: 'error.message' }, [{ text: 'Half.' }, { error: { message } }]);
    const failure = failed(await take());
    expect(failure.class).toBe(expected);
    expect(failure.message).toMatch(/^opencode/);
  });

  it('gets variables of its own', async () => {
    const { runner, take } = told({ env: { QUIET: '1' } }, [{ text: 'x' }]);
    await take();
    expect(runner.last.env).toMatchObject({ QUIET: '1', PATH: '/bin' });
  });

  it('keeps the mark by which what it leaves behind is found', async () => {
    const { runner, take } = told({ env: { AUTOLOOP_RUN_ID: 'mine' } }, [{ text: 'x' }]);
    await take();
    expect(runner.last.env['AUTOLOOP_RUN_ID']).toMatch(/^run-/);
  });
});
