import { describe, expect, it } from 'vitest';
import { UNKNOWN_USAGE } from '../../../src/core/vocabulary.ts';
import { codexAgent } from '../../../src/providers/codex/agent.ts';
import type { CodexCalling } from '../../../src/providers/codex/arguments.ts';
import type { Performance } from './fakes.ts';
import { answered, codexLines, failed, FakeRunner, OTHER_THREAD, THREAD, turnCall, usage, worldWith } from './fakes.ts';

const { thread, begun, message, completed, item } = codexLines;
const good = [thread(), begun, message('Looking.'), message('Done.'), completed()];

function play(performance: Performance, changes: Partial<CodexCalling> = {}) {
  const runner = new FakeRunner(performance);
  const calling = {
    capabilities: [],
    model: 'gpt-5.4',
    effort: 'high',
    sandbox: 'workspace-write',
    networkAccess: false,
    mark: null,
  } as const;
  return { runner, agent: codexAgent(worldWith(runner), '/bin/codex', { ...calling, ...changes }) };
}

describe('a turn of codex', () => {
  it('answers with its last message', async () => {
    const { agent, runner } = play({ lines: good });
    const turn = turnCall();
    const report = answered(await agent.run(turn));
    expect(report).toMatchObject({ text: 'Done.', sessionId: THREAD, warnings: [], denied: [] });
    expect(turn.sessions).toEqual([THREAD]);
    expect(runner.last).toMatchObject({
      command: '/bin/codex',
      input: 'Do it.',
      cwd: '/workspace',
      logFile: turn.logFile,
    });
  });

  it('runs in the operator’s environment, marked with the run', async () => {
    const { agent, runner } = play({ lines: good });
    await agent.run(turnCall());
    expect(runner.last.env).toEqual({ PATH: '/bin', AUTOLOOP_RUN_ID: 'run-1' });
  });

  it('answers with nothing when it completed without a message', async () => {
    const { agent } = play({ lines: [thread(), completed()] });
    expect(answered(await agent.run(turnCall())).text).toBe('');
  });

  it('fails when codex exits with a code after it has completed', async () => {
    const { agent } = play({ lines: good, exitCode: 3, stderrTail: 'boom\n' });
    expect(failed(await agent.run(turnCall()))).toMatchObject({
      class: 'other',
      exitCode: 3,
      message: 'codex exited with code 3: boom',
    });
  });

  it('fails when codex exits with 0 and said that the turn failed', async () => {
    const { agent } = play({ lines: [thread(), message('Done.'), codexLines.failed('Something new.')] });
    expect(failed(await agent.run(turnCall()))).toMatchObject({
      class: 'other',
      message: 'codex exited with code 0: Something new.',
    });
  });

  it('fails when codex says so after all', async () => {
    const { agent } = play({ lines: [...good, codexLines.failed('Something new.')] });
    expect(failed(await agent.run(turnCall())).class).toBe('other');
  });

  it('was interrupted when it ended while codex was trying again', async () => {
    const trying = { type: 'error', message: 'Reconnecting... 1/5 (stream disconnected before completion)' };
    const { agent } = play({ lines: [thread(), trying], exitCode: 143 });
    expect(failed(await agent.run(turnCall())).class).toBe('interrupted');
  });

  it('does not take what an agent says for an error', async () => {
    const { agent } = play({
      lines: [
        thread(),
        message('401 Unauthorized: hit your usage limit'),
        item({ type: 'reasoning', text: 'Quota exceeded' }),
      ],
      exitCode: 1,
    });
    expect(failed(await agent.run(turnCall())).class).toBe('interrupted');
  });

  it('gets over errors that codex got over', async () => {
    const { agent } = play({
      lines: [thread(), { type: 'error', message: 'Reconnecting... 1/5 (connection refused)' }, ...good],
    });
    expect(answered(await agent.run(turnCall())).text).toBe('Done.');
  });

  it('hands warnings of codex on, each once', async () => {
    const odd = item({ type: 'error', message: 'ignoring 1 unrecognized configuration setting' });
    const { agent } = play({ lines: [odd, odd, ...good] });
    expect(answered(await agent.run(turnCall())).warnings).toEqual([
      'codex: ignoring 1 unrecognized configuration setting',
    ]);
  });

  it('uses the result of a program that would not exit, and says so', async () => {
    const { agent } = play({ lines: good, ending: 'grace', exitCode: null, signal: 'SIGKILL', survivors: [7, 8] });
    const { text, warnings } = answered(await agent.run(turnCall()));
    expect(text).toBe('Done.');
    expect(warnings).toEqual([
      'codex had not exited 10 s after its final result; the result is used and the rest was ended',
      'processes that codex left behind could not be ended: 7, 8',
    ]);
  });

  it('keeps a result that was complete when the operator stopped the run', async () => {
    const { agent } = play({ lines: good, ending: 'stopped', exitCode: 1 });
    expect(answered(await agent.run(turnCall())).text).toBe('Done.');
  });

  it.each([
    ['idle', 'hang_idle', 'provider.idle_timeout_minutes'],
    ['turn_limit', 'hang_turn', 'provider.turn_timeout_minutes'],
    ['stopped', 'stopped', 'stopped'],
  ] as const)('fails when it is ended by us: %s', async (ending, expected, words) => {
    const { agent } = play({ lines: [thread(), message('Working.')], ending, exitCode: 1, signal: null });
    const report = await agent.run(turnCall());
    expect(failed(report)).toMatchObject({ class: expected });
    expect(failed(report).message).toContain(words);
    expect(report.sessionId).toBe(THREAD);
  });

  it('fails with the system’s words when codex does not start', async () => {
    const { agent } = play({ ending: 'not_started', exitCode: null, startError: 'spawn ENOENT' });
    expect(failed(await agent.run(turnCall()))).toMatchObject({
      class: 'configuration',
      message: expect.stringContaining('spawn ENOENT') as string,
    });
  });

  it('shows the last lines of both streams with a failure', async () => {
    const { agent } = play({ lines: ['noise'], exitCode: 3, stderrTail: 'first\nlast\n' });
    expect(failed(await agent.run(turnCall())).tail).toEqual(['noise', 'first', 'last']);
  });

  it('refuses a prompt that codex would refuse, without calling it', async () => {
    const { agent, runner } = play({ lines: good });
    const failure = failed(await agent.run(turnCall({ prompt: 'x'.repeat(1_048_577) })));
    expect(failure).toMatchObject({ class: 'other', message: expect.stringContaining('1048577 characters') as string });
    expect(failure.hint).toContain('provider.name: claude');
    expect(runner.requests).toEqual([]);
  });

  it('counts the characters of a prompt as codex does', async () => {
    const { agent } = play({ lines: good });
    expect(answered(await agent.run(turnCall({ prompt: '😀'.repeat(1_048_576) }))).text).toBe('Done.');
  });
});

