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
    ['Slack app', 'xapp-1-A0123456789-abcdef', '[redacted Slack token]'],
    ['Stripe webhook', `whsec_${A.slice(0, 32)}`, '[redacted Stripe key]'],
    ['JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', '[redacted JWT]'],
  ];

  it.each(tokens)('replaces tokens: %s', (_name, token, replacement) => {
    for (const [before, after] of [
      ['', ''],
      ['key="', '"'],
      ['TOKEN=', '\n'],
      ['\\n', '\\n'],
      ['(', ').'],
      ['\\u003d', '\\u0026'],
      ['\\x0a', '"'],
      ['%3D', '&'],
      ['\x1b[1;32m', '\x1b[0m'],
      ['\\u001b[32m', '\\u001b[0m'],
      ['\\033[m', ' '],
    ] as const) {
      expect(redactTokens(before + token + after)).toBe(before + replacement + after);
    }
  });

  it.each([
    [`secretAccessKey: ${A}:_auth=${A}`, 'secretAccessKey: [redacted AWS secret]:_auth=[redacted npm token]'],
    [`secretAccessKey: ${A}--api-key ${A}`, 'secretAccessKey: [redacted AWS secret]--api-key [redacted API key]'],
    ['Authorization: Bearer \\ %3A%2F', 'Authorization: Bearer \\ [redacted credentials]'],
  ])('finds at once what a replacement beside it would bring to light: %s', (text, redacted) => {
    expect(redactTokens(text)).toBe(redacted);
    expect(redactTokens(redacted)).toBe(redacted);
  });

  it.each([
    ['Authorization: Bearer abc', 'Authorization: Bearer [redacted credentials]'],
    ["-H 'authorization: basic dTpw'", "-H 'authorization: basic [redacted credentials]'"],
    ['{"Authorization": "token abc"}', '{"Authorization": "token [redacted credentials]"}'],
    [`Bearer ${A}==`, 'Bearer [redacted credentials]'],
    ['https://user:p@ss@host/x', 'https://[redacted credentials]@host/x'],
    [`https://x-access-token:ghp_${A}@github.com`, 'https://[redacted credentials]@github.com'],
    [`https://ghp_${A}@github.com`, 'https://[redacted GitHub token]@github.com'],
    ['"https:\\/\\/user:pass@host"', '"https:\\/\\/[redacted credentials]@host"'],
    ['to=https%3A%2F%2Fuser%3Apa%24s%40host', 'to=https%3A%2F%2F[redacted credentials]%40host'],
    ['https://me@corp.example:pass@host/x', 'https://[redacted credentials]@host/x'],
    ['{\\"Authorization\\":\\"Bearer abc\\"}', '{\\"Authorization\\":\\"Bearer [redacted credentials]\\"}'],
    ['("authorization", "Bearer abc")', '("authorization", "Bearer [redacted credentials]")'],
    ['**Authorization:** `Bearer a[b]c`', '**Authorization:** `Bearer [redacted credentials]`'],
    ['//npm.example.org/:_authToken=12345678-aaaa', '//npm.example.org/:_authToken=[redacted npm token]'],
    ['machine a login b password c[d]\\e f', 'machine a login b password [redacted password] f'],
    ['machine a login b account c password "d e"', 'machine a login b account c password [redacted password]'],
    ['machine a.example password b login c', 'machine a.example password [redacted password] login c'],
    ['postgres://user:pa/ss#1@host/db', 'postgres://[redacted credentials]@host/db'],
    ['amqp://me:a?b@c@10.0.0.1:5672/v', 'amqp://[redacted credentials]@10.0.0.1:5672/v'],
    ['"redis:\\/\\/:p\\/q@host"', '"redis:\\/\\/[redacted credentials]@host"'],
    ['mysql://u:12/34x@host and http://h:80/@a', 'mysql://u:12/34x@host and http://h:80/@a'],
    [`X-Api-Key: ${A}`, 'X-Api-Key: [redacted API key]'],
    [`-H 'api-key: ${A.slice(0, 16)}a1=='`, "-H 'api-key: [redacted API key]'"],
    [`{"access_token": "${A}.b-c"}`, '{"access_token": "[redacted API key]"}'],
    [`export SOME_API_KEY=${A}&`, 'export SOME_API_KEY=[redacted API key]&'],
    [`PRIVATE-TOKEN: 550e8400-e29b-41d4-a716-446655440000`, 'PRIVATE-TOKEN: [redacted API key]'],
    [`tool --api-key ${A} x`, 'tool --api-key [redacted API key] x'],
    ['default login a password b', 'default login a password [redacted password]'],
    ['"machine a\\n  login b\\n  password c\\n"', '"machine a\\n  login b\\n  password [redacted password]\\n"'],
  ])('replaces the secret part of %s', (text, redacted) => {
    expect(redactTokens(text)).toBe(redacted);
  });

  it.each([
    'AWS_SECRET_ACCESS_KEY=',
    'aws_secret_access_key        =        ',
    '"SecretAccessKey": "',
    '{\\"aws_secret_access_key\\": \\"',
    ":aws_secret_access_key => '",
    "os.environ['AWS_SECRET_ACCESS_KEY'] = '",
    'aws_secret_access_key: >-\n  ',
    'aws configure set aws_secret_access_key ',
    '| aws_secret_access_key | ',
    'AWS_SECRET_ACCESS_KEY\\u003d',
  ])('replaces the secret half of an AWS key behind %j', (name) => {
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    for (const value of [secret, secret.replaceAll('/', '\\/')]) {
      expect(redactTokens(`${name}${value}"`)).toBe(`${name}[redacted AWS secret]"`);
    }
  });

  it('replaces private keys, whole, escaped or cut off', () => {
    const line = A.repeat(2).slice(0, 64);
    const key = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${line}\n${line}=\n-----END RSA PRIVATE KEY-----`;
    expect(redactTokens(`a\n${key}\nb`)).toBe('a\n[redacted private key]\nb');
    expect(redactTokens(JSON.stringify({ key }))).toBe('{"key":"[redacted private key]"}');
    expect(redactTokens(`-----BEGIN PRIVATE KEY-----\n${line}\n${line}\nthe end`)).toBe(
      '[redacted private key]\nthe end',
    );
    for (const between of ['\n> ', '\n\n> | ', '\\u000a', '\nDEK-Info: AES-128-CBC,00\n\n']) {
      expect(redactTokens(`-----BEGIN PRIVATE KEY-----${between}${line}`)).toBe('[redacted private key]');
    }
    const certificate = `-----BEGIN CERTIFICATE-----\n${line}\n-----END CERTIFICATE-----`;
    expect(redactTokens(certificate)).toBe(certificate);
  });

  it('replaces private keys of PuTTY and of SSH2', () => {
    const line = A.repeat(2).slice(0, 64);
    for (const end of ['\nPrivate-MAC: 00', '\n', '"', '\nthat was it']) {
      const head = 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 2\n';
      const file = `${head}${line}\nAb0=${end}`;
      expect(redactTokens(file)).toBe(`${head}[redacted private key]${end}`);
      expect(redactTokens(JSON.stringify(file))).toBe(JSON.stringify(`${head}[redacted private key]${end}`));
    }
    const ssh2 = `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: "a b"\n${line}\n${line}\nAb0=`;
    expect(redactTokens(`a\n${ssh2}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\nb`)).toBe(
      'a\n[redacted private key]\nb',
    );
    expect(redactTokens(`${ssh2.slice(0, -5)}\nthe end`)).toBe('[redacted private key]\nthe end');
    const removed = `-----BEGIN PRIVATE KEY-----\n${`${line}\n`.repeat(60)}Ab0=\n-----END PRIVATE KEY-----\n`;
    expect(redactTokens(removed.replaceAll(/^(?=.)/gm, '-'))).toBe('-[redacted private key]\n');
  });

  it.each([
    ['ghp_', 36, 'GitHub token'],
    ['github_pat_', 82, 'GitHub token'],
    ['sk-ant-api03-', 95, 'Anthropic key'],
    ['AIza', 35, 'Google key'],
    ['npm_', 36, 'npm token'],
    ['aws_secret_access_key: ', 40, 'AWS secret'],
  ])('replaces tokens of a known length that are wrapped over lines: %s', (start, length, kind) => {
    const body = A.repeat(3).slice(0, length);
    const named = start.startsWith('aws') ? start : '';
    for (const at of [1, 12, 30]) {
      for (const cut of ['\n', '\r\n    ', '=\n', '\n> > ', ' \\\n  '.trimStart(), '\\n']) {
        const text = `a ${start}${body.slice(0, at)}${cut}${body.slice(at)}\nthe end`;
        expect(redactTokens(text)).toBe(`a ${named}[redacted ${kind}]\nthe end`);
      }
    }
    const listed = `${start}\n${'word\n'.repeat(30)}`;
    expect(redactTokens(listed)).toBe(listed);
  });

  it('replaces a JWT that is wrapped over lines, and leaves the next line', () => {
    const jwt = `eyJ${A.slice(0, 33)}.eyJ${A.repeat(3)}.${A}abc`;
    for (const width of [7, 64, 76]) {
      for (const cut of ['\n', '\n    ', '=\r\n', '\n> ']) {
        const text = jwt.replaceAll(new RegExp(`.{${width}}(?=.)`, 'g'), `$&${cut}`);
        expect(redactTokens(`t: ${text}\nbye\n`)).toBe('t: [redacted JWT]\nbye\n');
      }
    }
    const names = `eyJabcdefghi.eyJabcdefghi\nword\nother.\n${'word\n'.repeat(9)}`;
    expect(redactTokens(names)).toBe(names);
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
    'Authorization: Bearer $API_TOKEN',
    'headers: { Authorization: `Bearer ${token}` }',
    'Authorization: Bearer <your token>',
    'authorization: `Basic ${Buffer.from(x)}`, `machine ${host} login ${name} password ${word}`',
    'Authorization: Bearer {{token}}',
    'https://$USER:$PASSWORD@host and https://me:${PASSWORD}@host',
    '//registry.npmjs.org/:_authToken=${NPM_TOKEN}',
    'secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY',
    'docker://alpine:3.8@sha256:0123456789abcdef',
    'http://localhost:PORT/@scope/a, http://h:$PORT/@b, http://h:${port}/@c, file://C:/a/@b, http://[::1]:80/@a',
    'ssh://git@github.com:owner/name@v1 and http://host:80/a:b/c@d',
    "headers: { 'x-api-key': process.env.API_KEY_2024, apiKey: config.v2.keys.k3.main }",
    'api-key: your-api-key-goes-here and X-Api-Key: <key>, auth_token = readToken2From3Files(x)',
    'access_key: ./keys/a1b2c3/d4e5f6.pem and api_key: test-api-key-number-1234',
    'a Private-Lines: 8 in the file, ---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ---- begins it',
    'the machine needs password protection, and the default login page password reset',
  ])('leaves %j alone', (text) => {
    expect(redactTokens(text)).toBe(text);
  });
});
