import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterCommit, compareObservations, decodeObservation, encodeObservation } from '../../../src/git/changes.ts';
import type { Observation } from '../../../src/run/git-port.ts';

function observation(
  dirty: Record<string, string>,
  head: string | null = 'c1',
  branch: string | null = 'main',
): Observation {
  return { head, branch, dirty: new Map(Object.entries(dirty)) };
}

const prints = fc.dictionary(fc.string({ unit: 'binary' }), fc.constantFrom('1', '2', 'gone'));
const observations = fc
  .tuple(prints, fc.option(fc.string()), fc.option(fc.string()))
  .map(([dirty, head, branch]) => observation(dirty, head, branch));

describe('comparing', () => {
  test('new, modified, deleted and restored paths have changed; the others have not', () => {
    const before = observation({ same: '1', edited: '1', deleted: '1', restored: '1' });
    const after = observation({ same: '1', edited: '2', deleted: 'gone', added: '1' });
    expect(compareObservations(before, after, [])).toEqual({
      paths: ['added', 'deleted', 'edited', 'restored'],
      headMoved: false,
      branchSwitch: null,
      vanished: ['restored'],
    });
  });

  test('what a commit holds has changed and has not vanished', () => {
    const changes = compareObservations(observation({ a: '1', b: '1' }), observation({}, 'c2'), ['a', 'z']);
    expect(changes).toEqual({ paths: ['a', 'b', 'z'], headMoved: true, branchSwitch: null, vanished: ['b'] });
  });

  test('nothing has changed since the same observation', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        const none = { paths: [], headMoved: false, branchSwitch: null, vanished: [] };
        expect(compareObservations(seen, seen, [])).toEqual(none);
      }),
    );
  });

  test('a path has changed exactly if its fingerprints differ', () => {
    fc.assert(
      fc.property(prints, prints, (one, other) => {
        const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
        const before = observation(one);
        const after = observation(other);
        const differing = names.filter((name) => before.dirty.get(name) !== after.dirty.get(name));
        expect(compareObservations(before, after, []).paths).toEqual(differing.sort());
      }),
    );
  });
});

test('after our commit its paths are clean, and only they', () => {
  const derived = afterCommit(observation({ a: '1', b: 'gone', c: '1' }), ['a', 'b', 'unknown'], 'c2');
  expect(derived).toEqual(observation({ c: '1' }, 'c2'));
});

describe('an observation as JSON', () => {
  test('comes back exactly', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        const text = JSON.stringify(encodeObservation(seen));
        expect(decodeObservation(JSON.parse(Buffer.from(text).toString()))).toEqual(seen);
      }),
    );
  });

  test.each([[null], [{}], ['text'], [[]], [{ version: 2, head: null, branch: null, dirty: [] }]])(
    'is not made of %j',
    (document) => {
      expect(decodeObservation(document)).toBeNull();
    },
  );

  test('is not made of a damaged one', () => {
    const whole = encodeObservation(observation({ a: '1' }));
    for (const key of Object.keys(whole)) expect(decodeObservation({ ...whole, [key]: undefined })).toBeNull();
    expect(decodeObservation({ ...whole, dirty: [['a']] })).toBeNull();
  });
});