describe('the session of codex', () => {
  it('is the same after a resume, and is not announced again', async () => {
    const { agent, runner } = play({ lines: good });
    const turn = turnCall({ resume: THREAD });
    expect(answered(await agent.run(turn))).toMatchObject({ sessionId: THREAD, warnings: [] });
    expect(turn.sessions).toEqual([]);
    expect(runner.last.args.slice(-2)).toEqual([THREAD, '-']);
  });

  it('is adopted with a warning when codex went on in another one', async () => {
    const { agent } = play({ lines: [thread(OTHER_THREAD), ...good.slice(1)] });
    const turn = turnCall({ resume: THREAD, totalsBefore: usage({ inputTokens: 999 }) });
    const report = answered(await agent.run(turn));
    expect(report.sessionId).toBe(OTHER_THREAD);
    expect(report.warnings).toEqual([expect.stringContaining(OTHER_THREAD)]);
    expect(turn.sessions).toEqual([OTHER_THREAD]);
    expect(report.usage.inputTokens).toBe(1000);
  });

  it('is warned about before an id is passed on that is none of codex', async () => {
    const { agent } = play({ lines: good });
    const turn = turnCall({ resume: 'my session' });
    const report = answered(await agent.run(turn));
    expect(turn.activities[0]).toMatchObject({ kind: 'notice' });
    expect(report.warnings[0]).toContain('my session is not an id of codex');
  });

  it('is stored before the turn is over, and a store that fails is not hidden', async () => {
    const { agent } = play({ lines: good });
    const turn = turnCall({ onSession: () => Promise.reject(new Error('disk full')) });
    await expect(agent.run(turn)).rejects.toThrow('disk full');
  });
});

