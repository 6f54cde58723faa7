import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClaudeFailure } from '../../../src/providers/claude/classify.ts';
import { classifyClaude } from '../../../src/providers/claude/classify.ts';
import { claudeResult, NOW } from './fakes.ts';

/** A turn whose result is an error, as claude prints it after an API error. */
const errorResult = (result: string | undefined, changes: Record<string, unknown> = {}): ClaudeFailure => ({
  result: claudeResult({ is_error: true, terminal_reason: 'api_error', result, ...changes }),
  retries: null,
  limitEvent: null,
  exitCode: 1,
  signal: null,
  stderr: '',
});
/** An exit without a result. */
const refused = (stderr: string, changes: Partial<ClaudeFailure> = {}): ClaudeFailure => ({
  ...errorResult(''),
  result: null,
  stderr,
  ...changes,
});
const api = (status: number, type: string) => ({ api_error_status: status, api_error_type: type });
const classOf = (failure: ClaudeFailure): string => classifyClaude(failure, NOW).class;

describe('what the result of claude says of a failed request', () => {
  it.each([
    ['401', 'Invalid API key · Fix external API key', api(401, 'authentication_error'), 'auth'],
    ['403', 'Failed to authenticate. API Error: 403 no access', api(403, 'permission_error'), 'auth'],
    ['404', "There's an issue with the selected model (x).", api(404, 'not_found_error'), 'bad_model'],
    ['400', 'API Error: 400 messages: bad', api(400, 'invalid_request_error'), 'other'],
    [
      '400, too long',
      'Prompt is too long',
      { ...api(400, 'invalid_request_error'), terminal_reason: 'prompt_too_long' },
      'context_full',
    ],
    ['too long to send', 'Prompt is too long', { terminal_reason: 'blocking_limit' }, 'context_full'],
    ['400, no credit', 'Credit balance is too low', api(400, 'invalid_request_error'), 'limit'],
    [
      '400, the limit that the owner of the key has set',
      'API Error: 400 You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
      api(400, 'invalid_request_error'),
      'limit',
    ],
    [
      '429 after retries',
      'API Error: Request rejected (429) · slow down',
      { ...api(429, 'rate_limit_error'), duration_ms: 185_000 },
      'transient',
    ],
    [
      '429 at once',
      'API Error: Request rejected (429) · no more',
      { ...api(429, 'rate_limit_error'), duration_ms: 800 },
      'limit',
    ],
    [
      'a limit of the subscription by its name, however it is worded',
      'Come back later.',
      { ...api(429, 'rate_limit_error'), api_error: 'usage_limit_reached', duration_ms: 9000 },
      'limit',
    ],
    ['a limit of the subscription', "You've hit your session limit · resets 3pm", {}, 'limit'],
    ['a weekly limit', 'Weekly limit reached · resets 10am', {}, 'limit'],
    [
      '401, as the service words it',
      'Failed to authenticate. API Error: 401 bad key',
      api(401, 'authentication_error'),
      'auth',
    ],
    ['500', 'API Error: 500 Internal server error', api(500, 'api_error'), 'transient'],
    ['529 without retries', 'API Error: 529 Overloaded.', api(529, 'overloaded_error'), 'transient'],
    ['a stream cut', 'API Error: Connection dropped (ECONNRESET).', { api_error: 'connection_failed' }, 'transient'],
    ['529', 'Repeated 529 Overloaded errors. Try again later.', api(529, 'overloaded_error'), 'transient'],
    ['reset', 'API Error: ECONNRESET', { api_error: 'connection_failed' }, 'transient'],
    ['refused', 'Connection refused by the server (ECONNREFUSED)', { api_error: 'connection_failed' }, 'transient'],
    ['a time-out', 'Request timed out', {}, 'transient'],
    ['an error in the stream', 'Server error mid-response. The response above may be incomplete.', {}, 'transient'],
    ['no key', 'Not logged in · Please run /login', {}, 'auth'],
    ['anything else', 'Something that nobody has seen before.', {}, 'other'],
  ])('is classified: %s', (_name, text, changes, expected) => {
    expect(classOf(errorResult(text, changes))).toBe(expected);
  });

  it('is classified by the retries where claude tells of them', () => {
    const failure = errorResult('API Error: Request rejected (429)', {
      ...api(429, 'rate_limit_error'),
      duration_ms: 800,
    });
    expect(classOf({ ...failure, retries: 2 })).toBe('transient');
    expect(classOf({ ...failure, retries: 0 })).toBe('limit');
  });
});

