import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillPlaceholders, parsePlaceholder } from '../../../src/prompts/placeholders.ts';
import { placeholderFaults } from './placeholder-faults.ts';
import { KNOWN, UNKNOWN } from './placeholder-forms.ts';

const VALUES = {
  artifact_dir: '/r/artifacts/implement/phases/p',
  criteria_file: '/criteria',
  feedback_file: '/feedback',
  run_artifacts_dir: '/r/artifacts',
  run_decisions_file: '/decisions',
  request_file: '/request',
  raw_log_file: '/raw',
  events_file: '/events',
  session_file: '/session',
  phaseKey: 'p',
};

describe('a placeholder', () => {
  test.each([
    ['artifact_dir', '/r/artifacts/implement/phases/p'],
    ['criteria_file', '/criteria'],
    ['feedback_file', '/feedback'],
    ['run_artifacts_dir', '/r/artifacts'],
    ['run_decisions_file', '/decisions'],
    ['request_file', '/request'],
    ['raw_log_file', '/raw'],
    ['events_file', '/events'],
    ['session_file', '/session'],
    ['artifact:plan.md', '/r/artifacts/implement/phases/p/plan.md'],
    ['run_artifact:plan/plan.md', '/r/artifacts/plan/plan.md'],
    ['phase_artifact:test:test_strategy.md', '/r/artifacts/test/phases/p/test_strategy.md'],
  ])('{{%s}} becomes the path that it names', (body, path) => {
    expect(fillPlaceholders(`a {{${body}}}b{{${body}}}`, VALUES)).toBe(`a ${path}b${path}`);
  });

  test.each(KNOWN)('{{%s}} is known', (body) => {
    expect(parsePlaceholder(body)).not.toBeNull();
  });

  test.each(UNKNOWN)('{{%s}} is refused, in the check and when it is filled', (body) => {
    expect(parsePlaceholder(body)).toBeNull();
    expect(placeholderFaults(`{{${body}}}`, 'plan')).not.toEqual([]);
  });

  test('gets its value literally, however much that looks like something to expand', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('{{request_file}}', '$&', '$1', "$'", '$$', '{{', '}}'))),
        (parts) => {
          const value = parts.join('');
          const filled = fillPlaceholders('<{{criteria_file}}|{{request_file}}>', { ...VALUES, criteria_file: value });
          expect(filled).toBe(`<${value}|/request>`);
        },
      ),
    );
  });
});

describe('the check of a template', () => {
  test.each([
    ['{{artifact:plan.md}}', 'plan', []],
    ['{{artifact:plan.md}}', 'audit', ['{{artifact:plan.md}}: not an artifact of the pair']],
    ['{{artifact:plan.md}}', null, ['{{artifact:plan.md}}: not an artifact of the pair']],
    ['{{run_artifact:plan/plan.md}}', null, []],
    [
      '{{run_artifact:elsewhere/plan.md}}',
      null,
      ['{{run_artifact:elsewhere/plan.md}}: not below the folder of a pair'],
    ],
    ['{{phase_artifact:implement:implementation_notes.md}}', 'test', []],
    [
      '{{phase_artifact:implement:implementation_notes.md}}',
      'audit',
      ['{{phase_artifact:implement:implementation_notes.md}}: needs an active phase'],
    ],
    ['{{phase_artifact:test:plan.md}}', 'test', ['{{phase_artifact:test:plan.md}}: not an artifact of test']],
    ['{{x}} and {{y}}', 'plan', ['{{x}}: unknown placeholder', '{{y}}: unknown placeholder']],
    ['{{artifact_dir} }', 'plan', ['unpaired {{ or }}']],
    ['artifact_dir}}', 'plan', ['unpaired {{ or }}']],
    ['{"a":{"b":1} }', 'plan', []],
  ] as const)('finds in %s of %s: %j', (text, pair, faults) => {
    expect(placeholderFaults(text, pair)).toEqual(faults);
  });

  test('is not all: a placeholder for a phase without a phase is a bug that is reported', () => {
    const values = { ...VALUES, phaseKey: null };
    expect(() => fillPlaceholders('{{phase_artifact:test:test_strategy.md}}', values)).toThrow('active phase');
    expect(() => fillPlaceholders('{{nonsense}}', values)).toThrow('{{nonsense}}');
  });
});