describe('the usage of codex', () => {
  it('is the turn’s own, by subtraction from what the thread had used', async () => {
    const { agent } = play({ lines: [thread(), completed(1050, 3)] });
    const before = usage({ inputTokens: 1000, cachedInputTokens: 10, outputTokens: 1, reasoningTokens: 0 });
    const report = answered(await agent.run(turnCall({ resume: THREAD, totalsBefore: before })));
    expect(report.usage).toEqual(usage({ inputTokens: 50, cachedInputTokens: 0, outputTokens: 2, reasoningTokens: 0 }));
    expect(report.sessionTotals).toMatchObject({ inputTokens: 1050, outputTokens: 3, costUsd: null });
  });

  it('is unknown in a resumed thread of which nothing was known', async () => {
    const { agent } = play({ lines: good });
    expect(answered(await agent.run(turnCall({ resume: THREAD }))).usage).toEqual(UNKNOWN_USAGE);
  });

  it('is unknown when the turn fails, since codex does not tell it', async () => {
    const { agent } = play({ lines: [thread(), codexLines.failed('x')], exitCode: 1 });
    expect((await agent.run(turnCall())).usage).toEqual(UNKNOWN_USAGE);
  });
});

describe('what codex does', () => {
  it('is shown as it happens', async () => {
    const lines = [
      item({ type: 'command_execution', command: "/bin/bash -lc 'npm test'" }, 'item.started'),
      item({ type: 'file_change', changes: [{ path: 'a.ts' }] }),
      ...good,
    ];
    const turn = turnCall();
    await play({ lines }).agent.run(turn);
    expect(turn.activities).toEqual([
      { kind: 'command', text: 'npm test' },
      { kind: 'file', text: 'a.ts' },
      { kind: 'message', text: 'Looking.' },
      { kind: 'message', text: 'Done.' },
      { kind: 'usage', usage: expect.objectContaining({ inputTokens: 1000 }) as unknown },
    ]);
  });

  const failing = (output: string) =>
    item({ type: 'command_execution', command: 'x', exit_code: 1, status: 'failed', aggregated_output: output });

  it.each([
    ['curl: (6) Could not resolve host: example.invalid', 'provider.codex.network_access'],
    ['touch: cannot touch /etc/x: Read-only file system', 'provider.codex.sandbox: bypass'],
  ])('is explained with the sandbox’s setting when it fails by it: %s', async (output, setting) => {
    const report = await play({ lines: [failing(output), failing(output), ...good] }).agent.run(turnCall());
    expect(answered(report).warnings).toEqual([expect.stringContaining(setting)]);
  });

  it('counts as denied when the sandbox itself does not start', async () => {
    const output = 'bwrap: Unexpected capabilities but not setuid, old file caps config?\n';
    const { denied, warnings } = answered(await play({ lines: [failing(output), ...good] }).agent.run(turnCall()));
    const words = /bwrap: Unexpected capabilities.*provider\.codex\.sandbox: bypass/;
    expect(denied).toEqual([expect.stringMatching(words)]);
    expect(warnings).toEqual([expect.stringMatching(words)]);
  });

  it('is not explained so when it fails by itself, or without a sandbox', async () => {
    const ordinary = await play({ lines: [failing('1 test failed'), ...good] }).agent.run(turnCall());
    const free = await play({ lines: [failing('Permission denied'), ...good] }, { sandbox: 'bypass' }).agent.run(
      turnCall(),
    );
    expect([...answered(ordinary).warnings, ...answered(free).warnings]).toEqual([]);
  });
});