describe('what claude says instead of a result', () => {
  it.each([
    ['an unknown option', "error: unknown option '--x'", 'configuration'],
    ['a bad value', "error: option '--permission-mode <mode>' argument 'x' is invalid.", 'configuration'],
    ['a missing file', 'Error: Append system prompt file not found: /x', 'configuration'],
    [
      'root',
      '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons',
      'configuration',
    ],
    ['a session it does not know', 'No conversation found with session ID: 01a2', 'unknown_session'],
    ['what is no session', 'Error: --resume requires a valid session ID or session title', 'unknown_session'],
    ['a session in use', 'Error: Session ID 01a2 is already in use.', 'transient'],
    ['anything else', 'boom', 'other'],
  ])('is classified: %s', (_name, stderr, expected) => {
    expect(classOf(refused(stderr))).toBe(expected);
  });

  it('is classified when stream-json adds a result: a session it does not know', () => {
    const result = claudeResult({ is_error: true, subtype: 'error_during_execution', num_turns: 0, result: undefined });
    expect(classOf(refused('No conversation found with session ID: 01a2', { result }))).toBe('unknown_session');
  });
});

describe('a turn of claude that was cut short', () => {
  it.each([
    ['by SIGTERM', { exitCode: 143 }],
    ['by SIGHUP', { exitCode: 129 }],
    ['by SIGKILL', { exitCode: null, signal: 'SIGKILL' }],
    ['without a word', { exitCode: 0 }],
  ])('was interrupted: %s', (_name, changes) => {
    expect(classOf(refused('', changes))).toBe('interrupted');
  });

  it('was interrupted: by SIGINT, after which claude exits with 0', () => {
    const aborted = { subtype: 'error_during_execution', terminal_reason: 'aborted_tools' };
    expect(classOf({ ...errorResult(undefined, aborted), exitCode: 0 })).toBe('interrupted');
  });

  it.each([
    [
      'turns',
      { subtype: 'error_max_turns', terminal_reason: 'max_turns', errors: ['Reached maximum number of turns (1)'] },
      'maximum number of turns',
    ],
    ['money', { subtype: 'error_max_budget_usd', terminal_reason: 'budget_exhausted' }, 'budget_exhausted'],
    ['output', { api_error: 'max_output_tokens', stop_reason: 'max_tokens' }, 'max_output_tokens'],
    ['will', { stop_reason: 'refusal', terminal_reason: 'refusal' }, 'refusal'],
  ])('failed for a reason that is named: out of %s', (_name, changes, words) => {
    const verdict = classifyClaude(errorResult(undefined, changes), NOW);
    expect(verdict.class).toBe('other');
    expect(verdict.message).toContain(words);
  });
});

describe('the verdict on claude', () => {
  it.each([
    ['refusal', { stop_reason: 'refusal' }],
    ['max_tokens', { api_error: 'max_output_tokens' }],
    ['limits', { subtype: 'error_max_turns' }],
    ['a code after a good result', { is_error: false }],
  ])('does not rest on what the model said: %s', (_name, changes) => {
    const prose = "Not logged in: you've hit your usage limit. Prompt is too long";
    expect(classOf(errorResult(prose, { terminal_reason: null, ...changes }))).toBe('other');
  });

  it('tells when a limit ends', () => {
    const verdict = classifyClaude(errorResult("You've hit your limit · resets 3pm (Europe/Berlin)"), NOW);
    expect(verdict.resetsAt).toEqual(new Date('2026-11-24T14:00:00Z'));
  });

  it('is a short line, whatever is printed', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.nat(255), (result, stderr, exitCode) => {
        const verdict = classifyClaude(
          { result: { is_error: true, ...result }, retries: null, limitEvent: null, exitCode, signal: null, stderr },
          NOW,
        );
        expect(verdict.message).not.toBe('');
        expect(verdict.message.length).toBeLessThan(400);
      }),
    );
  });
});
