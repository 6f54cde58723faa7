import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describedKeys, describeKey, namesBelow } from '../../../src/config/described.ts';
import { MODEL } from '../../../src/config/kinds.ts';
import { readLayer } from '../../../src/config/layer.ts';
import { type LayerValues, valueAt } from '../../../src/config/layer-values.ts';

function problemsOf(text: string): readonly string[] {
  const reading = readLayer('c.yaml', text);
  return 'problems' in reading ? reading.problems : [];
}

function valuesOf(text: string): LayerValues {
  const reading = readLayer('c.yaml', text);
  if ('problems' in reading) throw new Error(reading.problems.join('\n'));
  return reading.layer.values;
}

/** Keys of a file itself; what stands in the entries of a list is tested where lists are. */
const KEYS = describedKeys().filter(({ key }) => !key.includes('[]'));

/** The text of a file that sets one key, with the value as it is written in YAML. */
function setting(key: string, written: string): string {
  const names = key.split('.');
  const last = names.length - 1;
  return names.map((name, depth) => `${'  '.repeat(depth)}${name}:${depth === last ? ` ${written}` : ''}\n`).join('');
}

describe('a file', () => {
  it.each([
    ['empty', ''],
    ['of comments', '# nothing\n'],
    ['with an empty document', '---\n'],
    ['that is null', 'null\n'],
    ['with empty sections', 'provider:\nruntime:\n  max_iterations:\n  pairs: null\n'],
  ])('%s sets nothing', (_, text) => {
    const values = valuesOf(text);
    expect(KEYS.filter(({ key }) => (valueAt(values, key) ?? null) !== null)).toEqual([]);
  });

  it('may have Windows line ends, anchors and document markers', () => {
    const text = '---\r\nprovider:\r\n  codex: {model: &m big}\r\n  claude: {model: *m}\r\n...\r\n';
    expect(valuesOf(text)).toEqual({ provider: { codex: { model: 'big' }, claude: { model: 'big' } } });
  });

  it('tells where each value stands', () => {
    const reading = readLayer('c.yaml', 'runtime:\n  no_git: true\n  pairs:\n    plan\nprovider: {name: claude}\n');
    expect('layer' in reading && Object.fromEntries(reading.layer.places)).toEqual({
      'provider.name': 'c.yaml:5:18',
      'runtime.no_git': 'c.yaml:2:11',
      'runtime.pairs': 'c.yaml:4:5',
    });
  });
});

describe('what is not a mapping of YAML', () => {
  const mapping = 'accepted: a YAML 1.2 mapping';
  it.each([
    [
      '- provider\n',
      'c.yaml:1:1: found a list of 1; accepted: a mapping with the keys provider, runtime, checks, evidence, history, batch, worktree, merge, notify',
    ],
    [
      '\n  codex\n',
      'c.yaml:2:3: found "codex" (string); accepted: a mapping with the keys provider, runtime, checks, evidence, history, batch, worktree, merge, notify',
    ],
    ['a: 1\n---\nb: 2\n', 'c.yaml:2:1: found a second document; accepted: one document'],
    ['provider: *none\n', `c.yaml:1:11: found invalid YAML (no anchor &none before the alias *none); ${mapping}`],
    ['provider:\n  name: !mine codex\n', `c.yaml:2:9: found invalid YAML (Unresolved tag: !mine); ${mapping}`],
    ['runtime:\n\tno_git: true\n', `c.yaml:2:1: found invalid YAML (Tabs are not allowed as indentation); ${mapping}`],
  ])('is refused: %j', (text, line) => {
    expect(problemsOf(text)).toContain(line);
  });

  it('is reported with every error of the syntax', () => {
    const lines = problemsOf('provider: name: codex\nruntime: [\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^c\.yaml:1:11: found invalid YAML \(.*\); accepted: a YAML 1\.2 mapping$/);
    expect(lines[1]).toMatch(/^c\.yaml:[23]:\d+: found invalid YAML /);
  });

  it('is refused when aliases multiply', () => {
    const names = 'abcdefghi'.split('');
    const bomb = names.map((name, index) => {
      const inside = index === 0 ? '1' : Array.from({ length: 9 }, () => `*${names[index - 1] ?? ''}`).join(', ');
      return `${name}: &${name} [${inside}]\n`;
    });
    expect(problemsOf(bomb.join(''))).toEqual([
      expect.stringMatching(/^c\.yaml:1:1: found invalid YAML \(Excessive alias/),
    ]);
  });

  it.each(['['.repeat(20_000), '{a: '.repeat(20_000), '- '.repeat(20_000)])(
    'is refused when it is nested too deeply',
    (text) => {
      expect(problemsOf(`provider: {}\nruntime:\n  ${text}`).join('\n')).toContain(
        'found invalid YAML (nested too deeply)',
      );
    },
  );

  it('is quoted without what would break the line', () => {
    const reading = readLayer('c.yaml', '*a\u2028b');
    expect(reading).toEqual({ problems: [expect.stringMatching(/^c\.yaml:1:1: found invalid YAML .*a\\u\{2028\}b/)] });
  });

  it('never makes the reader throw', () => {
    const yamlish = fc.array(
      fc.constantFrom('a', ':', ' ', '\n', '-', '&a', '*a', '[', '{', '"', '|', '!', '%', '?', '  '),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          yamlish.map((parts) => parts.join('')),
        ),
        (text) => {
          const reading = readLayer('c.yaml', text);
          const lines = 'problems' in reading ? reading.problems : ['c.yaml:1:1: found '];
          expect(lines).not.toEqual([]);
          for (const line of lines) expect(line).toMatch(/^c\.yaml:[1-9]\d*:[1-9]\d*: .*found .*$/);
        },
      ),
    );
  });
});

