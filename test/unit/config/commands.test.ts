import { describe, expect, it } from 'vitest';
import { configDocument } from '../../../src/config/render.ts';
import { withEnvironments } from '../../../src/config/kept-commands.ts';
import { readLayer } from '../../../src/config/layer.ts';
import { recordedForm, parseSettings } from '../../../src/config/recorded.ts';
import { resolve } from '../../../src/config/resolve.ts';
import { runLayer } from '../../../src/config/run-layer.ts';
import { commandOf, hasSeparateSessions } from '../../../src/core/settings.ts';
import { problemOf } from './layers.ts';

const TWO = `provider:
  name: writer
  commands:
    writer: { start: [write, 'a b'], output: jsonl, answer: text, usage: { cost: cost } }
    Reader-2: { start: [read], env: { MODE: review } }
  roles:
    verifier: { name: Reader-2, model: m }
`;

function layerOf(text: string, file = '/u.yaml') {
  const reading = readLayer(file, text);
  if ('problems' in reading) throw new Error(reading.problems.join('\n'));
  return reading.layer;
}
const resolved = (...texts: string[]) =>
  resolve(
    texts.map((text) => layerOf(text)),
    {},
  );
const refused = (text: string) => problemOf(() => resolved(text)).message;
const one = (entry: string) => `provider:\n  name: mine\n  commands:\n    mine: ${entry}\n`;

