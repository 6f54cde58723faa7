import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactTokens } from '../../src/core/redact.ts';
import { screenLine, screenText } from '../../src/core/screen.ts';
import { expectLinear } from '../support/growth.ts';
import { tries } from '../support/tries.ts';

const alphanumeric = (length: number) => fc.stringMatching(new RegExp(`^[A-Za-z0-9]{${length}}$`));

const token = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        'sk-',
        'sk-ant-',
        'ghp_',
        'gho_',
        'ghs_',
        'github_pat_',
        'xoxb-',
        'xoxp-',
        'npm_',
        'glpat-',
        'AIza',
      ),
      alphanumeric(36),
    )
    .map((parts) => parts.join('')),
  fc.stringMatching(/^AKIA[A-Z0-9]{16}$/),
  fc.tuple(alphanumeric(10), alphanumeric(20), alphanumeric(20)).map(([a, b, c]) => `eyJ${a}.${b}.${c}`),
  alphanumeric(64).map((body) => `-----BEGIN EC PRIVATE KEY-----\n${body}\n-----END EC PRIVATE KEY-----`),
  alphanumeric(12).map((password) => `https://user:${password}@host/`),
  alphanumeric(24).map((value) => `Authorization: Bearer ${value}`),
  alphanumeric(24).map((value) => `{"authorization", \`Bearer ${value}`),
  alphanumeric(40).map((value) => `"secretAccessKey":"${value}`),
  alphanumeric(12).map((value) => `machine a login b password ${value}`),
  alphanumeric(16).map((value) => `:_authToken=${value}0`),
  alphanumeric(12).map((password) => `postgres://user:p/${password}#1@host/db`),
  fc.tuple(alphanumeric(12), alphanumeric(12)).map(([a, b]) => `x-api-key: '${a}0a0a${b}'`),
  fc.tuple(alphanumeric(11), alphanumeric(24)).map(([a, b]) => `ghp_${a}\n  0${b}`),
  fc.tuple(alphanumeric(64), alphanumeric(12)).map(([a, b]) => `Private-Lines: 2\n${a}\n${b}\n`),
);

/** Where the secret of a token begins; what stands before it may stay. */
function secretOf(value: string): string {
  const [, ...lines] = /^(ghp_.*|Private-Lines.*)\n\s*(.*)/.exec(value) ?? [];
  if (lines.length > 0) return lines[1] ?? value;
  return (
    /:\/\/user:(.*)@/.exec(value)?.[1] ?? /(?:Bearer |password |Token=|":"|key: ')([^']*)/.exec(value)?.[1] ?? value
  );
}

const between = fc.oneof(
  fc.constantFrom(' ', '\n', '"', "'", '=', ': ', ', ', '`', '(', ')', '<', '\\n'),
  fc.constant('\t'),
);
const surroundings = fc
  .tuple(fc.string(), between, between, fc.string())
  .map(([before, left, right, after]) => [before + left, right + after] as const);
const mixed = fc
  .array(
    fc.oneof(
      token,
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('@', ':', '://', '-', '_', '.', '-----', 'eyJ', 'sk-', '[', ']', '"', '\\', ' '),
      fc.constantFrom('%3A%2F%2F', '%3A', '%40', '\\/', 'Authorization: Bearer ', 'machine a login b password '),
      fc.constantFrom('api-key: ', 'ghp_', '\n', '=\n', '/', '#', '://a:b/', 'Private-Lines: 1\n', '---- '),
      fc.constantFrom(
        'secretAccessKey: ',
        ':_auth=',
        ':_password=',
        '--api-key ',
        '\\u003d',
        '\x1b[0m',
        '[redacted ',
        '[redacted password]',
      ),
    ),
  )
  .map((parts) => parts.join(''));

