import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileWith, initialValues } from '../../../src/config/initial.ts';
import { PERMISSIONS } from '../../../src/config/initial-choices.ts';
import { readLayer } from '../../../src/config/layer.ts';
import { valueAt } from '../../../src/config/layer-values.ts';

const CLAUDE = initialValues({ provider: 'claude', permissions: 'workspace' });

function textOf(before: string | null, values = CLAUDE): string {
  const result = fileWith('c.yaml', before, values);
  if ('problems' in result) throw new Error(result.problems.join('\n'));
  return result.text;
}

function valuesOf(text: string) {
  const reading = readLayer('c.yaml', text);
  if ('problems' in reading) throw new Error(reading.problems.join('\n'));
  return reading.layer.values;
}

describe('a configuration that is begun', () => {
  it.each(PERMISSIONS)('says what each agent may do: %s', (permissions) => {
    for (const provider of ['codex', 'claude', 'opencode', 'claude-acp'] as const) {
      const values = initialValues({ provider, permissions });
      const read = valuesOf(textOf(null, values));
      for (const [key, value] of Object.entries(values)) expect(valueAt(read, key)).toBe(value);
    }
  });

  it('makes claude tell what it does, and begins with a comment', () => {
    expect(textOf(null)).toMatch(
      /^# .*\n\nprovider:\n {2}name: claude\n {2}claude:\n {4}permission_strategy: allow_core_tools\n {4}stream: true\n$/,
    );
  });
});

describe('a configuration that is there', () => {
  it('keeps its comments, its order and everything else', () => {
    const before = [
      '# ours',
      'runtime:',
      '  # the loop',
      '  max_iterations: 4 # enough',
      '  pairs: plan,implement',
      'provider:',
      '  # the agent',
      '  name: codex # for now',
      '  roles: {verifier: {name: codex, model: m}}',
      '',
    ].join('\n');
    expect(textOf(before)).toBe(
      before
        .replace('name: codex # for now', 'name: claude # for now')
        .concat('  claude:\n    permission_strategy: allow_core_tools\n    stream: true\n'),
    );
  });

  it.each([
    '',
    '# nothing yet\n',
    'provider:\n',
    'provider:\n  claude:\n',
    '---\nprovider: {name: codex}\n',
    'provider: null',
  ])('may hold nothing yet, or empty sections: %j', (before) => {
    const after = textOf(before);
    expect(valuesOf(after)).toMatchObject({ provider: { name: 'claude', claude: { stream: true } } });
    for (const comment of before.match(/#.*/g) ?? []) expect(after).toContain(comment);
  });

  it('keeps the line ends of Windows', () => {
    expect(textOf('provider:\r\n  name: codex # x\r\n')).toMatch(
      /^provider:\r\n {2}name: claude # x\r\n {2}claude:\r\n/,
    );
  });

  it('is not touched by what it says already', () => {
    const text = textOf('provider:   {name:  codex}   # mine\n');
    expect(textOf(text)).toBe(text);
  });

  it.each([
    ['provider: [\n', 'found invalid YAML'],
    ['provider:\n  nmae: codex\n', 'nearest known key: provider.name'],
    ['provider:\n  model: m\n', 'found a key for Codex beside provider.name: claude'],
    ['provider: &p\n  name: codex\n  codex: &c {model: m}\n  claude: *c\n', 'cannot be changed here'],
    ['a: 1\n---\nb: 2\n', 'found a second document'],
  ])('is refused where it is broken or would become so: %j', (before, why) => {
    const result = fileWith('c.yaml', before, CLAUDE);
    expect('problems' in result && result.problems.join('\n')).toContain(why);
  });

  it('loses nothing, whatever it holds', () => {
    const file = fc.record(
      {
        provider: fc.record(
          {
            name: fc.constantFrom('codex', 'claude', 'rehearsal'),
            codex: fc.option(fc.record({ model: fc.constant('m') }, { requiredKeys: [] })),
            claude: fc.option(fc.record({ stream: fc.boolean(), effort: fc.constant('low') }, { requiredKeys: [] })),
          },
          { requiredKeys: [] },
        ),
        runtime: fc.option(fc.record({ max_turns: fc.nat().map((n) => n + 1) }, { requiredKeys: [] })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(file, (values) => {
        const read = valuesOf(textOf(JSON.stringify(values)));
        for (const key of ['provider.codex.model', 'provider.claude.effort', 'runtime.max_turns']) {
          expect(valueAt(read, key)).toEqual(valueAt(values, key));
        }
      }),
    );
  });
});