describe('a command that a run takes from its log', () => {
  it('is refused with a secret in it, which the line does not print', () => {
    const token = `ghp_${'a1'.repeat(18)}`;
    const lines = problemsOf(
      `checks:\n  - {name: a, run: "KEY=${token} make"}\n  - {name: b, run: [sh, ${token}]}\nevidence: {setup: "get ${token}"}\n`,
    );
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).toMatch(/found ".*\[redacted GitHub token\].*a secret .*; accepted: a variable of your environment/);
    }
    expect(problemsOf('checks: [{name: a, run: "KEY=$KEY make"}]\n')).toEqual([]);
  });
});

describe('a duplicate key', () => {
  it('is reported with its dotted name, beside the other problems of the file', () => {
    expect(problemsOf('runtime:\n  no_git: true\n  no_git: 3\nprovider:\n  codex: {model: a, model: b}\n')).toEqual([
      'c.yaml:3:3: runtime.no_git: found a second time; accepted: each key once',
      'c.yaml:3:11: runtime.no_git: found 3 (number); accepted: true or false',
      'c.yaml:5:21: provider.codex.model: found a second time; accepted: each key once',
    ]);
  });
});

describe('an unknown key', () => {
  const top = 'accepted: provider, runtime';
  it.each([
    ['providr:\n  name: codex\n', `1:1: providr: found an unknown key; nearest known key: provider; ${top}`],
    ['pairs: plan\n', `1:1: pairs: found an unknown key; nearest known key: runtime.pairs; ${top}`],
    ['__proto__: {}\n', `1:1: __proto__: found an unknown key; nearest known key: `],
    [
      'provider.name: codex\n',
      `1:1: provider.name: found an unknown key (keys are nested mappings, not dotted names); nearest known key: provider.name; ${top}`,
    ],
    [
      'provider:\n  codex:\n    model: a\n    effort: high\n',
      '4:5: provider.codex.effort: found an unknown key; nearest known key: provider.codex.model_effort; accepted: model, model_effort, sandbox, network_access',
    ],
    [
      'provider:\n  roles:\n    verifer: {}\n',
      '3:5: provider.roles.verifer: found an unknown key; nearest known key: provider.roles.verifier; accepted: producer, verifier',
    ],
    [
      'runtime:\n  max_iteratoins: 3\n',
      '2:3: runtime.max_iteratoins: found an unknown key; nearest known key: runtime.max_iterations;',
    ],
    ['? [a]\n: 1\n', `1:1: [ a ]: found an unknown key; nearest known key: `],
    [`${'k'.repeat(500)}: 1\n`, `1:1: ${'k'.repeat(59)}…: found an unknown key; nearest known key: `],
    ['runtime:\n  maxTurns: 3\n', '2:3: runtime.maxTurns: found an unknown key; nearest known key: runtime.max_turns;'],
    ['runtime:\n  "a\\e[2Jb": 3\n', String.raw`2:3: runtime.a\u{1b}[2Jb: found an unknown key; nearest known key: `],
  ])('names the nearest known one: %j', (text, line) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(`c.yaml:${line}`)]);
  });

  it('is reported wherever it stands, on a line of bounded length', () => {
    const sections = [
      '',
      'provider',
      'provider.codex',
      'provider.claude',
      'provider.command',
      'provider.roles',
      'runtime',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...sections),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 500 }),
        (section, name) => {
          fc.pre(!namesBelow(section).includes(name));
          const names = [...section.split('.').filter((part) => part !== ''), name];
          const file = names.reduceRight<unknown>((inside, key) => ({ [key]: inside }), 1);
          const lines = problemsOf(JSON.stringify(file));
          expect(lines).toEqual([
            expect.stringMatching(
              /found an unknown key.*; nearest known key: (provider|runtime|checks|evidence|history|batch|worktree|merge|notify)\b/,
            ),
          ]);
          expect(lines[0]?.length).toBeLessThan(1200);
        },
      ),
    );
  });
});

