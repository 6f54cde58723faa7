import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AgentScript } from '../../support/fake-agent/script.ts';
import { bench, events, promptOf } from './bench.ts';

const START = ['-p', '--output-format', 'json'];
const ID = '11111111-1111-4111-8111-111111111111';
const PROMPT = `\n${promptOf({ role: 'verifier' })}`;

function ask(script: AgentScript = {}, env: Record<string, string> = {}) {
  return bench('claude', script, env);
}

describe('the fake claude', () => {
  it('prints one JSON object with its answer', async () => {
    using claude = ask();
    const done = await claude.call([...START, '--session-id', ID], PROMPT);
    expect(done.code).toBe(0);
    expect(events(done)).toMatchObject([{ type: 'result', subtype: 'success', is_error: false, session_id: ID }]);
  });

  it('counts cost and model usage over the session, and usage per call', async () => {
    using claude = ask({ rules: [{ usage: { input: 7, costUsd: 0.25 } }] });
    await claude.call([...START, '--session-id', ID], PROMPT);
    const [second] = events(await claude.call([...START, '--resume', ID], PROMPT));
    expect(second).toMatchObject({ total_cost_usd: 0.5, usage: { input_tokens: 7 }, session_id: ID });
    expect(second?.['modelUsage']).toMatchObject({ 'claude-opus-5-5': { inputTokens: 14, costUSD: 0.5 } });
  });

  it.each([
    [['-p', '--no-such-thing'], "error: unknown option '--no-such-thing'"],
    [['-p', '--output-format', 'stream-json'], 'requires --verbose'],
    [['-p', '--permission-mode', 'bogus'], 'is invalid'],
    [['-p', '--append-system-prompt-file', '/no/such/file'], 'Append system prompt file not found'],
    [['-p', '--session-id', 'mine'], 'Invalid session ID'],
  ])('refuses %j with exit code 1 before it reads anything', async (args, message) => {
    using claude = ask();
    const done = await claude.call(args, 'x');
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain(message);
    expect(claude.calls()).toEqual([]);
  });

  it('knows no session that it did not start, and starts none twice', async () => {
    using claude = ask();
    expect((await claude.call([...START, '--resume', ID], PROMPT)).stderr).toContain(
      `No conversation found with session ID: ${ID}`,
    );
    await claude.call([...START, '--session-id', ID], PROMPT);
    expect((await claude.call([...START, '--session-id', ID], PROMPT)).stderr).toContain('is already in use');
  });

  it('takes a prompt that begins with a slash for a command', async () => {
    using claude = ask();
    expect(events(await claude.call(START, '/help me'))).toMatchObject([{ is_error: false, result: '' }]);
    expect(claude.calls()).toMatchObject([{ kind: 'slash' }]);
  });

  it('records the system prompt file', async () => {
    using claude = ask();
    const file = path.join(claude.workspace, 'contract.md');
    writeFileSync(file, 'the contract');
    await claude.call([...START, '--append-system-prompt-file', file], PROMPT);
    expect(claude.calls()).toMatchObject([{ systemPrompt: 'the contract' }]);
  });

  it('streams events with stream-json, and prints an array with --verbose', async () => {
    using claude = ask();
    const streamed = events(await claude.call(['-p', '--output-format', 'stream-json', '--verbose'], PROMPT));
    expect(streamed.map((event) => event['type'])).toEqual(['system', 'assistant', 'result']);
    const array = JSON.parse((await claude.call([...START, '--verbose'], PROMPT)).stdout) as unknown[];
    expect(array.at(-1)).toMatchObject({ type: 'result' });
  });

  it.each([
    ['auth', 1, { is_error: true, api_error_status: 401 }],
    ['overloaded', 1, { is_error: true, api_error_status: 529 }],
    ['network', 1, { is_error: true, api_error: 'connection_failed', api_error_status: null }],
    ['context_full', 1, { terminal_reason: 'prompt_too_long' }],
    ['is_error_exit_0', 0, { subtype: 'success', is_error: true }],
    ['sigint_exit_0', 0, { subtype: 'error_during_execution', is_error: true }],
  ] as const)('fails a turn as %s', async (failure, code, result) => {
    using claude = ask({ rules: [{ failure }] });
    const done = await claude.call(START, PROMPT);
    expect(done.code).toBe(code);
    expect(events(done)).toMatchObject([result]);
  });

  it('has no result at the limit of turns', async () => {
    using claude = ask({ rules: [{ failure: 'max_turns' }] });
    const [result] = events(await claude.call(START, PROMPT));
    expect(result).toMatchObject({ subtype: 'error_max_turns' });
    expect(result).not.toHaveProperty('result');
  });

  it('names the tools that were denied', async () => {
    using claude = ask({ rules: [{ denials: ['Write'] }] });
    expect(events(await claude.call(START, PROMPT))).toMatchObject([{ permission_denials: [{ tool_name: 'Write' }] }]);
  });

  it.each([
    ['SIGINT', 0, 'error_during_execution'],
    ['SIGTERM', 143, ''],
    ['SIGHUP', 129, ''],
  ] as const)('ends at %s with exit code %i', async (signal, code, printed) => {
    using claude = ask({ rules: [{ remote: true }] });
    const call = claude.launch(START, PROMPT);
    const turn = await claude.nextTurn();
    call.child.kill(signal);
    const done = await call.done;
    expect(done.code).toBe(code);
    if (printed === '') expect(done.stdout).toBe('');
    else expect(done.stdout).toContain(printed);
    await turn.gone;
  });

  it.each([
    [{}, { ANTHROPIC_API_KEY: 'k' }, 0, 'api_key'],
    [{}, {}, 0, 'oauth_token'],
    [{ loggedIn: false }, {}, 1, 'none'],
  ])('tells who pays: %j with %j', async (script, env, code, authMethod) => {
    using claude = ask(script, env);
    const done = await claude.call(['auth', 'status'], '');
    expect(done.code).toBe(code);
    expect(JSON.parse(done.stdout)).toMatchObject({ authMethod });
  });

  it.runIf(process.getuid?.() === 0)('bypasses no permissions as root', async () => {
    using claude = ask();
    expect((await claude.call(['-p', '--dangerously-skip-permissions'], PROMPT)).code).toBe(1);
    using sandboxed = ask({}, { IS_SANDBOX: '1' });
    expect((await sandboxed.call(['-p', '--dangerously-skip-permissions'], PROMPT)).code).toBe(0);
  });
});
