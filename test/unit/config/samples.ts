import type { KeyRow } from '../../../src/config/key-row.ts';
import type { Field, Kind } from '../../../src/config/kinds.ts';
import { RESOLVED_KEYS, type ResolvedKey } from '../../../src/config/keys.ts';

/** Values that fit each other where rules speak of several keys; every other key has any value that is not its default. */
const FITTING: Partial<Record<ResolvedKey, unknown>> = {
  'provider.name': 'claude',
  'provider.roles.producer.name': 'claude',
  'provider.roles.verifier.name': 'claude',
  'provider.command.output': 'jsonl',
  'provider.commands': {
    one: {
      start: ['agent', 'b c'],
      resume: ['agent', 'b c'],
      output: 'jsonl',
      answer: 'a.b',
      session: 'low',
      final: 'a=b',
      usage: { input: 'low', cached: 'low', output: 'low', reasoning: 'low', cost: 'low' },
      usage_scope: 'step',
      activity: 'low',
      error: 'low',
      env: { one: 'low' },
    },
  },
};

/** Every key that is resolved, with a value that is not its default. */
export function otherValues(): Record<ResolvedKey, unknown> {
  const values = RESOLVED_KEYS.map((row) => [row.key, FITTING[row.key] ?? otherValue(row)]);
  return Object.fromEntries(values) as Record<ResolvedKey, unknown>;
}

/** A value that a file may give the key, and that is not its default. */
export function otherValue(row: Pick<KeyRow, 'kind' | 'default'>): unknown {
  return candidatesOf(row.kind).find((value) => JSON.stringify(value) !== JSON.stringify(row.default));
}

/** At least two values of a kind, unless it is a list of nothing else. */
function candidatesOf(kind: Kind): unknown[] {
  switch (kind.is) {
    case 'text':
      return ['low', 'm1', 'a.b', 'a=b', '/a/b', '1', 'http://a'].filter((text) => kind.pattern.test(text));
    case 'flag':
    case 'opposite':
      return [true, false];
    case 'number':
      return [0.5, 1, 2, 7].filter((value) => isWithin(kind, value));
    case 'choice':
      return [...kind.of];
    case 'pairs':
      return ['implement,audit', 'plan'];
    case 'argv':
      return [['agent', 'b c'], ['other']];
    case 'list':
      return [[candidatesOf(kind.of)[0]], []];
    case 'map':
      return ['codex', 'one']
        .filter((name) => kind.names.test(name))
        .map((name) => ({ [name]: candidatesOf(kind.of)[0] }));
    case 'mapping':
      return [
        Object.fromEntries(Object.entries<Field>(kind.of).map(([name, field]) => [name, candidatesOf(field.kind)[0]])),
      ];
    case 'either':
      return kind.of.flatMap(candidatesOf);
  }
}

function isWithin({ whole, least, above, most }: Extract<Kind, { is: 'number' }>, value: number): boolean {
  if (whole && !Number.isInteger(value)) return false;
  return value >= (least ?? value) && value > (above ?? -1) && value <= (most ?? value);
}
