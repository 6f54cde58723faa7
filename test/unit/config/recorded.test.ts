import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsDifference } from '../../../src/config/difference.ts';
import { parseSettings } from '../../../src/config/recorded.ts';
import { configDocument, renderConfig } from '../../../src/config/render.ts';
import { runDefaults, runLayer } from '../../../src/config/run-layer.ts';
import { resolve } from '../../../src/config/resolve.ts';
import type { Settings } from '../../../src/core/settings.ts';
import { layerOf } from './layers.ts';

const settingsOf = (values: unknown = {}): Settings => resolve([layerOf('/c.yaml', values)], {}).settings;

const agent = fc.record({
  name: fc.constantFrom('codex', 'claude', undefined),
  model: fc.constantFrom('m', 'n', undefined),
  effort: fc.constantFrom('low', undefined),
});
const files = fc.record({
  provider: fc.record({
    name: fc.constantFrom('codex', 'claude', 'command', 'rehearsal', undefined),
    roles: fc.record({ producer: agent, verifier: agent }),
    command: fc.constant({ start: ['agent'], output: 'json' as const, answer: 'a' }),
    idle_timeout_minutes: fc.option(fc.double({ min: 0.1, max: 1e6, noNaN: true })),
  }),
  runtime: fc.record({
    pairs: fc.constantFrom('plan', 'audit,plan', undefined),
    no_git: fc.option(fc.boolean()),
    max_turns: fc.option(fc.nat().map((turns) => turns + 1)),
  }),
});

