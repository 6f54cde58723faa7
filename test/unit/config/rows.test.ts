import { describe, expect, it } from 'vitest';
import { settingsEntries } from '../../../src/config/entries.ts';
import type { KeyRow } from '../../../src/config/key-row.ts';
import { RESOLVED_KEYS, type ResolvedKey } from '../../../src/config/keys.ts';
import { toFile, toSetting } from '../../../src/config/kind-values.ts';
import {
  choice,
  either,
  field,
  FLAG,
  integer,
  list,
  map,
  mapping,
  needed,
  TEXT,
  text,
} from '../../../src/config/kinds.ts';
import { misplacedKeys } from '../../../src/config/layer.ts';
import { nest, valueAt } from '../../../src/config/layer-values.ts';
import { parseSettings, recordedForm, recordedSchema } from '../../../src/config/recorded.ts';
import { configDocument } from '../../../src/config/render.ts';
import { resolve } from '../../../src/config/resolve.ts';
import { fileSchema } from '../../../src/config/schema.ts';
import { assemble, settingAt } from '../../../src/config/settings-tree.ts';
import { readYaml } from '../../../src/config/yaml.ts';
import { layerOf } from './layers.ts';
import { otherValue, otherValues } from './samples.ts';

const others = otherValues();

/** The log's line and back. */
const logged = (settings: unknown) => JSON.parse(JSON.stringify(settings)) as unknown;

describe('every key', () => {
  it.each(RESOLVED_KEYS.map(({ key }) => key))('%s comes from a file through a log to what is printed', (key) => {
    const isOf = (other: ResolvedKey) => other === key || key.startsWith('provider.command.');
    const set = RESOLVED_KEYS.map((row) => row.key).filter(
      (other) => other.startsWith('provider.command.') && isOf(other),
    );
    const file = nest(Object.fromEntries([...set, key].map((each) => [each, others[each]])));
    const resolution = resolve([layerOf('/c.yaml', file)], {});
    const recorded = parseSettings(logged(recordedForm(resolution.settings)));
    expect(recorded).not.toBeNull();
    const row: KeyRow = RESOLVED_KEYS.find((one) => one.key === key)!;
    const { recorded: isRecorded = true, recordedAs = (value: unknown) => value } = row;
    expect(settingsEntries(recorded!)[key]).toEqual(isRecorded ? recordedAs(others[key]) : row.default);
    expect(configDocument(resolution, []).values[key]).toEqual({ value: others[key], origin: '/c.yaml' });
  });

  it('has a value for the tests that is not its default', () => {
    expect(
      RESOLVED_KEYS.filter(({ key, default: value }) => JSON.stringify(others[key]) === JSON.stringify(value)),
    ).toEqual([]);
  });
});

/** Keys of the forms that no key of today has. */
const CHECKS = {
  key: 'checks',
  kind: list(
    mapping({
      name: needed(text(/^[a-z]+$/, 'lower-case letters'), 'Its name.'),
      run: needed(either(TEXT, list(TEXT, 'list of strings')), 'What is run.'),
      held_back: field(FLAG, false, 'Kept from agents.'),
      tries: field(integer({ least: 0, most: 5 }), null, 'How often.'),
    }),
    'list of checks',
    'name',
  ),
  default: null,
  meaning: 'The checks.',
} as const satisfies KeyRow;
const NAMED = {
  key: 'tools.named',
  kind: map(/^[a-z]+$/, mapping({ mode: field(choice('fast', 'slow'), 'fast', 'How.') }), 'mapping of tools'),
  default: null,
  meaning: 'The tools.',
  owner: 'user',
  recorded: false,
} as const satisfies KeyRow;
const ROWS: readonly KeyRow[] = [CHECKS, NAMED];

describe('lists of mappings and maps', () => {
  const schema = fileSchema(ROWS);
  const issuesOf = (file: unknown) =>
    schema.safeParse(file).error?.issues.map(({ path, code }) => `${path.join('.')}: ${code}`) ?? [];
  const file = {
    checks: [
      { name: 'unit', run: ['npm', 't'] },
      { name: 'lint', run: 'make', held_back: true, tries: 2 },
    ],
  };

  it('are read with the defaults of what is left out, under names of code', () => {
    expect(schema.parse(file)).toEqual(file);
    expect(toSetting(CHECKS.kind, file.checks)).toEqual([
      { name: 'unit', run: ['npm', 't'], heldBack: false, tries: null },
      { name: 'lint', run: 'make', heldBack: true, tries: 2 },
    ]);
    expect(toSetting(NAMED.kind, { one: {}, two: { mode: 'slow' } })).toEqual({
      one: { mode: 'fast' },
      two: { mode: 'slow' },
    });
  });

  it.each(ROWS.map((row) => [row.key, row] as const))('of %s come back from a log as they were', (_, row) => {
    const setting = toSetting(row.kind, otherValue(row));
    const settings = assemble([[row, setting]]);
    const read = recordedSchema([row]).parse({ ...(logged(settings) as object), runtime: {} });
    expect(settingAt(read, row)).toEqual(setting);
    expect(toSetting(row.kind, toFile(row.kind, setting))).toEqual(setting);
  });

  it.each([
    [{ checks: [{ run: 'x' }] }, 'checks.0.name: invalid_type'],
    [{ checks: [{ name: 'A', run: 'x' }] }, 'checks.0.name: invalid_format'],
    [{ checks: [{ name: 'a', run: 3 }] }, 'checks.0.run: invalid_union'],
    [{ checks: [{ name: 'a', run: 'x', tries: 6 }] }, 'checks.0.tries: too_big'],
    [{ checks: [{ name: 'a', run: 'x', rnu: 'x' }] }, 'checks.0: unrecognized_keys'],
    [{ checks: [file.checks[0], file.checks[0]] }, 'checks.1.name: custom'],
    [{ tools: { named: { UP: {} } } }, 'tools.named.UP: invalid_key'],
    [{ tools: { named: { up: { mode: 'odd' } } } }, 'tools.named.up.mode: invalid_value'],
  ])('are refused where they are wrong: %j', (given, issue) => {
    expect(issuesOf(given)).toEqual([issue]);
  });
});

describe('a key of the user alone', () => {
  it('is refused in the file of a workspace', () => {
    const yaml = readYaml('checks: []\ntools:\n  named: {a: {}}\n');
    expect(misplacedKeys(yaml, '/home/me/.config/autoloop', ROWS)).toEqual([
      {
        at: { line: 3, column: 3 },
        key: 'tools.named',
        text: 'found in the workspace, where agents can write; accepted: in your own configuration, in /home/me/.config/autoloop',
      },
    ]);
  });
});

describe('a key that is not recorded', () => {
  it('is left out of the log, and has its default when that is read', () => {
    const settings = assemble([
      [CHECKS, []],
      [NAMED, { one: { mode: 'slow' } }],
    ]);
    const form = recordedForm(settings, ROWS);
    expect(form).toEqual({ checks: [], tools: {} });
    expect(valueAt(recordedSchema(ROWS).parse({ ...form, runtime: {} }), 'tools.named')).toBeNull();
  });
});
