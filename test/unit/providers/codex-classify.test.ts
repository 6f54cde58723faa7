import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CodexFailure } from '../../../src/providers/codex/classify.ts';
import { classifyCodex } from '../../../src/providers/codex/classify.ts';
import { NOW } from './fakes.ts';

/** A turn that failed by `turn.failed`, unless changed. */
const turnFailed = (message: string): CodexFailure => ({
  message,
  silent: false,
  terminal: true,
  exitCode: 1,
  signal: null,
  stderr: '',
});
/** An exit without any event, with these words on standard error. */
const refused = (stderr: string, changes: Partial<CodexFailure> = {}): CodexFailure => ({
  ...turnFailed(''),
  message: null,
  silent: true,
  terminal: false,
  stderr,
  ...changes,
});
const body = (error: object, status = 400): string => JSON.stringify({ type: 'error', status, error });
const classOf = (failure: CodexFailure): string => classifyCodex(failure, NOW).class;

describe('what codex says of a failed request', () => {
  it.each([
    ['401', 'unexpected status 401 Unauthorized: Incorrect API key provided, url: http://x/v1, request id: r', 'auth'],
    ['403', 'unexpected status 403 Forbidden: no access, url: http://x/v1, request id: r', 'auth'],
    ['404', 'unexpected status 404 Not Found: nothing here, url: http://x/v1', 'bad_model'],
    [
      '400 of a model that the account may not use',
      `{"type":"error","status":400,"error":{"message":"The 'x' model is not supported when using Codex with a ChatGPT account."}}`,
      'bad_model',
    ],
    [
      '400 of such a model in other words',
      `{"detail":"The 'x' model is not supported when using Codex with a ChatGPT account."}`,
      'bad_model',
    ],
    ['404 of a model', 'The model `gpt-0` does not exist or you do not have access to it.', 'bad_model'],
    ['400', body({ type: 'invalid_request_error', message: 'Unknown parameter.' }), 'other'],
    ['400, context', body({ code: 'context_length_exceeded', message: 'Too long.' }), 'context_full'],
    [
      '400, context, worded',
      "Codex ran out of room in the model's context window. Start a new thread.",
      'context_full',
    ],
    ['400, no quota', 'Quota exceeded. Check your plan and billing details.', 'limit'],
    ['400, no quota, raw', body({ code: 'insufficient_quota', message: 'No more.' }), 'limit'],
    ['429 after retries', 'exceeded retry limit, last status: 429 Too Many Requests, request id: r', 'transient'],
    ['429, long limit', 'You’ve hit your usage limit. Upgrade to Pro or try again at 7:51 PM.', 'limit'],
    ['500', 'We’re currently experiencing high demand, which may cause temporary errors.', 'transient'],
    ['503', 'Selected model is at capacity. Please try a different model.', 'transient'],
    ['529', 'unexpected status 529 <unknown status code>: Overloaded, url: http://x/v1/responses', 'transient'],
    ['reset', 'stream disconnected before completion: error sending request for url (http://x/v1)', 'transient'],
    ['stream cut', 'stream disconnected before completion: stream closed before response.completed', 'transient'],
    [
      'stream cut, worded by the transport',
      'stream disconnected before completion: Transport error: network error: error decoding response body',
      'transient',
    ],
    ['no key', 'Missing environment variable: `MOCK_API_KEY`.', 'auth'],
    ['anything else', 'Something that nobody has seen before.', 'other'],
  ])('is classified: %s', (_name, message, expected) => {
    expect(classOf(turnFailed(message))).toBe(expected);
  });
});

describe('what codex says before its turn begins', () => {
  it.each([
    ['an unknown option', 2, "error: unexpected argument '--full-auto' found", 'configuration'],
    ['its configuration', 1, 'Error loading config.toml: unknown configuration field', 'configuration'],
    [
      'no repository',
      1,
      'Not inside a trusted directory and --skip-git-repo-check was not specified.',
      'configuration',
    ],
    ['no prompt', 1, 'No prompt provided via stdin.', 'configuration'],
    [
      'a session it does not know',
      1,
      'Error: thread/resume: thread/resume failed: no rollout found for thread id 01a2 (code -32600)',
      'unknown_session',
    ],
    ['a session in use', 1, 'Error: thread/resume: thread 01a2 already has an active writer', 'transient'],
    ['no key', 1, 'Missing environment variable: `OPENAI_API_KEY`.', 'auth'],
    ['a crash', 101, 'thread main panicked: boom', 'other'],
    ['anything else', 3, 'boom', 'other'],
  ])('is classified: %s', (_name, exitCode, stderr, expected) => {
    expect(classOf(refused(stderr, { exitCode }))).toBe(expected);
  });

  it('is classified when only the thread was begun: a prompt that is too long', () => {
    const stderr =
      'Error: turn/start failed: Input exceeds the maximum length of 1048576 characters. "input_error_code":"input_too_large"';
    expect(classOf(refused(stderr, { silent: false }))).toBe('context_full');
  });
});

describe('a turn of codex without a terminal event', () => {
  it.each([
    ['ended by a signal', { exitCode: null, signal: 'SIGTERM' }],
    ['ended by a signal, told by a shell', { exitCode: 143 }],
    ['killed', { exitCode: 137 }],
    ['interrupted, as codex itself exits', { exitCode: 1, silent: false }],
    ['ended as if all were well', { exitCode: 0 }],
  ])('was interrupted when it was %s', (_name, changes) => {
    expect(classOf(refused('', changes))).toBe('interrupted');
  });
});

describe('the verdict', () => {
  it('tells when a usage limit ends', () => {
    const verdict = classifyCodex(turnFailed('You’ve hit your usage limit. Try again at 7:51 PM.'), NOW);
    expect(verdict.resetsAt).toEqual(new Date(2026, 10, 24, 19, 51));
  });

  it('tells a stated wait', () => {
    const verdict = classifyCodex(turnFailed('stream disconnected: rate limit reached, try again in 2s'), NOW);
    expect(verdict).toMatchObject({ class: 'transient', retryAfterMs: 2000 });
  });

  it('takes the server’s message out of the body that codex prints', () => {
    expect(classifyCodex(turnFailed(body({ message: 'Unknown parameter.' })), NOW).message).toBe(
      'codex exited with code 1: Unknown parameter.',
    );
  });

  it('names the setting of a model that does not exist', () => {
    expect(classifyCodex(turnFailed('The model `x` does not exist'), NOW).hint).toContain('provider.codex.model');
  });

  it('says how codex ended when it gave no words', () => {
    expect(classifyCodex(refused('', { exitCode: 3 }), NOW).message).toBe(
      'codex exited with code 3 before its turn was over',
    );
    expect(classifyCodex(refused('', { exitCode: null, signal: 'SIGKILL' }), NOW).message).toContain(
      'was ended by SIGKILL',
    );
  });

  it('rests on what turn.failed says, not on the noise of standard error', () => {
    const noisy = {
      ...turnFailed('Something that nobody has seen before.'),
      stderr: 'ERROR websocket: 401 Unauthorized, not logged in',
    };
    expect(classOf(noisy)).toBe('other');
  });

  it('is one of the known classes and a short line, whatever is printed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(255), fc.boolean(), (message, stderr, exitCode, silent) => {
        const verdict = classifyCodex({ ...refused(stderr, { exitCode, silent }), message }, NOW);
        expect(verdict.message.length).toBeLessThan(400);
        expect(verdict.message).not.toBe('');
      }),
    );
  });
});
