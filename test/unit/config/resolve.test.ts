import { describe, expect, it } from 'vitest';
import type { CommandLineOptions } from '../../../src/config/command-line.ts';
import { RESOLVED_KEYS, type ResolvedKey } from '../../../src/config/keys.ts';
import { settingsEntries } from '../../../src/config/entries.ts';
import { resolve } from '../../../src/config/resolve.ts';
import { type LayerValues, nest } from '../../../src/config/layer-values.ts';
import { layerOf } from './layers.ts';
import { otherValues } from './samples.ts';

const resolved = (user: LayerValues, workspace: LayerValues = {}, options: CommandLineOptions = {}) =>
  resolve([layerOf('/user.yaml', user), layerOf('/workspace.yaml', workspace)], options);

const OTHER = otherValues();

describe('without files and options', () => {
  it('every key has its default', () => {
    const { settings, origins, warnings } = resolve([], {});
    const inherited = { 'provider.roles.producer.name': 'codex', 'provider.roles.verifier.name': 'codex' };
    const defaults = RESOLVED_KEYS.map((entry) => [entry.key, entry.default]);
    expect(settingsEntries(settings)).toEqual({ ...Object.fromEntries(defaults), ...inherited });
    expect([...origins.keys()].toSorted()).toEqual(Object.keys(OTHER).toSorted());
    expect(new Set(origins.values())).toEqual(new Set(['default']));
    expect(warnings).toEqual([]);
    expect(settings.runtime).toMatchObject({
      pairs: ['plan', 'implement', 'test', 'audit'],
      useGit: true,
      phaseId: null,
    });
  });
});

describe('layers', () => {
  it('set every key, and say so', () => {
    const { settings, origins } = resolved({}, nest(OTHER));
    expect(settingsEntries(settings)).toEqual(OTHER);
    expect(new Set(origins.values())).toEqual(new Set(['/workspace.yaml']));
  });

  it.each(Object.entries(OTHER))('merge key by key: %s stands when a later file does not set it', (key, value) => {
    const { [key as ResolvedKey]: _, ...others } = OTHER;
    const unset = nest({ ...others, [key]: null });
    const { settings, origins } = resolved(nest(OTHER), unset);
    expect(settingsEntries(settings)).toMatchObject({ [key]: value });
    expect(origins.get(key as ResolvedKey)).toBe('/user.yaml');
  });

  it('are weaker the earlier they come', () => {
    const { settings, origins } = resolved({ runtime: { max_iterations: 2 } }, { runtime: { max_iterations: 3 } });
    expect(settings.runtime.maxIterations).toBe(3);
    expect(origins.get('runtime.max_iterations')).toBe('/workspace.yaml');
  });

  it('give pairs in working order', () => {
    expect(resolved({ runtime: { pairs: 'audit, plan' } }).settings.runtime.pairs).toEqual(['plan', 'audit']);
  });
});