describe('a value', () => {
  const plain = KEYS.filter(({ kind }) => kind.is !== 'map' && kind.is !== 'mapping');

  it.each(plain.map(({ key, type }) => [key, type]))(
    'of %s that is a mapping is refused with what is accepted',
    (key, type) => {
      expect(problemsOf(setting(key, '{x: 1}'))).toEqual([expect.stringMatching(/^c\.yaml:\d+:\d+: /)]);
      expect(problemsOf(setting(key, '{x: 1}'))[0]).toContain(`: ${key}: found a mapping; accepted: ${type}`);
    },
  );

  const ofType = (type: string) => KEYS.flatMap((entry) => (entry.type === type ? [entry.key] : []));

  it.each(ofType('true or false'))('of %s is a boolean of YAML 1.2', (key) => {
    expect(valueAt(valuesOf(setting(key, 'true')), key)).toBe(true);
    expect(valueAt(valuesOf(setting(key, 'False')), key)).toBe(false);
    for (const word of ['yes', 'on', 'no', 'off', 'Yes', 'OFF', 'y']) {
      const note = `found "${word}" (string), since YAML 1.2 reads ${word} as a string; accepted: true or false`;
      expect(problemsOf(setting(key, word))[0]).toContain(note);
    }
    expect(problemsOf(setting(key, '1'))[0]).toContain('found 1 (number); accepted: true or false');
  });

  it.each(ofType(MODEL.accepted))('of %s is a name', (key) => {
    expect(valueAt(valuesOf(setting(key, 'm-5.4')), key)).toBe('m-5.4');
    for (const blank of ['""', '"  "', String.raw`"a\0"`]) expect(problemsOf(setting(key, blank))).toHaveLength(1);
    expect(problemsOf(setting(key, '""'))[0]).toContain(`${key}: found "" (string); accepted: ${MODEL.accepted}`);
    expect(problemsOf(setting(key, '5.4'))[0]).toContain('found 5.4 (number), which quotes make a string; accepted');
  });

  const numbers = [
    ['integer >= 1', ['1', '15', '0x10'], ['0', '-1', '1.5', '"15"', '.inf', '.nan', '1e400', '99999999999999999999']],
    ['integer >= 0', ['0', '3'], ['-1', '0.5', '"3"']],
    ['number > 0', ['0.5', '120'], ['0', '-0.1', '.inf', '.nan', '"20"', '20m']],
    ['number > 0 (minutes)', ['0.5', '120'], ['0', '-0.1', '.inf', '.nan', '"20"', '20m']],
    ['number > 0 (US dollars)', ['0.01'], ['0', '$5']],
    ['number >= 0 (minutes)', ['0', '0.5'], ['-0.1', '.inf', '.nan']],
  ] as const;
  it.each(numbers.flatMap(([type, good, bad]) => ofType(type).map((key) => [key, type, good, bad] as const)))(
    'of %s is of the type %s',
    (key, type, good, bad) => {
      for (const written of good) expect(valueAt(valuesOf(setting(key, written)), key)).toBe(Number(written));
      for (const written of bad) {
        expect(problemsOf(setting(key, written))).toEqual([expect.stringMatching(`: ${key}: found .*; accepted: `)]);
        expect(problemsOf(setting(key, written))[0]?.endsWith(`; accepted: ${type}`)).toBe(true);
      }
    },
  );

  const choices = KEYS.filter(({ type }) => /^[\w-]+(?:, [\w-]+)* or [\w-]+$/.test(type) && type !== 'true or false');
  it.each(choices.map(({ key, type }) => [key, type]))('of %s is %s', (key, type) => {
    const words = type.split(/, | or /);
    for (const word of words) expect(valueAt(valuesOf(setting(key, word)), key)).toBe(word);
    expect(problemsOf(setting(key, 'other'))[0]).toContain(`${key}: found "other" (string); accepted: ${type}`);
    expect(problemsOf(setting(key, words.join('').toUpperCase()))).toHaveLength(1);
  });

  it('of runtime.pairs says what is wrong with the list', () => {
    const says = (found: string) =>
      `c.yaml:2:10: runtime.pairs: found ${found}; accepted: ${describeKey('runtime.pairs')?.type ?? ''}`;
    expect(problemsOf(setting('runtime.pairs', 'plan,tset'))).toEqual([says('an unknown pair "tset"')]);
    expect(problemsOf(setting('runtime.pairs', 'plan,plan'))).toEqual([says('the pair "plan" twice')]);
    expect(problemsOf(setting('runtime.pairs', '""'))).toEqual([says('no pair')]);
    expect(problemsOf(setting('runtime.pairs', '[plan]'))).toEqual([says('a list of 1')]);
  });

  it('that is long or holds control characters is shown short and escaped', () => {
    const [line = ''] = problemsOf(setting('provider.name', String.raw`"a\e[31m\u202e\u0085${'x'.repeat(5000)}"`));
    expect(line).toContain(String.raw`found "a\u001b[31m\u{202e}\u{85}xxx`);
    expect(line.length).toBeLessThan(200);
  });

  it('that is a section of another kind is refused with the keys of the section', () => {
    expect(problemsOf('provider: codex\nruntime: [1]\n')).toEqual([
      `c.yaml:1:11: provider: found "codex" (string); accepted: a mapping with the keys ${namesBelow('provider').join(', ')}`,
      `c.yaml:2:10: runtime: found a list of 1; accepted: a mapping with the keys ${namesBelow('runtime').join(', ')}`,
    ]);
  });

  it('that comes through an alias is located where the alias stands', () => {
    expect(problemsOf('provider:\n  codex: &c {model: a}\n  claude: {model: *c}\n')).toEqual([
      `c.yaml:3:19: provider.claude.model: found a mapping; accepted: ${MODEL.accepted}`,
    ]);
  });
});

