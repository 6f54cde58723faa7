import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { UNKNOWN_USAGE } from '../../../src/core/vocabulary.ts';
import { claudeAgent } from '../../../src/providers/claude/agent.ts';
import type { ClaudeCalling } from '../../../src/providers/claude/arguments.ts';
import type { ProcessRequest } from '../../../src/supervision/open-process.ts';
import type { Performance } from './fakes.ts';
import {
  answered,
  claudeResult,
  failed,
  FakeRunner,
  model,
  OTHER_THREAD,
  THREAD,
  turnCall,
  usage,
  worldWith,
} from './fakes.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PLAIN: ClaudeCalling = {
  capabilities: [],
  model: null,
  effort: null,
  permissionStrategy: 'inherit',
  stream: false,
};

function play(performances: Performance | readonly Performance[], changes: Partial<ClaudeCalling> = {}, env = {}) {
  const runner = new FakeRunner(...[performances].flat());
  return { runner, agent: claudeAgent(worldWith(runner, { env }), '/bin/claude', { ...PLAIN, ...changes }) };
}

/** The arguments, with the two values that are new in every call replaced. */
function shape(request: ProcessRequest): string {
  return request.args
    .map((each) => (UUID.test(each) && each !== THREAD ? 'NEW' : path.isAbsolute(each) ? 'FILE' : each))
    .join(' ');
}

