import { describe, expect, it } from 'vitest';
import type { CommandLineOptions } from '../../../src/config/command-line.ts';
import { resolve } from '../../../src/config/resolve.ts';
import { layerOf, problemOf } from './layers.ts';
import { PLAIN } from '../providers/settings.ts';

type ProviderValues = Readonly<Record<string, unknown>>;

const resolved = (user: ProviderValues, workspace: ProviderValues = {}, options: CommandLineOptions = {}) =>
  resolve([layerOf('/u.yaml', { provider: user }), layerOf('/w.yaml', { provider: workspace })], options);
const rolesOf = (...layers: Parameters<typeof resolved>) => resolved(...layers).settings.provider.roles;

const codex = { model: 'cx', model_effort: 'high' };
const claude = { model: 'cl', effort: 'max' };

describe('a role', () => {
  it('is played by the provider, with the model and effort set for it', () => {
    const asCodex = { name: 'codex', model: 'cx', effort: 'high' };
    expect(rolesOf({ codex, claude })).toEqual({ producer: asCodex, verifier: asCodex });
    const asClaude = { name: 'claude', model: 'cl', effort: 'max' };
    expect(rolesOf({ name: 'claude', codex, claude })).toEqual({ producer: asClaude, verifier: asClaude });
    const rehearsed = { name: 'rehearsal', model: null, effort: null };
    expect(rolesOf({ name: 'rehearsal', codex, claude })).toEqual({ producer: rehearsed, verifier: rehearsed });
  });

  it('may be given to another agent, with what is set for that agent', () => {
    const verifier = { name: 'claude', model: 'cl', effort: 'max' };
    expect(rolesOf({ codex, claude, roles: { verifier: { name: 'claude' } } }).verifier).toEqual(verifier);
    expect(rolesOf({ name: 'claude', codex, roles: { producer: { name: 'codex' } } }).producer).toEqual({
      name: 'codex',
      model: 'cx',
      effort: 'high',
    });
  });

  it('may have a model and an effort of its own, each by itself', () => {
    const roles = { producer: { model: 'big' }, verifier: { effort: 'low' } };
    expect(rolesOf({ codex, roles })).toEqual({
      producer: { name: 'codex', model: 'big', effort: 'high' },
      verifier: { name: 'codex', model: 'cx', effort: 'low' },
    });
  });

  it('merges key by key while the agent stays the same', () => {
    const user = { roles: { verifier: { name: 'claude', model: 'm', effort: 'low' } } } as const;
    expect(rolesOf(user, { roles: { verifier: { name: 'claude', effort: 'high' } } }).verifier).toEqual({
      name: 'claude',
      model: 'm',
      effort: 'high',
    });
  });

  it('starts anew when a later file gives it to another agent', () => {
    const user = { codex, roles: { verifier: { name: 'claude', model: 'm', effort: 'low' } } } as const;
    expect(rolesOf(user, { roles: { verifier: { name: 'codex' } } }).verifier).toEqual({
      name: 'codex',
      model: 'cx',
      effort: 'high',
    });
  });

  it('has the origin of what it inherits', () => {
    const { origins } = resolved(
      { codex, roles: { verifier: { name: 'claude', effort: 'low' } } },
      { claude: { model: 'x' } },
    );
    expect(origins.get('provider.roles.producer.name')).toBe('default');
    expect(origins.get('provider.roles.producer.model')).toBe('/u.yaml');
    expect(origins.get('provider.roles.verifier.model')).toBe('/w.yaml');
    expect(origins.get('provider.roles.verifier.effort')).toBe('/u.yaml');
    expect(resolved({}, {}, { model: 'x' }).origins.get('provider.roles.verifier.model')).toBe('--model');
  });
});

describe('--model and --model-effort', () => {
  const options = { model: 'x', modelEffort: 'low' };

  it.each(['codex', 'claude'] as const)('are for the agent in force: %s', (name) => {
    const { settings, warnings, origins } = resolved({ name, codex, claude }, {}, options);
    expect(settings.provider.roles.producer).toEqual({ name, model: 'x', effort: 'low' });
    expect(settings.provider.roles.verifier).toEqual({ name, model: 'x', effort: 'low' });
    expect(origins.get(`provider.${name}.model`)).toBe('--model');
    expect(warnings).toEqual([]);
  });

  it('follow the agent that --provider chooses', () => {
    const { settings } = resolved({ codex, claude }, {}, { ...options, provider: 'claude' });
    expect(settings.provider.roles.verifier).toEqual({ name: 'claude', model: 'x', effort: 'low' });
    expect(settings.provider.codex).toMatchObject({ model: 'cx', effort: 'high' });
  });

  it('fill the placeholders of a command', () => {
    const command = { start: ['agent', '{{model}}', '{{effort}}'] };
    const { settings, warnings } = resolved({ name: 'command', command }, {}, options);
    expect(settings.provider.roles.producer).toEqual({ name: 'command', model: 'x', effort: 'low' });
    expect(warnings).toEqual([]);
  });

  it('reach no agent without them, with a warning', () => {
    expect(resolved({ name: 'rehearsal' }, {}, options).warnings).toEqual([
      '--model does not apply: the provider is rehearsal',
      '--model-effort does not apply: the provider is rehearsal',
    ]);
  });

  it('do not reach the other agent of a mixed run, with a warning', () => {
    const mixed = resolved({ name: 'claude', codex, roles: { producer: { name: 'codex' } } }, {}, { model: 'x' });
    expect(mixed.settings.provider.roles).toEqual({
      producer: { name: 'codex', model: 'cx', effort: 'high' },
      verifier: { name: 'claude', model: 'x', effort: null },
    });
    expect(mixed.warnings).toEqual(['--model is for claude and does not apply to the producer, which is codex']);
  });

  it('are for the producer’s agent where the provider plays no role', () => {
    const roles = { producer: { name: 'codex' }, verifier: { name: 'codex' } };
    const { settings, warnings } = resolved({ name: 'claude', roles }, {}, options);
    expect(settings.provider.roles.verifier).toEqual({ name: 'codex', model: 'x', effort: 'low' });
    expect(warnings).toEqual([]);
  });

  it('do not replace what a role has of its own, with a warning', () => {
    const { settings, warnings } = resolved({ roles: { verifier: { model: 'own' } } }, {}, options);
    expect(settings.provider.roles.verifier).toEqual({ name: 'codex', model: 'own', effort: 'low' });
    expect(warnings).toEqual(['--model does not apply to the verifier: provider.roles.verifier.model is set']);
  });
});

