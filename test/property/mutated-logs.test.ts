import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { misshapen } from '../../src/core/event-shapes.ts';
import type { RunEvent } from '../../src/core/events.ts';
import { impossibility } from '../../src/core/history-check.ts';
import { next } from '../../src/core/next.ts';
import { learn, NOTHING_KNOWN } from '../../src/inspect/run-cursor.ts';
import { storyteller } from '../../src/inspect/sentences.ts';
import { positionOf, standingOf } from '../../src/inspect/standing.ts';

const LOGS = fileURLToPath(new URL('../history/logs/', import.meta.url));
const logs = readdirSync(LOGS)
  .flatMap((release) => readdirSync(path.join(LOGS, release)).map((name) => path.join(LOGS, release, name)))
  .filter((file) => file.endsWith('.jsonl'))
  .map((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));

/** Anything that JSON can say, and the names that every object of the language has. */
const value = fc.oneof(
  fc.constantFrom<unknown>(null, 0, -1, 1.5, '', 'x', true, [], {}, [null], { kind: 'verdict' }, { kind: '__proto__' }),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'complete', 'plan', 'codex'),
  fc.constantFrom('run_finished', 'pair_completed', 'clarified', 'turn_interrupted', 'phase_finished', 'checkpoint'),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Every place in a JSON value, as a path. */
function placesIn(document: unknown, at: readonly string[] = []): readonly string[][] {
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([key, inner]) => [[...at, key], ...placesIn(inner, [...at, key])]);
}

function changed(event: RunEvent, place: readonly string[], to: unknown): RunEvent {
  const copy = structuredClone(event) as unknown as Record<string, unknown>;
  let holder = copy;
  for (const key of place.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  const key = place.at(-1) ?? '';
  if (to === undefined && Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (to === undefined) Reflect.deleteProperty(holder, key);
  else holder[key] = to;
  return copy as unknown as RunEvent;
}

/** What a reader of a log does with it: folds it, tells it, and shows where the run stands. */
function read(events: readonly RunEvent[]): void {
  const tell = storyteller();
  let known = NOTHING_KNOWN;
  for (const event of events) {
    if (typeof event.event_type !== 'string' || misshapen(event) !== null) return;
    impossibility(known.state, event);
    known = learn(known, event);
    tell(event);
  }
  positionOf(known);
  standingOf(known.state, null, 'run');
  next(known.state);
}

describe('a log in which one value is another one', () => {
  it('is refused for that value, or folded and shown; nothing of it is an error of the program', () => {
    const mutation = fc.record({
      log: fc.nat(),
      event: fc.nat(),
      place: fc.nat(),
      to: fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: 6, arbitrary: value }),
    });
    fc.assert(
      fc.property(mutation, ({ log, event: index, place, to }) => {
        const events = (logs[log % logs.length] ?? []).map((line) => JSON.parse(line) as RunEvent);
        const at = index % events.length;
        const places = placesIn(events[at]).filter(([first]) => first !== 'seq');
        const chosen = places[place % Math.max(places.length, 1)];
        if (chosen === undefined) return;
        events[at] = changed(events[at]!, chosen, to);
        read(events);
      }),
      { numRuns: 1000 },
    );
  });

  const anything = [
    undefined,
    null,
    0,
    -1,
    1.5,
    '',
    'x',
    '__proto__',
    true,
    [],
    {},
    [null],
    [{}],
    { kind: 'x' },
  ] as const;

  it('is so for every field of every kind of event', () => {
    const seen = new Set<string>();
    const errors: string[] = [];
    for (const lines of logs) {
      const events = lines.map((line) => JSON.parse(line) as RunEvent);
      for (const [at, event] of events.entries()) {
        for (const place of placesIn(event)) {
          const what = `${event.event_type} ${place.map((key) => (/^\d+$/.test(key) ? '[]' : key)).join('.')}`;
          if (place[0] === 'seq' || seen.has(what)) continue;
          seen.add(what);
          for (const to of anything) {
            try {
              read(events.with(at, changed(event, place, to)));
            } catch (error) {
              errors.push(`${what} = ${to === undefined ? 'nothing' : JSON.stringify(to)}: ${String(error)}`);
            }
          }
        }
      }
    }
    expect(errors).toEqual([]);
  });
});