describe('a call of claude', () => {
  it.each([
    [{}, '-p --output-format json --append-system-prompt-file FILE --session-id NEW'],
    [{ stream: true }, '-p --output-format stream-json --verbose --append-system-prompt-file FILE --session-id NEW'],
    [
      { model: 'opus', effort: 'max' },
      '-p --output-format json --model opus --effort max --append-system-prompt-file FILE --session-id NEW',
    ],
    [
      { permissionStrategy: 'bypass' },
      '-p --output-format json --dangerously-skip-permissions --append-system-prompt-file FILE --session-id NEW',
    ],
    [
      { permissionStrategy: 'allow_core_tools' },
      '-p --output-format json --allowedTools Read,Write,Edit,Glob,Grep,Bash --append-system-prompt-file FILE --session-id NEW',
    ],
  ] as const)('begins a session with nothing but what was asked for: %o', async (changes, expected) => {
    const { agent, runner } = play({ lines: [claudeResult()] }, changes);
    await agent.run(turnCall());
    expect(shape(runner.last)).toBe(expected);
  });

  it('says that nobody answers its questions, where its help knows of that', async () => {
    const { agent, runner } = play({ lines: [claudeResult()] }, { capabilities: ['--model', '--permission-prompts'] });
    await agent.run(turnCall({ resume: THREAD }));
    expect(shape(runner.last)).toBe(
      `-p --output-format json --permission-prompts none --append-system-prompt-file FILE --resume ${THREAD}`,
    );
  });

  it('goes on with a session with the same options', async () => {
    const { agent, runner } = play({ lines: [claudeResult()] }, { effort: 'low', permissionStrategy: 'bypass' });
    await agent.run(turnCall({ resume: THREAD }));
    expect(shape(runner.last)).toBe(
      `-p --output-format json --effort low --dangerously-skip-permissions --append-system-prompt-file FILE --resume ${THREAD}`,
    );
  });

  it('puts a blank line before the prompt, so that no request is a slash command', async () => {
    const { agent, runner } = play({ lines: [claudeResult()] });
    await agent.run(turnCall({ prompt: '/compact the code' }));
    expect(runner.last.input).toBe('\n/compact the code');
  });

  it('has the contract in a private file, which is gone afterwards', async () => {
    let seen = { text: '', mode: 0 };
    let file = '';
    const runner = Object.assign(new FakeRunner(), {
      run: (request: ProcessRequest) => {
        file = request.args[request.args.indexOf('--append-system-prompt-file') + 1] ?? '';
        seen = { text: readFileSync(file, 'utf8'), mode: statSync(file).mode & 0o777 };
        return Promise.reject(new Error('a bug'));
      },
    });
    const looking = claudeAgent(worldWith(runner), '/bin/claude', PLAIN);
    await expect(looking.run(turnCall())).rejects.toThrow('a bug');
    expect(seen).toEqual({ text: 'The contract.', mode: 0o600 });
    expect(existsSync(path.dirname(file))).toBe(false);
  });

  it('forbids background tasks, unless the operator decided about them', async () => {
    const { agent, runner } = play({ lines: [claudeResult()] });
    await agent.run(turnCall());
    expect(runner.last.env).toMatchObject({ CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1', AUTOLOOP_RUN_ID: 'run-1' });

    const decided = play({ lines: [claudeResult()] }, {}, { CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '0' });
    await decided.agent.run(turnCall());
    expect(decided.runner.last.env).toMatchObject({ CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '0' });
  });
});

describe('the session of claude', () => {
  it('has an id of ours from the start, so that a killed turn can be resumed', async () => {
    const { agent, runner } = play({ exitCode: 143 });
    const turn = turnCall();
    const report = await agent.run(turn);
    expect(turn.sessions).toEqual([runner.last.args.at(-1)]);
    expect(report.sessionId).toMatch(UUID);
  });

  it('is the one that claude reports, with a warning where that is another', async () => {
    const { agent } = play({ lines: [claudeResult({ session_id: OTHER_THREAD })] });
    const turn = turnCall({ resume: THREAD });
    const report = answered(await agent.run(turn));
    expect(report.sessionId).toBe(OTHER_THREAD);
    expect(report.warnings).toEqual([expect.stringContaining(`${OTHER_THREAD} instead of ${THREAD}`)]);
    expect(turn.sessions).toEqual([OTHER_THREAD]);
  });

  it('stays the known one when claude reports an error of a session that does not exist', async () => {
    const missing = claudeResult({
      is_error: true,
      subtype: 'error_during_execution',
      num_turns: 0,
      session_id: OTHER_THREAD,
    });
    const { agent } = play({
      lines: [missing],
      exitCode: 1,
      stderrTail: `No conversation found with session ID: ${THREAD}`,
    });
    const report = await agent.run(turnCall({ resume: THREAD }));
    expect(failed(report).class).toBe('unknown_session');
    expect(report.sessionId).toBe(THREAD);
  });
});

describe('the answer of claude', () => {
  const result = claudeResult();
  const events = [
    { type: 'system', subtype: 'init', session_id: THREAD },
    { type: 'assistant', message: {} },
  ];

  it.each([
    ['one object', [result]],
    ['an array of events', [JSON.stringify([...events, result])]],
    ['an event a line', [...events, result]],
    ['the last of several results', [claudeResult({ result: 'Early.' }), result]],
    ['an array with several results', [JSON.stringify([claudeResult({ result: 'Early.' }), result])]],
    ['one object over several lines', JSON.stringify(result, null, 2).split('\n')],
    ['an array over several lines', JSON.stringify([...events, result], null, 2).split('\n')],
    ['one object after other output', ['a hook says hello', '{"type":"new"}', JSON.stringify(result)]],
  ])('is found in %s', async (_name, lines) => {
    const report = answered(await play({ lines }).agent.run(turnCall({ resume: THREAD })));
    expect(report).toMatchObject({ text: 'Done.', sessionId: THREAD, warnings: [] });
  });

  it('comes with the result object, without its text, as metadata', async () => {
    const { metadata } = answered(await play({ lines: [result] }).agent.run(turnCall({ resume: THREAD })));
    expect(metadata).toEqual(Object.fromEntries(Object.entries(result).filter(([key]) => key !== 'result')));
  });

  it('comes with what claude began with, where its events tell', async () => {
    const began = { permissionMode: 'acceptEdits', model: 'opus', claude_code_version: '9.9.9' };
    const init = { type: 'system', subtype: 'init', session_id: THREAD, tools: ['Bash'], ...began };
    const { metadata } = answered(await play({ lines: [init, result] }).agent.run(turnCall({ resume: THREAD })));
    expect(metadata).toMatchObject({ init: began, num_turns: 1 });
    expect(metadata['init']).not.toHaveProperty('tools');
  });

  it('may be empty', async () => {
    const { agent } = play({ lines: [claudeResult({ result: '' })] });
    expect(answered(await agent.run(turnCall())).text).toBe('');
  });

  it.each([
    ['an error that is called a success', { lines: [claudeResult({ is_error: true })] }],
    ['no text in the result', { lines: [claudeResult({ result: undefined, subtype: 'error_max_turns' })] }],
    ['exit code 1', { lines: [result], exitCode: 1 }],
    ['no result', { lines: events }],
    ['nothing at all', {}],
  ])('is none with %s', async (_name, performance) => {
    expect((await play(performance).agent.run(turnCall())).kind).toBe('failed');
  });

  it('is used, with a warning, when claude would not exit after it', async () => {
    const { agent, runner } = play({ lines: [result], ending: 'grace', exitCode: 143 });
    const report = answered(await agent.run(turnCall({ resume: THREAD })));
    expect(report.warnings).toEqual([expect.stringContaining('had not exited 10 s after its final result')]);
    expect(runner.last.graceMs).toBe(10_000);
    expect(runner.last.isFinal?.(JSON.stringify(result))).toBe(true);
    expect(runner.last.isFinal?.(JSON.stringify(events[1]))).toBe(false);
  });
});

describe('tools that claude was denied', () => {
  const denials = [{ tool_name: 'Write' }, { tool_name: 'Write' }, { tool_name: 'WebFetch' }];
  const run = async (changes: Partial<ClaudeCalling>) =>
    answered(
      await play({ lines: [claudeResult({ permission_denials: denials })] }, changes).agent.run(
        turnCall({ resume: THREAD }),
      ),
    );

  it('are named once each, with the setting that would allow them', async () => {
    const { denied, warnings } = await run({});
    expect(denied).toEqual([
      'Write (provider.claude.permission_strategy: allow_core_tools allows it)',
      expect.stringMatching(/^WebFetch \(.*provider\.claude\.permission_strategy: bypass allows it\)$/),
    ]);
    expect(warnings).toEqual([expect.stringContaining('claude was denied Write')]);
  });

  it('are not blamed on a setting that already allows them', async () => {
    expect((await run({ permissionStrategy: 'allow_core_tools' })).denied[0]).not.toContain('allow_core_tools');
    expect((await run({ permissionStrategy: 'bypass' })).denied[0]).toContain("claude's own settings");
  });
});

describe('a denial that claude tells of while it works', () => {
  it('is shown at once, with its reason', async () => {
    const event = { type: 'system', subtype: 'permission_denied', tool_name: 'Bash', message: 'It needs approval.' };
    const turn = turnCall();
    await play({ lines: [event, { ...event, message: undefined }, claudeResult()] }).agent.run(turn);
    expect(turn.activities).toEqual([
      { kind: 'notice', text: 'denied: Bash (It needs approval.)' },
      { kind: 'notice', text: 'denied: Bash' },
    ]);
  });
});

describe('the usage of claude', () => {
  const second = claudeResult({
    total_cost_usd: 0.8,
    modelUsage: {
      opus: model({ inputTokens: 100, outputTokens: 9, thinkingTokens: 5 }),
      haiku: model({ inputTokens: 50, outputTokens: 1, thinkingTokens: 0 }),
    },
  });
  const first = usage({ inputTokens: 100, cachedInputTokens: 0, outputTokens: 5, reasoningTokens: 2, costUsd: 0.5 });

  it('is all that the session used when the session began with the turn', async () => {
    const report = answered(await play({ lines: [claudeResult({ session_id: undefined })] }).agent.run(turnCall()));
    const expected = usage({
      inputTokens: 100,
      cachedInputTokens: 70,
      outputTokens: 5,
      reasoningTokens: 2,
      costUsd: 0.5,
    });
    expect(report.usage).toEqual(expected);
    expect(report.sessionTotals).toEqual(expected);
  });

  it('is the difference to what the session had used, over all models', async () => {
    const report = answered(
      await play({ lines: [second] }).agent.run(turnCall({ resume: THREAD, totalsBefore: first })),
    );
    expect(report.usage).toEqual(
      usage({ inputTokens: 50, cachedInputTokens: 0, outputTokens: 5, reasoningTokens: 3, costUsd: 0.3 }),
    );
    expect(report.sessionTotals).toMatchObject({ inputTokens: 150, costUsd: 0.8 });
  });

  it('falls back on the figures of the call where the session’s past is unknown, and leaves the cost unknown', async () => {
    const report = answered(await play({ lines: [second] }).agent.run(turnCall({ resume: THREAD })));
    expect(report.usage).toEqual(
      usage({ inputTokens: 100, cachedInputTokens: 70, outputTokens: 5, reasoningTokens: 2, costUsd: null }),
    );
  });

  it('is unknown where claude does not report it', async () => {
    const silent = claudeResult({ usage: undefined, modelUsage: {}, total_cost_usd: undefined });
    expect(answered(await play({ lines: [silent] }).agent.run(turnCall())).usage).toEqual(UNKNOWN_USAGE);
  });

  it('is told of a failed turn too, with the totals by which the next one can count it once', async () => {
    const broken = claudeResult({
      is_error: true,
      api_error_status: 529,
      modelUsage: { opus: model({ inputTokens: 90 }) },
    });
    const { agent } = play([{ lines: [broken], exitCode: 1 }]);
    const zero = usage({ inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0, costUsd: 0 });
    const report = await agent.run(turnCall({ resume: THREAD, totalsBefore: zero }));
    expect(report).toMatchObject({ kind: 'failed', usage: { costUsd: 0.5 }, sessionTotals: { costUsd: 0.5 } });
  });
});

describe('what claude does', () => {
  it('is shown from the events of stream-json', async () => {
    const block = (content: object) => ({
      type: 'assistant',
      message: { id: 'm1', content: [content], usage: { input_tokens: 7, output_tokens: 1 } },
    });
    const tool = (name: string, input: object) => block({ type: 'tool_use', name, input });
    const lines = [
      { type: 'system', subtype: 'api_retry', attempt: 2, error: 'rate_limit' },
      block({ type: 'text', text: 'Looking.' }),
      tool('Bash', { command: 'npm test' }),
      tool('Edit', { file_path: 'a.ts' }),
      tool('Read', { file_path: 'b.ts' }),
      { type: 'user', message: { content: [{ type: 'tool_result', content: 'x' }] } },
      claudeResult(),
    ];
    const turn = turnCall();
    await play({ lines }, { stream: true }).agent.run(turn);
    const spent = { kind: 'usage', usage: expect.objectContaining({ inputTokens: 7, outputTokens: 1 }) as unknown };
    expect(turn.activities.filter(({ kind }) => kind !== 'usage')).toEqual([
      { kind: 'notice', text: 'trying again after rate_limit (2)' },
      { kind: 'message', text: 'Looking.' },
      { kind: 'command', text: 'npm test' },
      { kind: 'file', text: 'a.ts' },
      { kind: 'notice', text: 'Read b.ts' },
    ]);
    expect(turn.activities.findLast(({ kind }) => kind === 'usage')).toEqual(spent);
  });

  it('has a new session from its first word on, and none where it ended before that', async () => {
    const init = { type: 'system', subtype: 'init', session_id: THREAD };
    const begun = turnCall();
    const kept = await play({ lines: [init], exitCode: 137 }, { stream: true }).agent.run(begun);
    expect([kept.sessionId, begun.sessions]).toEqual([THREAD, [THREAD]]);
    const lost = turnCall();
    const gone = await play({ lines: [], exitCode: 137 }, { stream: true }).agent.run(lost);
    expect([gone.sessionId, lost.sessions]).toEqual([null, []]);
  });
});
