import { describe, expect, it } from 'vitest';
import { redactTokens } from '../../../src/core/redact.ts';

describe('redaction', () => {
  const A = 'Abcdefghij0123456789ABCDEFGHIJ0123456789';

  const tokens: readonly (readonly [string, string, string])[] = [
    ['OpenAI', `sk-${A}`, '[redacted API key]'],
    ['OpenAI project', `sk-proj-${A}_-x`, '[redacted API key]'],
    ['lower-case', 'sk-abcdefghijklmnopqrstuvwxyz', '[redacted API key]'],
    ['Anthropic', `sk-ant-api03-${A}`, '[redacted Anthropic key]'],
    ...['ghp', 'gho', 'ghs', 'ghu', 'ghr'].map((kind): [string, string, string] => [
      kind,
      `${kind}_${A}`,
      '[redacted GitHub token]',
    ]),
    ['fine-grained', `github_pat_${A}_x`, '[redacted GitHub token]'],
    ['Slack', 'xoxb-123456789012-abcDEF', '[redacted Slack token]'],
    ['AWS', 'AKIAIOSFODNN7EXAMPLE', '[redacted AWS key]'],
    ['Google', `AIza${A.slice(0, 35)}`, '[redacted Google key]'],
    ['npm', `npm_${A.slice(0, 36)}`, '[redacted npm token]'],
    ['GitLab', `glpat-${A.slice(0, 20)}`, '[redacted GitLab token]'],
    ['JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', '[redacted JWT]'],
  ];

  it.each(tokens)('replaces tokens: %s', (_name, token, replacement) => {
    for (const [before, after] of [
      ['', ''],
      ['key="', '"'],
      ['TOKEN=', '\n'],
      ['\\n', '\\n'],
      ['(', ').'],
    ] as const) {
      expect(redactTokens(before + token + after)).toBe(before + replacement + after);
    }
  });

  it.each([
    ['Authorization: Bearer abc', 'Authorization: Bearer [redacted credentials]'],
    ["-H 'authorization: basic dTpw'", "-H 'authorization: basic [redacted credentials]'"],
    ['{"Authorization": "token abc"}', '{"Authorization": "token [redacted credentials]"}'],
    [`Bearer ${A}==`, 'Bearer [redacted credentials]'],
    ['https://user:p@ss@host/x', 'https://[redacted credentials]@host/x'],
    [`https://x-access-token:ghp_${A}@github.com`, 'https://[redacted credentials]@github.com'],
    [`https://ghp_${A}@github.com`, 'https://[redacted GitHub token]@github.com'],
  ])('replaces the secret part of %s', (text, redacted) => {
    expect(redactTokens(text)).toBe(redacted);
  });

  it('replaces private keys, whole, escaped or cut off', () => {
    const line = A.repeat(2).slice(0, 64);
    const key = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${line}\n${line}=\n-----END RSA PRIVATE KEY-----`;
    expect(redactTokens(`a\n${key}\nb`)).toBe('a\n[redacted private key]\nb');
    expect(redactTokens(JSON.stringify({ key }))).toBe('{"key":"[redacted private key]"}');
    expect(redactTokens(`-----BEGIN PRIVATE KEY-----\n${line}\n${line}\nthe end`)).toBe(
      '[redacted private key]\nthe end',
    );
    const certificate = `-----BEGIN CERTIFICATE-----\n${line}\n-----END CERTIFICATE-----`;
    expect(redactTokens(certificate)).toBe(certificate);
  });

  it.each([
    'task-management-of-a-very-long-feature-name-2',
    'sk-folding-cube-container-wrapper',
    'the bearer authentication-middleware-module',
    'http://localhost:3000/@scope/name?x=a@b',
    'http://localhost:3000?mail=a@b.c',
    'the header -----BEGIN PRIVATE KEY----- starts a key',
    'AKIA and npm_config_registry and ghp_short',
    '0123456789abcdef0123456789abcdef01234567',
  ])('leaves %j alone', (text) => {
    expect(redactTokens(text)).toBe(text);
  });
});