describe('the older keys', () => {
  it('are refused beside provider.name: claude, even when the file has other problems', () => {
    expect(
      problemsOf('provider:\n  name: claude\n  model: a\n  model_effort: high\n  idle_timeout_minutes: 0\n'),
    ).toEqual([
      'c.yaml:3:3: provider.model: found a key for Codex beside provider.name: claude; accepted: provider.claude.model',
      'c.yaml:4:3: provider.model_effort: found a key for Codex beside provider.name: claude; accepted: provider.claude.effort',
      'c.yaml:5:25: provider.idle_timeout_minutes: found 0 (number); accepted: number > 0 (minutes)',
    ]);
  });

  it('are accepted without it, and as null', () => {
    expect(problemsOf('provider:\n  name: codex\n  model: a\n')).toEqual([]);
    expect(problemsOf('provider:\n  name: claude\n  model: null\n')).toEqual([]);
  });
});

describe('the argument lists of a command', () => {
  it.each([
    ['start: []', 'c.yaml:3:12: provider.command.start.0: found nothing; accepted: list of strings, the program first'],
    ['start: agent', 'provider.command.start: found "agent" (string); accepted: list of strings, the program first'],
    ['start: [""]', 'provider.command.start.0: found "" (string); accepted: list of strings, the program first'],
    [
      'start: [a, 3]',
      'provider.command.start.1: found 3 (number), which quotes make a string; accepted: list of strings',
    ],
    ['start: [a, null]', 'provider.command.start.1: found null; accepted: list of strings'],
    [
      'start: [a, "{{session}}"]',
      'provider.command.start.1: found the placeholder "{{session}}"; accepted: {{model}}, {{effort}}',
    ],
    [
      'resume: [a, "x={{sesion}}"]',
      'provider.command.resume.1: found the placeholder "{{sesion}}"; accepted: {{session}}, {{model}}, {{effort}}',
    ],
    ['start: [a, "{{x}}{{x}}"]', 'provider.command.start.1: found the placeholder "{{x}}"; accepted: {{model}}'],
    ['answer: a..b', 'provider.command.answer: found "a..b" (string); accepted: dotted path, such as result.text'],
  ])('are checked: %s', (line, problem) => {
    expect(problemsOf(`provider:\n  command:\n    ${line}\n`)).toEqual([expect.stringContaining(problem)]);
  });

  it('may hold placeholders, braces and empty arguments', () => {
    const command = { start: ['a', '', '--m={{model}}', '{x}', '{{'], resume: ['a', '{{session}}', '{{effort}}'] };
    expect(valuesOf(JSON.stringify({ provider: { command } }))).toEqual({ provider: { command } });
  });
});