describe('commands with names', () => {
  it('play the roles that name them, each with its own keys, in sessions of their own', () => {
    const { settings } = resolved(TWO);
    const { provider } = settings;
    expect(provider.roles).toEqual({
      producer: { name: 'writer', model: null, effort: null },
      verifier: { name: 'Reader-2', model: 'm', effort: null },
    });
    expect(commandOf(provider, 'writer')).toMatchObject({ name: 'writer', start: ['write', 'a b'], answer: 'text' });
    expect(commandOf(provider, 'writer')?.usage.cost).toBe('cost');
    expect(commandOf(provider, 'Reader-2')).toMatchObject({ output: 'text', env: { MODE: 'review' } });
    expect(commandOf(provider, 'command')).toBeNull();
    expect(hasSeparateSessions(settings)).toBe(true);
  });

  it('may be defined in one file and named in another, or by an option', () => {
    const commands = 'provider:\n  commands:\n    mine: { start: [a] }\n';
    expect(resolved(commands, 'provider: { name: mine }').settings.provider.name).toBe('mine');
    expect(resolve([layerOf(commands)], { provider: 'mine' }).settings.provider.roles.producer.name).toBe('mine');
  });

  it('come through a log, and a resumed run keeps those that it was started with', () => {
    const { settings } = resolved(TWO);
    const recorded = parseSettings(JSON.parse(JSON.stringify(recordedForm(settings))));
    const bare = { ...settings.provider.commands };
    bare['Reader-2'] = { ...bare['Reader-2']!, env: null };
    expect(recorded?.provider.commands).toEqual(bare);
    const kept = runLayer({ provider: 'writer', pairs: ['plan'], maxIterations: 1, useGit: true, recorded });
    const today = 'provider:\n  commands:\n    writer: { start: [other] }\n';
    const { provider } = resolve([layerOf(today), kept], {}).settings;
    expect(provider.commands).toEqual(bare);
    expect(provider.roles).toMatchObject({ producer: { name: 'writer' }, verifier: { name: 'Reader-2' } });
  });

  it.each([
    ['read', { MODE: 'today' }],
    ['other', null],
  ])('have the environment of today on a resume, where today’s program is still theirs: %s', (program, env) => {
    const recorded = parseSettings(JSON.parse(JSON.stringify(recordedForm(resolved(TWO).settings))));
    const kept = runLayer({ provider: 'writer', pairs: ['plan'], maxIterations: 1, useGit: true, recorded });
    const user = layerOf('provider:\n  commands:\n    Reader-2: { start: [read], env: { MODE: older } }\n');
    const today = layerOf(`provider:\n  commands:\n    Reader-2: { start: [${program}], env: { MODE: today } }\n`);
    const { provider } = resolve([user, today, withEnvironments(kept, [user, today])], {}).settings;
    expect(provider.commands?.['Reader-2']).toMatchObject({ start: ['read'], env });
  });

  it('are shown as a file has them', () => {
    const { values } = configDocument(resolved(TWO), []);
    expect(values['provider.name']).toEqual({ value: 'writer', origin: '/u.yaml' });
    expect(values['provider.commands']?.value).toMatchObject({ 'Reader-2': { start: ['read'] } });
  });

  it.each(['codex', 'claude', 'acp', 'command', 'rehearsal', '-x', 'a b', '1st'])(
    'have no name that is taken or none: %s',
    (name) => {
      const reading = readLayer('/u.yaml', `provider:\n  commands:\n    "${name}": { start: [a] }\n`);
      expect('problems' in reading && reading.problems[0]).toContain(`found the name "${name}"`);
    },
  );

  it.each(['toString', 'constructor', '__proto__'])('are not found by what every mapping has: %s', (name) => {
    const text = `provider:\n  name: ${name}\n  commands:\n    mine: { start: [a] }\n`;
    const reading = readLayer('/u.yaml', text);
    if ('problems' in reading) return;
    expect(refused(text)).toContain(`found "${name}"`);
  });

  it('are refused by a role that names none of them, with those that there are', () => {
    expect(refused('provider:\n  name: gemini\n')).toBe(
      '/u.yaml:2:9: provider.name: found "gemini" (string); accepted: codex, claude, acp, command, rehearsal, or a name in provider.commands, which has none',
    );
    expect(refused(`${one('{ start: [a] }')}  roles: { verifier: { name: yours } }\n`)).toContain(
      'provider.roles.verifier.name: found "yours" (string); accepted: codex, claude, acp, command, rehearsal, or mine',
    );
    const typed = problemOf(() => resolve([layerOf(one('{ start: [a] }'))], { provider: 'yours' }));
    expect([typed.kind, typed.message.split(':')[0]]).toEqual(['usage', '--provider']);
  });

  it('may have bounds in a batch, and nobody else may', () => {
    const bounds = (name: string) => `${one('{ start: [a] }')}batch: { per_provider: { ${name}: 1, codex: 2 } }\n`;
    expect(resolved(bounds('mine')).settings.batch.perProvider).toEqual({ mine: 1, codex: 2 });
    expect(refused(bounds('yours'))).toBe(
      '/u.yaml:5:24: batch.per_provider: found the name "yours" (string); accepted: codex, claude, acp, command, rehearsal, or mine',
    );
  });

  it.each([
    ['{ output: text }', 'provider.commands.mine.start: found nothing, needed to start the command'],
    ['{ start: [a], output: json }', 'provider.commands.mine.answer: found nothing, needed by output: json'],
    [
      "{ start: [a], output: json, answer: a, resume: [a, '{{session}}'] }",
      'provider.commands.mine.session: found nothing, needed for {{session}} in provider.commands.mine.resume',
    ],
    [
      '{ start: [a], answer: a }',
      'found "a" (string) (answer) in provider.commands.mine with output: text; accepted: nothing',
    ],
    [
      '{ start: [a], usage: { cost: c } }',
      'found "c" (string) (usage.cost) in provider.commands.mine with output: text',
    ],
    ['{ start: [a], output: json, answer: a, final: a=b }', 'nothing, or provider.commands.mine.output: jsonl'],
    [
      "{ start: [a, '{{model}}'] }",
      'provider.roles.producer.model: found nothing, needed for {{model}} in provider.commands.mine',
    ],
  ])('are refused where they do not hold together: %s', (entry, message) => {
    expect(refused(one(entry))).toContain(message);
  });

  it('that nobody names need no model for their placeholders', () => {
    const text = "provider:\n  commands:\n    spare: { start: [a, '{{model}}'] }\n";
    expect(resolved(text).settings.provider.name).toBe('codex');
  });
});