describe('settings read back from a log', () => {
  it('are those that were recorded', () => {
    fc.assert(
      fc.property(files, (values) => {
        const settings = settingsOf(values);
        expect(parseSettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
      }),
    );
  });

  it('lose keys that this release does not know, and gain those that an older one did not write', () => {
    const settings = settingsOf();
    const { verifierScope: _, ...runtime } = settings.runtime;
    const { stream: __, ...claude } = settings.provider.claude;
    const older = { provider: { ...settings.provider, claude }, runtime, later: true };
    expect(parseSettings(older)).toEqual(settings);
    const { name, roles } = settings.provider;
    const { pairs, maxIterations } = runtime;
    const bare = parseSettings({ provider: { name, roles }, runtime: { pairs, maxIterations } });
    expect(bare).toEqual({
      ...settings,
      provider: { ...settings.provider, codex: { ...settings.provider.codex, model: 'gpt-5.4' } },
    });
  });

  it.each([[undefined], [null], ['settings'], [{}], [{ provider: { name: 'gemini' } }]])(
    'are null for %j',
    (recorded) => {
      expect(parseSettings(recorded)).toBeNull();
    },
  );

  it('are null when a value is of another type', () => {
    const settings = settingsOf();
    expect(parseSettings({ ...settings, runtime: { ...settings.runtime, pairs: 'plan' } })).toBeNull();
  });
});

describe('the difference of settings', () => {
  it('is empty exactly between equal ones', () => {
    fc.assert(
      fc.property(files, files, (one, other) => {
        const [was, is] = [settingsOf(one), settingsOf(other)];
        const same = JSON.stringify(was) === JSON.stringify(is);
        expect(settingsDifference(was, is).length === 0).toBe(same);
      }),
    );
  });

  it('stands under the keys and with the values of a file', () => {
    const is = settingsOf({
      runtime: { no_git: true, pairs: 'plan', max_turns: 5 },
      provider: { idle_timeout_minutes: 0.5 },
    });
    expect(settingsDifference(settingsOf(), is)).toEqual([
      { key: 'provider.idle_timeout_minutes', was: 20, is: 0.5 },
      { key: 'runtime.pairs', was: 'plan,implement,test,audit', is: 'plan' },
      { key: 'runtime.no_git', was: false, is: true },
      { key: 'runtime.max_turns', was: null, is: 5 },
    ]);
  });

  it('names the option for the phase', () => {
    const is = resolve([], { phaseId: 'p1' }).settings;
    expect(settingsDifference(settingsOf(), is)).toEqual([{ key: '--phase-id', was: null, is: 'p1' }]);
  });

  it('names a new model once, not once more for each role that inherits it', () => {
    const is = settingsOf({ provider: { codex: { model: 'new' }, roles: { verifier: { effort: 'low' } } } });
    expect(settingsDifference(settingsOf(), is)).toEqual([
      { key: 'provider.codex.model', was: null, is: 'new' },
      { key: 'provider.roles.verifier.effort', was: null, is: 'low' },
    ]);
  });
});

describe.each(['codex', 'claude', 'acp'])('a new model of %s', (name) => {
  it('is one change, whatever roles inherit it', () => {
    const settings = (model: string) =>
      settingsOf({
        provider: {
          name,
          acp: { agent: 'opencode' },
          [name]: { model, ...(name === 'acp' ? { agent: 'opencode' } : {}) },
        },
      });
    expect(settingsDifference(settings('old'), settings('new'))).toEqual([
      { key: `provider.${name}.model`, was: 'old', is: 'new' },
    ]);
  });
});

describe('the printed configuration', () => {
  const resolution = resolve(
    [
      layerOf('/a\u001b[2J/autoloop.yaml', {
        provider: { claude: { model: 'true' }, command: { start: ['a', 'b c'] } },
      }),
    ],
    { git: false, pairs: 'plan' },
  );

  it('has a line for each key with its value and origin, fit for a terminal', () => {
    const lines = renderConfig(resolution).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => line.split(':', 1).join(''))).toEqual(
      Object.keys(configDocument(resolution, []).values),
    );
    const file = String.raw`/a\u{1b}[2J/autoloop.yaml`;
    expect(lines).toEqual(
      expect.arrayContaining([
        'provider.name: codex  # default',
        'provider.codex.model_effort: null  # default',
        `provider.claude.model: "true"  # ${file}`,
        `provider.command.start: ["a","b c"]  # ${file}`,
        'provider.idle_timeout_minutes: 20  # default',
        'runtime.pairs: plan  # --pairs',
        'runtime.no_git: true  # --no-git',
      ]),
    );
  });

  it('is a document of version 1 for programs', () => {
    const document = configDocument(resolution, ['/a/autoloop.yaml']);
    expect(document).toMatchObject({ version: 1, files: ['/a/autoloop.yaml'] });
    expect(document.values['runtime.no_git']).toEqual({ value: true, origin: '--no-git' });
    expect(document.values['runtime.max_turns']).toEqual({ value: null, origin: 'default' });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});

describe('what a run keeps for its resume', () => {
  const facts = { provider: 'codex', pairs: ['plan'], maxIterations: 3, useGit: true } as const;
  const modelOf = (recorded: Settings | null, ...files: unknown[]) => {
    const run = { ...facts, recorded };
    const layers = files.map((file) => layerOf('/c.yaml', file));
    return resolve([runDefaults(run), ...layers, runLayer(run)], {}).settings.provider.roles.producer.model;
  };

  it('is its model, also the one that older releases chose, unless today’s settings name another', () => {
    expect(modelOf(null)).toBe('gpt-5.4');
    expect(modelOf(settingsOf())).toBeNull();
    expect(modelOf(settingsOf({ provider: { codex: { model: 'mine' } } }))).toBe('mine');
    expect(modelOf(null, { provider: { codex: { model: 'today' } } })).toBe('today');
  });

  it('is who plays which role, whatever plays it', () => {
    const recorded = settingsOf({ provider: { name: 'rehearsal', roles: { verifier: { name: 'claude' } } } });
    const layer = runLayer({ ...facts, provider: 'rehearsal', recorded });
    expect(resolve([layer], {}).settings.provider.roles).toMatchObject({
      producer: { name: 'rehearsal' },
      verifier: { name: 'claude' },
    });
  });
});