describe('a provider given as a command', () => {
  const start = ['agent', '-p'];
  const commandOf = (...layers: Parameters<typeof resolved>) => resolved(...layers).settings.provider.command;
  const messageOf = (command: unknown, more: ProviderValues = {}) =>
    problemOf(() => resolved({ name: 'command', command, ...more })).message;

  it('has plain text and no sessions unless it says otherwise', () => {
    expect(commandOf({ name: 'command', command: { start } })).toEqual({ ...PLAIN, start });
    expect(commandOf({})).toBeNull();
  });

  it('takes everything that is set', () => {
    const command = { start, resume: ['agent', '{{session}}'], output: 'jsonl', answer: 'a.b', session: 'id' } as const;
    expect(commandOf({ name: 'command', command })).toEqual({ ...PLAIN, ...command });
  });

  it('merges key by key, and starts anew with another program', () => {
    const user = { command: { start, output: 'json', answer: 'a' } } as const;
    expect(commandOf(user, { command: { answer: 'b' } })).toMatchObject({ start, output: 'json', answer: 'b' });
    expect(commandOf(user, { command: { start: ['other'] } })).toMatchObject({
      start: ['other'],
      output: 'text',
      answer: null,
    });
  });

  it('is refused without a command', () => {
    const problem = problemOf(() => resolved({ name: 'command' }));
    expect([problem.kind, problem.message]).toEqual([
      'configuration',
      '/u.yaml:2:9: provider.command: found nothing, needed by provider.name: command; accepted: a mapping with at least start',
    ]);
  });

  it('is refused without a command line to start it', () => {
    expect(messageOf({ resume: ['agent'] })).toBe(
      '/u.yaml:5:7: provider.command.start: found nothing, needed to start the command; accepted: list of strings, the program first',
    );
  });

  it('needs the path of its answer, and of the session that it is resumed with', () => {
    expect(messageOf({ start, output: 'json' })).toBe(
      '/u.yaml:7:13: provider.command.answer: found nothing, needed by output: json; accepted: dotted path, such as result.text',
    );
    expect(messageOf({ start, resume: ['agent', '{{session}}'] })).toBe(
      '/u.yaml:8:7: provider.command.session: found nothing, needed for {{session}} in provider.command.resume; accepted: dotted path, such as session.id',
    );
  });

  it('has no paths in plain text', () => {
    expect(messageOf({ start, answer: 'a', session: 'b' }).split('\n')).toEqual([
      '/u.yaml:7:13: provider.command.answer: found "a" (string) with output: text; accepted: nothing, or provider.command.output: json or jsonl',
      '/u.yaml:8:14: provider.command.session: found "b" (string) with output: text; accepted: nothing, or provider.command.output: json or jsonl',
    ]);
  });

  it.each([
    [
      'text',
      { activity: 'a' },
      'provider.command.activity: found "a" (string) with output: text; accepted: nothing, or provider.command.output: json or jsonl',
    ],
    ['text', { error: 'e' }, 'provider.command.error: found'],
    ['text', { usage: { cost: 'c' } }, 'provider.command.usage.cost: found'],
    ['text', { final: 'a=b' }, 'accepted: nothing, or provider.command.output: jsonl'],
    [
      'json',
      { answer: 'a', final: 'a=b' },
      'provider.command.final: found "a=b" (string) with output: json; accepted: nothing, or provider.command.output: jsonl',
    ],
  ] as const)('has nothing set that is not read in its output: %s %j', (output, more, message) => {
    expect(messageOf({ start, output, ...more })).toContain(message);
  });

  it('needs a model and an effort for each role that it plays, if its arguments hold them', () => {
    const command = { start: ['agent', '--model={{model}}'] };
    expect(messageOf(command, { roles: { producer: { model: 'm' } } })).toBe(
      "/u.yaml:5:7: provider.roles.verifier.model: found nothing, needed for {{model}} in provider.command.start; accepted: a model's name, without white space and not beginning with -",
    );
    const roles = { producer: { model: 'm' }, verifier: { name: 'claude' } } as const;
    expect(rolesOf({ name: 'command', command, roles }).producer).toEqual({
      name: 'command',
      model: 'm',
      effort: null,
    });
  });
});