describe('options', () => {
  const cases = [
    [{ pairs: 'plan,audit' }, 'runtime.pairs', 'plan,audit', '--pairs'],
    [{ maxIterations: 4 }, 'runtime.max_iterations', 4, '--max-iterations'],
    [{ phaseMode: 'single' }, 'runtime.phase_mode', 'single', '--phase-mode'],
    [{ intentMode: 'replace' }, 'runtime.intent_mode', 'replace', '--intent-mode'],
    [{ fullAutoAnswers: false }, 'runtime.full_auto_answers', false, '--no-full-auto-answers'],
    [{ fullAutoAnswers: true }, 'runtime.full_auto_answers', true, '--full-auto-answers'],
    [{ git: true }, 'runtime.no_git', false, '--git'],
    [{ git: false }, 'runtime.no_git', true, '--no-git'],
    [{ trackAutoloopArtifacts: true }, 'runtime.track_autoloop_artifacts', true, '--track-autoloop-artifacts'],
    [{ trackAutoloopArtifacts: false }, 'runtime.track_autoloop_artifacts', false, '--no-track-autoloop-artifacts'],
    [{ autoFollowup: true }, 'runtime.auto_followup', true, '--auto-followup'],
    [{ autoFollowup: false }, 'runtime.auto_followup', false, '--no-auto-followup'],
    [{ autoFollowupMaxDepth: 9 }, 'runtime.auto_followup_max_depth', 9, '--auto-followup-max-depth'],
    [{ provider: 'rehearsal' }, 'provider.name', 'rehearsal', '--provider'],
    [{ model: 'm9' }, 'provider.claude.model', 'm9', '--model'],
    [{ modelEffort: 'xhigh' }, 'provider.claude.effort', 'xhigh', '--model-effort'],
  ] as const satisfies readonly (readonly [CommandLineOptions, ResolvedKey, unknown, string])[];

  it.each(cases)('win over every file: %j', (options, key, value, origin) => {
    const { settings, origins } = resolved(nest(OTHER), nest(OTHER), options);
    expect(settingsEntries(settings)).toMatchObject({ [key]: value });
    expect(origins.get(key)).toBe(origin);
  });

  it('that are not given leave the files alone', () => {
    const given = { pairs: undefined, git: undefined, model: undefined, fullAutoAnswers: undefined };
    expect(settingsEntries(resolved(nest(OTHER), {}, given).settings)).toEqual(OTHER);
  });

  it('choose the phase, which no file can', () => {
    expect(resolved({}, {}, { phaseId: 'p2' }).settings.runtime.phaseId).toBe('p2');
  });
});

describe('the older keys for Codex', () => {
  it('win over the newer ones of the same file only', () => {
    const both = { provider: { model: 'old', model_effort: 'low', codex: { model: 'new', model_effort: 'high' } } };
    expect(resolved(both).settings.provider.codex).toMatchObject({ model: 'old', effort: 'low' });
    const later = resolved(both, { provider: { codex: { model: 'later' } } });
    expect(later.settings.provider.codex).toMatchObject({ model: 'later', effort: 'low' });
    expect(later.origins.get('provider.codex.model_effort')).toBe('/user.yaml');
    const earlier = resolved({ provider: { codex: { model: 'earlier' } } }, { provider: { model: 'old' } });
    expect(earlier.settings.provider.codex.model).toBe('old');
  });

  it('are passed over with a warning where another file chooses claude', () => {
    const { settings, warnings } = resolved({ provider: { model: 'old' } }, { provider: { name: 'claude' } });
    expect(settings.provider.roles.producer).toEqual({ name: 'claude', model: null, effort: null });
    expect(warnings).toEqual([
      '/user.yaml:2:10: provider.model is for codex and does not apply: the provider is claude',
    ]);
  });
});

describe('a model and an effort', () => {
  const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra', 'a_new-one9'];
  it.each(efforts)('are the business of the agent: the effort may be %s', (effort) => {
    expect(resolved({}, {}, { modelEffort: effort }).settings.provider.roles.verifier.effort).toBe(effort);
    const file = { provider: { codex: { model_effort: effort }, claude: { effort } } };
    expect(resolved(file).settings.provider.claude.effort).toBe(effort);
  });

  it.each(['High', '9', '-x', 'a b', 'a'.repeat(33), 'a\n'])('are refused in a file as the effort %j', (effort) => {
    expect(() => resolved({ provider: { codex: { model_effort: effort } } })).toThrow(
      'accepted: a word such as low or high, in lower-case letters',
    );
  });

  it.each(['-m', 'a b', '\u0007', 'a\u202eb', ''])('are refused in a file as the model %j', (model) => {
    for (const section of ['codex', 'claude']) {
      expect(() => resolved({ provider: { [section]: { model } } })).toThrow("accepted: a model's name, without white");
    }
  });

  it('may be any name that an agent takes', () => {
    for (const model of ['m', 'M-1.5', 'claude-x[1m]', 'vendor/model:tag', 'arn:aws:b:::x/y']) {
      expect(resolved({ provider: { codex: { model } } }).settings.provider.codex.model).toBe(model);
    }
  });
});