describe('redaction', () => {
  it('leaves nothing of a token that stands apart', () => {
    fc.assert(
      fc.property(surroundings, token, ([before, after], secret) => {
        const redacted = redactTokens(before + secret + after);
        expect(redacted).toContain('[redacted ');
        expect(redacted).not.toContain(secretOf(secret));
      }),
      { numRuns: tries(500) },
    );
  });

  it('done twice is done once', () => {
    fc.assert(
      fc.property(mixed, (text) => {
        const redacted = redactTokens(text);
        expect(redactTokens(redacted)).toBe(redacted);
      }),
      { numRuns: tries(2000) },
    );
  });

  it('leaves text without tokens alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.lorem(), fc.webUrl(), fc.uuid(), (any, prose, url, id) => {
        fc.pre(!/:\/\/|bearer|authorization/i.test(any));
        const text = `${any} ${prose}\n${url} ${id}`;
        expect(redactTokens(text)).toBe(text);
      }),
    );
  });

  it.each([
    ...[
      'sk-',
      'sk-ant-',
      'ghp_',
      'eyJ',
      'eyJ-',
      'eyJaaaaaaaaa.',
      '://',
      '://a:',
      'a:',
      '@',
      'Bearer ',
      'bearer a-',
      'authorization',
    ],
    ...[
      'authorization: ',
      'a',
      ' ',
      'A-',
      '\\n',
      '-----BEGIN PRIVATE KEY-----',
      '-----BEGIN PRIVATE KEY-----\n-',
      '-',
      '-----BEGIN ',
    ],
    ...['-----BEGIN PRIVATE KEY-----\naaaa', 'AKIA', 'AIza', 'xoxb-', 'npm_', '- '],
    ...['-----BEGIN PRIVATE KEY-----\nAbc-Def: a', '%3A%2F%2F', '%3A%2F%2Fa%3A', ':\\/\\/a:', '\\u003d', '[0;', '%3d'],
    ...['machine a ', 'machine a.a login ', 'machine a login a account a ', 'default login a ', 'password '],
    ...[
      'secretAccessKey',
      'aws_secret_access_key: ',
      'aws_secret_access_key\\/a',
      ':_password=',
      ':_auth = a',
      '${',
      '<a',
    ],
    ...[
      '://a:a/',
      '://:a?#',
      '://a:/@',
      'Private-Lines: 1\n',
      '---- BEGIN SSH2 PRIVATE KEY ----',
      'api-key: ',
      'api-key: a1',
    ],
    ...[
      'ghp_\n',
      'ghp_a1\n',
      'npm_a=\n',
      'AIza\n> ',
      'aws_secret_access_key: \na1',
      'a1=\n',
      'eyJaaaaaaaa\n',
      'eyJaaaaaaaa.eyJaaaaaaaa\n',
      'eyJaaaaaaaa.eyJaaaaaaaa.\na',
      '\n',
      '/',
      '?a',
      '--api-key  ',
    ],
    ...['authorization"', 'authorization: "Bearer ', 'authorization: bearer ]', 'authorization: bearer [redacted '],
  ])('takes time linear in the length of %j repeated', (piece) => {
    expectLinear((size) => {
      const text = piece.repeat(size / piece.length);
      redactTokens(`-----BEGIN PRIVATE KEY-----${text}`);
      redactTokens(`://a:Bearer eyJ${text}`);
      redactTokens(`://a:a/${text}`);
      redactTokens(`ghp_a1${text}`);
      redactTokens(`eyJaaaaaaaa.eyJaaaaaaaa.${text}`);
      redactTokens(`Private-Lines: 1\n${'a'.repeat(32)}${text}`);
    });
  });
});

describe('the screen', () => {
  const wild = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\x1b', '\x1b[', '\x1b]', '\x9b', '\x07', '\\', '\u202e', '\r', '\n', 'm'),
      ),
    )
    .map((parts) => parts.join(''));

  it('gets nothing that moves a cursor or turns text around, from any text', () => {
    fc.assert(
      fc.property(wild, fc.integer({ min: 1, max: 40 }), (text, max) => {
        const shown = screenText(text);
        expect(shown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
        expect(screenText(shown)).toBe(shown);
        const line = screenLine(text, max);
        expect(line).not.toMatch(/[\n\t]/);
        expect(Array.from(line).length).toBeLessThanOrEqual(max);
      }),
      { numRuns: tries(1000) },
    );
  });

  it.each(['\x1b]', '\x1b[', '\x1bP', '\x1b[0;', '\x1b(', '\x9d', '\r'])('is made safe in linear time: %j', (piece) => {
    expectLinear((size) => screenText(piece.repeat(size / piece.length)));
  });
});
